"""The forms of the review page: what they sent, read within bounds, and kept for showing again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from alerts.cases import Case
from alerts.decisions.verdicts import BadDecision, parse_verdict
from alerts.review.desk import Desk

BODY_MAX = 32_768  # bytes; a reason of 2,000 letters of three bytes each, percent-encoded, fits
FIELDS_MAX = 12


class BadForm(Exception):
    """What came is no form of ours, or too much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a form said that was not stored, and why not; `decision` is the one that was to be undone."""

    verdict: str = ""
    reason: str = ""
    decision: str = ""
    error: str = ""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises BadForm."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise BadForm
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:  # UnicodeDecodeError is one
        raise BadForm from error
    return dict(pairs)


def store_form(desk: Desk, case: Case, form: Mapping[str, str]) -> None:
    """Store what a form on the page of a case says. Raises BadDecision."""
    alert, reason = case.alert, form.get("reason", "")
    if alert is None or not alert.id:
        raise BadDecision("no alert stands on this cluster any more; there is nothing to decide")
    if "undo" in form:
        desk.undo(_known(form["undo"], [decision.id for decision in alert.decisions]), reason)
        return
    number = _known(form.get("alert", ""), [alert.id])
    if not form.get("verdict"):
        raise BadDecision("choose what you found")
    desk.decide(number, parse_verdict(form["verdict"]), reason, form.get("seen", ""))


def draft(form: Mapping[str, str], error: str) -> Draft:
    return Draft(
        verdict=form.get("verdict", ""), reason=form.get("reason", ""), decision=form.get("undo", ""), error=error
    )


def _known(asked: str, numbers: list[int]) -> int:
    """The number asked for, if it belongs to this page. Raises BadDecision."""
    for number in numbers:
        if asked == str(number):
            return number
    raise BadDecision("this page has changed since you opened it: read it again, then decide")
