"""How the reader does on ads marked by hand: hits, false hits and misses, and how far two markers agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlp.reading import Finding, Place, Reading
from tests.gold.gold import SCORED, GoldAd, Mark

SPANS = ("phone", "contact", "pay", "age", "place", "name")
NO_CONTACTS = ("phone", "phone+", "pay", "age", "place", "name")


@dataclass(slots=True)
class Counts:
    """`seen` are the hits whose span meets the marked one, of `placed` hits that have a marked one."""

    hits: int = 0
    wrong: int = 0
    missed: int = 0
    seen: int = 0
    placed: int = 0

    @property
    def examples(self) -> int:
        return self.hits + self.missed

    @property
    def precision(self) -> float | None:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.examples if self.examples else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.hits + self.wrong + self.missed
        return 2 * self.hits / total if total else None


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts by indicator, by language (all indicators together), and by kind of span, as `kind` or `kind language`."""

    indicators: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    languages: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    cells: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))
    spans: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    span_languages: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))
    negatives: Counts = field(default_factory=Counts)
    """Of negatives: `wrong` ads in which an indicator was found, `hits` ads in which none was."""


def score(ads: Sequence[GoldAd], readings: Sequence[Reading]) -> Scores:
    scores = Scores()
    for ad, reading in zip(ads, readings, strict=True):
        found = _present(ad, reading)
        for id in SCORED[ad.kind]:
            _score_indicator(scores, ad, id, found.get(id, ()))
        for kind, hits, wrong, missed in _spans(ad, reading):
            for counts in (scores.spans[kind], scores.span_languages[kind, ad.languages[0]]):
                _add(counts, hits, wrong, missed)
        if ad.is_negative:
            _add(scores.negatives, not found, bool(found), 0)
    return scores


def wrong_and_missed(ad: GoldAd, reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The indicators found in error, and those not found."""
    found, gold = _present(ad, reading).keys(), ad.indicators & set(SCORED[ad.kind])
    return tuple(sorted(found - gold)), tuple(sorted(gold - found))


def _present(ad: GoldAd, reading: Reading) -> Mapping[str, Sequence[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in reading.indicators:
        if finding.state == "present" and finding.id in SCORED[ad.kind]:
            found.setdefault(finding.id, []).append(finding)
    return found


def _score_indicator(scores: Scores, ad: GoldAd, id: str, findings: Sequence[Finding]) -> None:
    is_gold, marks = id in ad.indicators, ad.of(id)
    outcome = (bool(findings) and is_gold, bool(findings) and not is_gold, is_gold and not findings)
    language = ad.languages[0]
    for counts in (scores.indicators[id], scores.languages[language], scores.cells[id, language]):
        _add(counts, *outcome)
        if outcome[0] and marks and any(finding.quote for finding in findings):
            counts.placed += 1
            counts.seen += any(_meet(mark, finding) for mark in marks for finding in findings)


def _add(counts: Counts, hits: int, wrong: int, missed: int) -> None:
    counts.hits += hits
    counts.wrong += wrong
    counts.missed += missed


def _meet(mark: Mark, found: Finding | Place) -> bool:
    return mark.field == found.field and mark.start < found.end and found.start < mark.end


def _spans(ad: GoldAd, reading: Reading) -> Iterable[tuple[str, int, int, int]]:
    """(kind, hits, wrong, missed) of one ad. Values are compared, each once; places by where they stand."""
    gold: Mapping[str, set[Hashable]] = {
        "phone": {mark.value for mark in ad.of("phone")},
        "contact": {_contact(m.label, m.value) for m in ad.marks if m.value and m.label not in NO_CONTACTS},
        "pay": {pay for mark in ad.of("pay") for pay in parse_pay(mark.value)},
        "age": {float(age) for mark in ad.of("age") for age in mark.value.split("-")},
        "name": {mark.value.casefold() for mark in ad.of("name")},
    }
    found: Mapping[str, set[Hashable]] = {
        "phone": {phone.e164 for phone in reading.phones},
        "contact": {_contact(c.kind, c.value) for c in reading.contacts if c.value not in gold["phone"]},
        "pay": {
            (pay.amount, pay.currency, _per(f"{pay.minutes}min" if pay.minutes else pay.per)) for pay in reading.pay
        },
        "age": {float(age.value) for age in reading.ages},
        "name": {name.value.casefold() for name in reading.names},
    }
    for kind, values in gold.items():
        label = "name in job ads" if kind == "name" and ad.kind == "job" else kind
        yield label, len(values & found[kind]), len(found[kind] - values), len(values - found[kind])
    yield "place", *_places(ad.of("place"), reading.places)


def _contact(kind: str, value: str) -> tuple[str, str]:
    value = value.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").removeprefix("@")
    return kind, "".join(sign for sign in value.rstrip("/") if kind != "address" or sign.isalnum())


def parse_pay(value: str) -> list[tuple[float, str, str]]:
    """(amount, currency, period) of each end of "180-200 NOK hour". Raises ValueError."""
    amounts, currency, per = value.split()
    return [(float(amount), currency, _per(per)) for amount in amounts.split("-")]


def _per(period: str) -> str:
    return "hour" if period == "60min" else period


def parse_place(value: str) -> tuple[str, str, str | None]:
    """(name, country, code) of "Mo i Rana NO 1833". Raises ValueError."""
    words = value.split()
    code = words.pop() if words[-1].isdecimal() else None
    name, country = " ".join(words[:-1]), words[-1]
    if not name or len(country) != 2 or not country.isupper():
        raise ValueError(f"place {value!r}: expected a name, a country of two letters and perhaps a code")
    return name, country, code


def _places(marks: Sequence[Mark], places: Sequence[Place]) -> tuple[int, int, int]:
    hit_marks = [mark for mark in marks if any(_is_place(mark, place) for place in places)]
    wrong = [place for place in places if not any(_is_place(mark, place) for mark in marks)]
    return len(hit_marks), len(wrong), len(marks) - len(hit_marks)


def _is_place(mark: Mark, place: Place) -> bool:
    _, country, code = parse_place(mark.value)
    return _meet(mark, place) and country == place.country and (None in (code, place.code) or code == place.code)


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement beyond chance of two yes-or-no judgements; None where chance alone explains all or nothing is given."""
    if not pairs:
        return None
    first, second = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    observed = sum(one == two for one, two in pairs) / len(pairs)
    expected = first * second + (1 - first) * (1 - second)
    return (observed - expected) / (1 - expected) if expected < 1 else None


def judgements(pairs: Iterable[tuple[GoldAd, GoldAd]]) -> Mapping[str, list[tuple[bool, bool]]]:
    """By indicator, what both markers say of each ad."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one, two in pairs:
        for id in SCORED[one.kind]:
            found[id].append((id in one.indicators, id in two.indicators))
    return found


def span_agreement(pairs: Iterable[tuple[GoldAd, GoldAd]]) -> Mapping[str, Counts]:
    """By kind of span, the values that both, only the second, and only the first marked."""
    found: dict[str, Counts] = defaultdict(Counts)
    pick: Callable[[GoldAd, str], set[tuple[str, str]]] = lambda ad, kind: {  # noqa: E731
        (mark.field, mark.value)
        for mark in ad.marks
        if mark.value and (mark.label == kind or (kind == "contact" and mark.label not in NO_CONTACTS))
    }
    for one, two in pairs:
        for kind in SPANS:
            a, b = pick(one, kind), pick(two, kind)
            _add(found[kind], len(a & b), len(b - a), len(a - b))
    return found
