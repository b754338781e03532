"""A desk of plain values for the review page's tests: small honest cases, and cases full of hostile text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from msgspec import structs

from alerts.cases import (
    AdView,
    Alert,
    Case,
    Community,
    Decision,
    Event,
    Evidence,
    Held,
    Level,
    Link,
    Mark,
    Queue,
    Reason,
    Stay,
    Verdict,
    Watched,
)
from alerts.decisions.verdicts import parse_reason
from alerts.referral import referral_for
from alerts.review.desk import Totals

Value = TypeVar("Value")

SEEN = ("2026-11-02T08:15:00Z", "2026-11-20T03:12:44Z")
TEXTS = (
    "In Bergen for one week. Massage and company, we are two friends. Ring 420 00 017, no hidden numbers.",
    "Just arrived in Oslo. Massage, day and night. fire to null null null null en syv or +47 420 00 017.",
    "Stavanger until Sunday. The booking desk answers for all of us: 42000017.",
)
JOB = (
    "Hostess wanted, no experience. We arrange the journey and housing; the cost is drawn from your first "
    "wages. Your passport is kept by the office. Write to work@north.example or 420 00 017."
)


NOTHING = Totals(ads=0, phones=0, clusters=0, levels={}, last_crawl=None)


@dataclass
class PlainDesk:
    """Answers from lists. `cases` by cluster id; whatever has an alert is in the queue, and `more` wait."""

    cases: dict[str, Case] = field(default_factory=dict)
    totals_given: Totals = NOTHING
    more: int = 0
    user: str = "Kari"
    stored: list[tuple[object, ...]] = field(default_factory=list)

    def queue(self) -> Queue:
        return Queue(tuple(alert for alert in self.alerts(None, None) if alert.is_undecided), self.more)

    def alerts(self, level: str | None, state: str | None) -> list[Alert]:
        alerts = [case.alert for case in self.cases.values() if case.alert]
        return [a for a in alerts if level in (None, a.level) and state in (None, a.state)]

    def case(self, cluster: str) -> Case | None:
        return self.cases.get(cluster)

    def totals(self) -> Totals:
        return self.totals_given

    def decide(self, alert: int, verdict: Verdict, reason: str, seen: str) -> Decision:
        self.stored.append((alert, verdict, parse_reason(reason), seen))
        return decision(len(self.stored), verdict, reason)

    def undo(self, decision_id: int, reason: str) -> Decision:
        self.stored.append((decision_id, parse_reason(reason)))
        return decision(len(self.stored), "undone", reason, undoes=decision_id)


def mark(text: str, quote: str, what: str, title: str) -> Mark:
    start = text.index(quote)
    return Mark(field="text", start=start, end=start + len(quote), what=what, title=title)


def ad(number: int, text: str, *marks: Mark, kind: str = "escort", **more: str) -> AdView:
    return AdView(
        ad=number,
        observation=number * 10,
        site="north.example" if number % 2 else "south.example",
        ad_id=f"n-{number}",
        kind=kind,
        url=f"https://north.example/ads/n-{number}?from=list",
        language="en",
        first_seen=SEEN[0],
        last_seen=SEEN[1],
        observations=number % 4 + 1,
        fields={"text": text, **more},
        marks=marks,
        capture_sha256=f"{number:064x}" if kind != "job" else None,
        fetched_at=SEEN[1] if kind != "job" else None,
        truncated=False,
    )


def reason(
    indicator: str, title: str, weight: float, grade: str, benign: str, quotes: Iterable[tuple[int, str]]
) -> Reason:
    quoted = [*quotes]
    return Reason(
        indicator=indicator,
        title=title,
        groups=("network",) if indicator < "C" else ("contact",),
        weight=weight,
        grade=grade,
        source="KOM, indicator lists (2008)" if grade == "expert" else "NIJ-funded study of 1,263 ads (2022)",
        benign=benign,
        note="",
        evidence=tuple(_evidence(number, quote) for number, quote in quoted),
        ads=len({number for number, _ in quoted}) or 3,
    )


def _evidence(number: int, quote: str) -> Evidence:
    return Evidence(
        ad=number, observation=number * 10, site="north.example", ad_id=f"n-{number}",
        field="text", start=0, end=len(quote), quote=quote,
    )  # fmt: skip


FOR = (
    reason("D06", "Same contact in escort and job ads", 3.0, "expert",
           "A number that changed hands, or an agency with two lines of work.",
           [(1, "420 00 017"), (4, "420 00 017")]),
    reason("H07", "Identity document to be handed over", 2.5, "expert",
           "An employer who copies a passport for registration, as the law asks.",
           [(4, "Your passport is kept by the office")]),
    reason("B04", "One contact, three or more personas", 2.0, "published+",
           "Friends who share a flat and a telephone.", [(1, "we are two friends"), (3, "all of us")]),
    reason("D02", "Obscured phone number", 1.5, "published+",
           "Sites that forbid numbers in the text make everyone write like this.",
           [(2, "null null null null en syv or +47 420")]),
)  # fmt: skip
AGAINST = (
    reason("B13", "Client screening wording", -1.0, "published-", "A sign that the person sets the terms.",
           [(1, "no hidden numbers")]),
    reason("C02", "Contact seen in three or more municipalities in 14 days", -0.5, "published-",
           "Touring is common among adults who work alone.", []),
)  # fmt: skip


def decision(number: int, verdict: str, reason: str, **more: int) -> Decision:
    return Decision(
        id=number, at=SEEN[1], by="Kari", alert=1, cluster="c-42", verdict=verdict, reason=reason, **more
    )  # fmt: skip


DECISIONS = (
    decision(1, "benign", "Looked like a shared flat.", undone_by=2),
    decision(2, "undone", "The flat is let by the employer.", undoes=1),
    decision(3, "useful", "Handed to the labour inspection."),
)


def alert(cluster: str = "c-42", level: Level = "L3", number: int = 1, **changes: Any) -> Alert:
    made = Alert(
        id=number,
        cluster=cluster,
        level=level,
        state="new",
        opened_at=SEEN[1],
        updated_at=SEEN[1],
        why_now="The same telephone number now stands in a job ad that keeps the passport.",
        rule="a cue of debt, held documents or a fee",
        score=7.5,
        reasons=FOR,
        against=AGAINST,
        ads=4,
        sites=("north.example", "south.example"),
        kinds=("escort", "job"),
        first_seen=SEEN[0],
        last_seen=SEEN[1],
        held={"D06": Held(4, 6, 0.29999, 0.90323)},
    )
    return replace(made, **changes)


def link(number: int, kind: str, value: str, strength: float, *, contested: bool = False) -> Link:
    why = "carried by 41 ads of 30 personas: a switchboard?" if contested else "carried by 4 ads and no others"
    return Link(
        cluster="c-42", ad=number, other=1, kind=kind, value=value, strength=strength, why=why,
        contested=contested, first_seen=SEEN[0], last_seen=SEEN[1],
    )  # fmt: skip


def stay(place: str, country: str, first: str, last: str, *ads: int, **more: Any) -> Stay:
    """A stay by the phone of the sample case; days as ISO 8601."""
    told = {"km": None, "border": "", "note": ""} | more
    return Stay(
        contacts=("phone:+4742000017",), place=place, country=country, code=None, latitude=60.0, longitude=5.0,
        first=f"{first}T00:00:00Z", last=f"{last}T00:00:00Z", stated=True, ads=ads,
        evidence=_evidence(ads[0], f"{place} until Sunday"), **told,
    )  # fmt: skip


STAYS = (
    stay("Bergen", "NO", "2026-11-02", "2026-11-09", 1),
    stay("Göteborg", "SE", "2026-11-09", "2026-11-12", 2, km=483, border="NO-SE"),
    stay("Stavanger", "NO", "2026-11-11", "2026-11-20", 2, 3, km=497, border="SE-NO",
         elsewhere=("Göteborg",)),
)  # fmt: skip
HISTORY = ("2 ads of c-17 became part of c-42 on 2026-11-09 because same phone in 4 ads",)
COMMUNITIES = (
    Community((1, 2, 3), ("phone:+4742000017", "template:7c1f-0a52"), ("phone:+4742000017",)),
    Community((4,), ("url:https://north.example/book",), ()),
)


def watched(entry: int, number: int, day: str, **more: Any) -> Watched:
    said = {"kind": "phone", "typed": "420 00 017", "state": "stands", "past": False} | more
    return Watched(entry=entry, case_ref=f"K-{entry}", ad=number, at=f"{day}T08:00:00Z", **said)


WATCHED = (
    watched(1, 1, "2026-11-02"),
    watched(1, 2, "2026-11-09"),
    watched(2, 4, "2026-11-20", kind="url", typed="https://north.example/book", state="expired"),
)


def case(cluster: str = "c-42") -> Case:
    """Four ads that share a number: three escort ads and a job ad that keeps the passport."""
    first, second, third = TEXTS
    ads = (
        ad(1, first, mark(first, "420 00 017", "phone", "+4742000017"),
           mark(first, "we are two friends", "B04", "One contact, three or more personas"),
           mark(first, "no hidden numbers", "B13", "Client screening wording"),
           title="Lina, 24", name="Lina", age="24", price="1200 kr", location="Bergen"),
        ad(2, second, mark(second, "fire to null null null null en syv", "phone", "+4742000017"),
           mark(second, "null null null null en syv or +47 420", "D02", "Obscured phone number"),
           mark(second, "+47 420 00 017", "phone", "+4742000017"),
           title="Maya", name="Maya", age="23", location="Oslo"),
        ad(3, third, mark(third, "42000017", "phone", "+4742000017"),
           mark(third, "all of us", "B04", "One contact, three or more personas"),
           title="Company in Stavanger", name="Sara", location="Stavanger"),
        ad(4, JOB, mark(JOB, "420 00 017", "phone", "+4742000017"),
           mark(JOB, "work@north.example", "email", "work@north.example"),
           mark(JOB, "Your passport is kept by the office", "H07", "Identity document to be handed over"),
           kind="job", title="Hostess", employer="North Staff"),
    )  # fmt: skip
    links = (
        *(link(number, "phone", "+4742000017", 0.92) for number in (2, 3, 4)),
        link(3, "template", "7c1f-0a52", 0.41),
        link(4, "url", "https://north.example/book", 0.35),
        link(2, "phone", "+4742990000", 0.05, contested=True),
    )
    timeline = (
        Event(at="2026-11-02T08:15:00Z", what="first seen in Bergen", ad=1),
        Event(at="2026-11-09T21:40:10Z", what="first seen in Oslo with the same number", ad=2),
        Event(at="2026-11-17T07:05:00Z", what="first seen in Stavanger", ad=3),
        Event(at="2026-11-20T03:12:44Z", what="job ad with the same number; alert raised to L3", ad=4),
    )
    found = tuple(each.indicator for each in FOR)
    return Case(
        cluster=cluster,
        alert=alert(cluster, decisions=DECISIONS),
        seen="0123456789abcdef",
        ads=ads,
        links=links,
        timeline=timeline,
        referral=referral_for(("escort", "job"), found, "L3"),
        stays=STAYS,
        history=HISTORY,
        communities=COMMUNITIES,
        watched=WATCHED,
    )


SHARED = (
    "Hei, jeg heter {} og er i {} denne uken. Rolig leilighet i sentrum, massasje etter avtale. Ring {}, velkommen!"
)
FILLERS = (("Lina", "Bergen", "42 00 00 17"), ("Maya", "Oslo", "43 11 11 11"), ("Sara Eva", "Bodø", "44 22 22 22"))


def shared_case(*texts: str, cluster: str = "c-77", loose: int = 0) -> Case:
    """Ads under one template, the texts given or the sample's; it does not tie the last `loose` of them."""
    texts = texts or tuple(SHARED.format(*words) for words in FILLERS)
    ads = tuple(ad(number, text) for number, text in enumerate(texts, 1))
    tied = len(ads) - loose
    links = tuple(link(each.ad, "template", "7c1f-0a52", 0.6, contested=each.ad > tied) for each in ads[1:])
    return Case(cluster=cluster, alert=None, ads=ads, links=links, timeline=(), referral=())


