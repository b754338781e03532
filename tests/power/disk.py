"""A disk that loses power: what may be left of the files of one folder when it does, from the log of the shim.

The model. A file's bytes are safe once it was synced (fsync or fdatasync). Of what was written or cut since, each
cut leaves one of: nothing, everything, everything up to some write with that one torn, any of the writes in any
order, or any 512-byte sectors of them; what is missing in the middle of a file that grew reads as zeros. Names
(new, renamed, removed files) are kept in order by a journal, as ext4, XFS and btrfs do, and are safe with the next
sync of any file; of the names changed since, some first part is kept.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_HEAD = struct.Struct("=IIQQ")


@dataclass(frozen=True, slots=True)
class Op:
    """One thing a process did.

    `kind`: c(reate), w(rite), t(runcate), s(ync), f(ailed sync), u(nlink) or r(ename, to `data`).

    Once a sync has failed, no later one makes safe what was written before: the system thinks it is done with it.
    """

    kind: str
    path: str
    offset: int
    data: bytes


def read_log(log: Path) -> list[Op]:
    return list(_ops(log.read_bytes()))


def _ops(raw: bytes) -> Iterator[Op]:
    at = 0
    while at < len(raw):
        kind, name, offset, size = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        yield Op(chr(kind), raw[at : at + name].decode(), offset, raw[at + name : at + name + size])
        at += name + size


@dataclass(slots=True)
class _File:
    """`safe` is what the disk holds for certain; `loose` what was written (offset, bytes) or cut (size, None) since."""

    safe: bytearray = field(default_factory=bytearray)
    loose: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.loose:
            _apply(self.safe, change)
        self.loose.clear()


class Disk:
    """Takes the operations one by one; `leave` writes what a cut now may leave."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}  # as the process sees them
        self._safe_names: dict[str, _File] = {}
        self._journal: list[dict[str, _File]] = []  # the names after each change since the last sync

    def take(self, op: Op) -> None:
        if op.kind == "s":
            if op.path in self._names:  # else it is a folder
                self._names[op.path].sync()
            self._safe_names = dict(self._names)
            self._journal.clear()
        elif op.kind in "wt":
            self._names[op.path].loose.append((op.offset, op.data if op.kind == "w" else None))
        else:
            self._rename(op)

    def _rename(self, op: Op) -> None:
        if op.kind == "c":
            self._names[op.path] = _File()
        elif op.kind == "u":
            self._names.pop(op.path)
        else:
            self._names[op.data.decode()] = self._names.pop(op.path)
        self._journal.append(dict(self._names))

    def leave(self, dice: random.Random, origin: Path, folder: Path) -> None:
        """Write what may be left of the files of `origin` into `folder`."""
        for path, file in dice.choice([self._safe_names, *self._journal]).items():
            target = folder / Path(path).relative_to(origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            content = bytearray(file.safe)
            for change in dice.choice(_WAYS)(dice, file.loose):
                _apply(content, change)
            target.write_bytes(content)


_Change = tuple[int, bytes | None]


def _apply(content: bytearray, change: _Change) -> None:
    offset, data = change
    end = offset + len(data or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset:end] = data


def _nothing(dice: random.Random, loose: Sequence[_Change]) -> Sequence[_Change]:
    return ()


def _everything(dice: random.Random, loose: Sequence[_Change]) -> Sequence[_Change]:
    return loose


def _first_part(dice: random.Random, loose: Sequence[_Change]) -> Sequence[_Change]:
    if not loose:
        return ()
    last = dice.randrange(len(loose))
    return [*loose[:last], *_sectors(dice, loose[last : last + 1])]


def _some(dice: random.Random, loose: Sequence[_Change]) -> Sequence[_Change]:
    return [change for change in loose if dice.random() < 0.5]


def _sectors(dice: random.Random, loose: Sequence[_Change]) -> Sequence[_Change]:
    return [piece for change in loose for piece in _pieces(change) if dice.random() < 0.5]


def _pieces(change: _Change) -> Iterator[_Change]:
    """A write in pieces that each lie in one sector of the disk."""
    offset, data = change
    if data is None:
        yield change
        return
    start = 0
    while start < len(data):
        size = SECTOR - (offset + start) % SECTOR
        yield offset + start, data[start : start + size]
        start += size


_WAYS = (_nothing, _everything, _first_part, _some, _sectors)
