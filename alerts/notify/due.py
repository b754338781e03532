"""Sends what is due: one process at a time, each message claimed before it goes out, none ever sent twice."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.notify import notices
from alerts.notify.channels import load_channels
from alerts.notify.notifyfile import Channel, Log
from alerts.notify.notifymessage import write_message
from alerts.notify.notifysend import send, was_appended
from alerts.notify.notifywire import NotSent, Unsure
from crawler.database import Database, utc_now
from crawler.evidence import archive_folder

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many messages were sent, are to be tried again, may have been sent, and were given up."""

    sent: int = 0
    put_off: int = 0
    uncertain: int = 0
    failed: int = 0


def send_due(
    db: Database, store: Path, *, channels: Sequence[Channel] | None = None, say: Say = lambda _: None
) -> Sent:
    """Send what is due. Where another process does so now, nothing: it sees to it.

    A message is marked as being sent before it goes out. One that was being sent when its process died, or that was
    never answered, counts as uncertain and is not sent again: it may have arrived. Of a file that can be looked up.
    Raises NotifyError where $VARDE_NOTIFY is wrong.
    """
    channels = load_channels() if channels is None else channels
    done = Sent()
    with _only_sender(store) as is_alone:
        if not is_alone:
            return done
        done = _recover(db, channels, done, say)
        for channel in channels:
            done = _send_all(db, channel, done, say)
    return done


def _send_all(db: Database, channel: Channel, done: Sent, say: Say) -> Sent:
    while True:
        id, taken = notices.claim(db, channel.name)
        if not taken:
            return done
        try:
            remark = send(channel, write_message(db, channel, id, taken, at=utc_now()))
        except NotSent as error:
            state = notices.put_off(db, id, max(notice.tries for notice in taken), str(error))
            is_over = state == "failed"
            say(f"{channel.name}: not sent: {error}; {'given up' if is_over else 'it is tried again later'}")
            return replace(done, failed=done.failed + is_over, put_off=done.put_off + (not is_over))
        except Unsure as error:
            notices.settle(db, id, "uncertain", str(error))
            say(f"{channel.name}: may have been sent: {error}; it is not sent again")
            return replace(done, uncertain=done.uncertain + 1)
        notices.settle(db, id, "sent", remark)
        done = replace(done, sent=done.sent + 1)
        if remark:
            say(f"{channel.name}: sent; {remark}")


def _recover(db: Database, channels: Sequence[Channel], done: Sent, say: Say) -> Sent:
    """See to what was being sent when its process died."""
    logs = {channel.name: channel for channel in channels if isinstance(channel, Log)}
    for name, message in notices.interrupted(db):
        if name in logs:
            if was_appended(logs[name].path, message):
                notices.settle(db, message, "sent")
            else:
                notices.settle(db, message, "pending")
            continue
        notices.settle(db, message, "uncertain", "its process was ended while it sent it")
        say(f"{name}: a message may have been sent: its process was ended while it sent it; it is not sent again")
        done = replace(done, uncertain=done.uncertain + 1)
    return done


@contextmanager
def _only_sender(store: Path) -> Iterator[bool]:
    """Whether this process may send now. The lock dies with its process."""
    path = archive_folder(store) / ".notify.lock"  # no site's: their names begin with a letter or digit
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