def large_case(ads: int, cluster: str = "c-300") -> Case:
    many = tuple(ad(number, f"{TEXTS[number % 3]} Flat {number}.") for number in range(1, ads + 1))
    quoted = reason("D01", "Phone shared by ads of different personas", 2.0, "published+", "An agency.",
                    [(each.ad, "42000017") for each in many])  # fmt: skip
    timeline = tuple(Event(at=SEEN[0], what="first seen", ad=each.ad) for each in many)
    raised = alert(cluster, "L2", ads=ads, reasons=(quoted,), why_now="Forty ads joined it this week.")
    return replace(case(cluster), alert=raised, ads=many, timeline=timeline)


def desk() -> PlainDesk:
    """A queue with each level, and one large case."""
    quiet = replace(case("c-7"), alert=alert("c-7", "L1", 7, reasons=FOR[2:3], why_now="A second ad."))
    closed = replace(case("c-8"), alert=alert("c-8", "L2", 8, state="dismissed", reasons=FOR[2:4], ads=2))
    cases = [case(), large_case(300), closed, quiet, replace(case("c-9"), alert=None)]
    return PlainDesk(
        {each.cluster: each for each in cases},
        Totals(ads=21_214, phones=2_242, clusters=1_870, levels={"L3": 1, "L2": 2, "L1": 1},
               last_crawl=SEEN[1]),
    )  # fmt: skip


