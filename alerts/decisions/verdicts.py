"""What a decision must be: a verdict there is, a reason in words, and the name of who decides."""

from __future__ import annotations

from alerts.cases import Held, Verdict
from crawler.errors import VardeError

UNDONE = "undone"  # the verdict of an entry that takes a decision back
REASON_MAX = 2_000  # characters
# What counts for and against an indicator's track record; duplicate and unclear say nothing about it.
HELD_UP = frozenset({Verdict.CONFIRMED, Verdict.USEFUL})
FELL = frozenset({Verdict.BENIGN, Verdict.WRONG_LINK})


class BadDecision(VardeError):
    """A decision that cannot be taken as it stands; the message says what to mend."""


class ChangedSince(BadDecision):
    """The alert is not as it was when it was read: another decision, new ads, another reading."""


def parse_verdict(text: str) -> Verdict:
    """Raises BadDecision."""
    try:
        return Verdict(text)
    except ValueError:
        raise BadDecision(f"no verdict {text[:40]!r}; one of {', '.join(Verdict)}") from None


def parse_reason(text: str) -> str:
    """The reason without white space around it. Raises BadDecision."""
    reason = text.replace("\r\n", "\n").strip()
    if not any(char.isalnum() for char in reason):
        raise BadDecision("a decision needs its reason: say in a few words what it rests on")
    if len(reason) > REASON_MAX:
        raise BadDecision(f"the reason has {len(reason):,} characters; at most {REASON_MAX:,} are kept")
    return _storable(reason, "reason")


def held_words(held: Held) -> str:
    """A record in words; a share is never said without its bounds."""
    if held.low is None or held.high is None:
        return "not decided yet"
    alerts = "alert" if held.decided == 1 else "alerts"
    return f"held up in {held.held} of {held.decided} {alerts} decided, {held.low * 100:.0f}–{held.high * 100:.0f} %"


def _storable(text: str, what: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadDecision(f"the {what} holds characters that are no text")
    return text
