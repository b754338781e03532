"""The lock that lets one timetable run on a store, and a look at who holds a lock."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import VardeError
from crawler.evidence import archive_folder

_NO_TIMETABLE = "another `varde schedule` runs on this store; stop it first, or use --list to see what it does"


@contextmanager
def only_timetable(store: Path) -> Iterator[None]:
    """Two timetables would run each site twice. The lock dies with its process. Raises VardeError."""
    path = timetable_lock(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        for patience in (0.1, 0.4, None):  # `--list` holds it for a moment, to see whether it is held
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if patience is None:
                    raise VardeError(_NO_TIMETABLE) from error
                time.sleep(patience)
        yield


def timetable_lock(store: Path) -> Path:
    return archive_folder(store) / ".schedule.lock"  # no site's: their names begin with a letter or digit


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock on that file now."""
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