def filled(value: Value, text: str) -> Value:
    """`value` with `text` in each of its text fields; numbers, levels and the two read fields' names stay."""
    return _filled(value, lambda given: given if given in KEPT else text)  # type: ignore[no-any-return]


KEPT = ("L1", "L2", "L3", "text", "title", "template")  # a kind of link, which has a part of the page to itself


def _filled(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_filled(each, change) for each in value)
    if isinstance(value, dict):
        return {change(key): _filled(each, change) for key, each in value.items()}
    if isinstance(value, Link):
        return structs.replace(value, **{name: _filled(each, change) for name, each in structs.asdict(value).items()})
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: _filled(getattr(value, each.name), change) for each in fields(value)}
        return replace(value, **changes)
    return value


def hostile_case(text: str) -> Case:
    """The sample case with `text` everywhere, and marks that cut it anew, overlap and reach outside."""
    spoilt = filled(case(), text)
    ends = ((0, 1), (0, len(text)), (1, 4), (2, 9), (3, 3), (5, 2), (-4, 2), (0, 10_000))
    marks = tuple(
        Mark(field=name, start=start, end=end, what=text, title=text)
        for name in ("text", "title", text)
        for start, end in ends
    )
    first, second = (replace(each, marks=marks) for each in spoilt.ads[:2])
    # What follows the text in one ad only stands in a slot of the template.
    second = replace(second, fields=second.fields | {"text": f"{text} then {text}"})
    return replace(spoilt, ads=(first, second), links=(*spoilt.links, link(2, "template", text, 0.5)))


def hostile_desk(payloads: Iterable[str]) -> PlainDesk:
    """One case a payload, found under p-0, p-1 …, while the case itself is named by the payload."""
    cases = {f"p-{index}": hostile_case(payload) for index, payload in enumerate(payloads)}
    totals = Totals(ads=9, phones=9, clusters=9, levels={"L3": len(cases)}, last_crawl="<b>now</b>")
    return PlainDesk(cases, totals)
