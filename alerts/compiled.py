"""Compiled: loops over small arrays as machine code, where each array step costs more to get to than to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit, types
from numba.extending import intrinsic

Given = ParamSpec("Given")
Found = TypeVar("Found")
NUMBERS, ROWS, PLACES, WEIGHTS, SQUARES = (
    types.Array(kind, 1, "C", readonly=True)
    for kind in (types.uint32, types.uint64, types.int64, types.float64, types.float32)
)
"""Arrays that are only read."""
NUMBER, SIZE, WEIGHT, NOTHING = types.uint32, types.int64, types.float64, types.void


def made(kind: Any) -> Any:
    """An array that is written to, or given back."""
    return types.Array(kind, 1, "C")


def several(*kinds: Any) -> Any:
    """A tuple of values of these kinds."""
    kind: Any = types.Tuple
    return kind(kinds)


def compiled(found: Any, *given: Any) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """A function from values of these kinds to `found`, compiled when its module is loaded.

    That takes some seconds once: the code is kept beside the source or in the user's cache until that source changes,
    and where neither may be written, compiled each time. So what may change in other files, it is given as an argument.
    """

    def compile_it(function: Callable[Given, Found]) -> Callable[Given, Found]:
        try:
            code: Callable[Given, Found] = njit(found(*given), cache=True, error_model="numpy")(function)
        except (RuntimeError, OSError):  # no place to keep it, or none is left there
            code = njit(found(*given), error_model="numpy")(function)
        return code

    return compile_it


@intrinsic
def _bit_count(_: Any, word: types.Type) -> Any:
    def write(_: Any, builder: Any, __: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(word), write


bit_count = cast("Callable[[Any], int]", _bit_count)
"""How many bits of a 64-bit word are set, by the processor's own instruction. For compiled code to call."""


def part(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """A function that compiled ones call; it becomes a part of each."""
    code: Callable[Given, Found] = njit(error_model="numpy")(function)
    return code
