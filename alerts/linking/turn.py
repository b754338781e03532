"""Turns: one linker at a time, so that what it works out from the store still stands when it stores it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.database import Database, path_of
from crawler.errors import VardeError
from crawler.evidence import archive_folder

Say = Callable[[str], None]


@contextmanager
def only_linker(db: Database, say: Say) -> Iterator[None]:
    """Outside of any transaction: waits until no other process links the ads of this store, and then has none do so.
    The lock dies with its process. Raises VardeError where it cannot be made.
    """
    path = archive_folder(path_of(db)) / ".linking.lock"  # no site's: their names begin with a letter or digit
    try:
        lock = _open(path)
    except OSError as error:
        raise _fault(path, error) from error
    try:
        _take(lock, path, say)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o644)  # which another user may have made


def _take(lock: int, path: Path, say: Say) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another analysis links the ads of this store just now; this one goes on when that is done")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:  # of a folder that knows no locks, as some of the network
        raise _fault(path, error) from error


def _fault(path: Path, error: OSError) -> VardeError:
    return VardeError(f"{path}: cannot be locked ({error.strerror}); see who owns it and its folder")
