"""Tables that both reports have: units, places, kinds, languages, how whole the crawls are, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from alerts.lists.coverage import Coverage, find_coverage, whole_of
from alerts.lists.frame import Frame
from alerts.lists.sighted import Sighted
from alerts.reports.adfacts import NORWAY, NOT_STATED, SEVERAL, UNREAD, AdFact, find_ads
from alerts.reports.exhibits import Cell, Exhibit, Note, Plot, Said
from alerts.reports.hiding import add, hide, hide_overlapping, hide_parts
from alerts.reports.seen import Seen, Times, by_time, count_in, find_seen
from crawler.database import Database
from nlp.catalog_file import catalogue
from nlp.language import UNDETERMINED

_UNSAID = {NOT_STATED: Said(NOT_STATED), SEVERAL: Said(SEVERAL), UNREAD: Said(UNREAD)}
_ABROAD = {code: Said(f"country-{code}") for code in (NORWAY, "SE", "DK", "FI", "IS")}


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What both reports are made from: the sightings, what each ad says, and how whole the crawls of each site are."""

    seen: Seen
    ads: Sequence[AdFact]
    covers: Mapping[str, Coverage]

    @property
    def frame(self) -> Frame:
        return self.seen.frame

    @property
    def contacts(self) -> Sighted | None:
        return self.seen.contacts


def find_ground(db: Database, frame: Frame) -> Ground:
    """Raises NoLists and NoReport where nothing, or too little, was seen."""
    seen = find_seen(db, frame)
    ads = list(find_ads(db, frame, seen.numbers()))
    return Ground(seen, ads, find_coverage(db, frame, seen.ads.names))


def units(ground: Ground) -> Exhibit:
    """Each unit counted apart, never added up; never drawn on one axis either."""
    found = ground.seen.units
    order = ("ads", "observations", "contacts", "personas", "clusters")
    rows = tuple((Said(f"unit-{unit}"), hide(found[unit])) for unit in order)
    return Exhibit(key="units", unit="apart", n=None, columns=("unit", "count"), rows=rows)


def places(ground: Ground) -> Exhibit:
    counts = Counter(ad.place for ad in ground.ads)
    rows = counted({**dict.fromkeys(sorted(COUNTIES), 0), **counts}, _UNSAID | _ABROAD)
    return Exhibit(key="places", unit="ads", n=len(ground.ads), columns=("place", "ads"), rows=rows,
                   plots=(Plot("map", "place", "ads"),))  # fmt: skip


def kinds(ground: Ground, cells: Mapping[str, Cell]) -> Exhibit:
    """`cells` are the ads of each kind, as they may be told."""
    rows = tuple((Said(f"kind-{kind}"), cells[kind]) for kind in ordered(cells))
    return Exhibit(key="kinds", unit="ads", n=len(ground.ads), columns=("kind", "ads"), rows=rows,
                   plots=(Plot("bars", "kind", "ads"),))  # fmt: skip


def languages(ground: Ground) -> Exhibit:
    counts = Counter(ad.language for ad in ground.ads)
    said = {code: Said(f"language-{code}") for code in (*catalogue_languages(), UNDETERMINED)}
    return Exhibit(key="languages", unit="ads", n=len(ground.ads), columns=("language", "ads"),
                   rows=counted(counts, said | _UNSAID), plots=(Plot("bars", "language", "ads"),))  # fmt: skip


def catalogue_languages() -> tuple[str, ...]:
    """The languages in which the catalogue has phrases."""
    return tuple(sorted({code for one in catalogue().values() for code in one.languages}))


def coverage(ground: Ground) -> Exhibit:
    """Pages and crawls are no persons: nothing of them is withheld."""
    rows = tuple(
        (site, cover.crawls, cover.missed, cover.pages, cover.failed, cover.excluded, cover.unfetched,
         Said("no-crawl") if cover.share is None else cover.share)
        for site, cover in sorted(ground.covers.items())
    )  # fmt: skip
    pages = whole_of(ground.covers.values()).pages
    columns = ("site", "crawls", "missed", "pages", "failed", "excluded", "not-asked", "had")
    return Exhibit(key="coverage", unit="pages", n=pages, columns=columns, rows=rows,
                   plots=(Plot("shares", "site", "had"),))  # fmt: skip


def counted(counts: Mapping[str, int], said: Mapping[str, Said]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of name and count, parts of one whole: the largest first, then what is withheld, by name."""
    cells = hide_parts(counts)
    return tuple((said.get(name, name), cells[name]) for name in ordered(cells))


def ordered(cells: Mapping[str, Cell]) -> list[str]:
    """By size, the withheld after those that are shown: their order would tell of their size."""

    def place(name: str) -> tuple[int, int, str]:
        cell = cells[name]
        if not isinstance(cell, int):
            return 1, 0, name
        return (0, -cell, name) if cell else (2, 0, name)

    return sorted(cells, key=place)


def over_time(sighted: Sighted, times: Times) -> dict[str, Cell]:
    """How many different units each stretch of time has, of those that all of them have."""
    names, in_times = times.names, by_time(sighted, times)
    return hide_overlapping(dict(zip(names, in_times, strict=True)), count_in(sighted, times))


def unknown(ground: Ground, exhibits: Iterable[Exhibit]) -> Iterator[Note]:
    """What the figures do not say, as far as the store knows it; of ads only what the tables tell."""
    seen, tables = ground.seen, {one.key: one for one in exhibits}
    yield Note("persons")
    yield Note("gender")
    yield from _share("place-unknown", tables["places"], {Said(NOT_STATED), Said(SEVERAL)})
    yield from _share("language-undetermined", tables["languages"], {Said(f"language-{UNDETERMINED}")})
    yield from _share("language-unread", tables["languages"], {n for n in tables["languages"].column("language")
                                                               if isinstance(n, str)})  # fmt: skip
    if seen.unread:
        yield Note("unread", {"count": seen.unread})
    if seen.contacts and seen.contacts.contested:
        yield Note("contested", {"count": hide(seen.contacts.contested)})
    yield from _of_crawls(ground)
    yield Note("unseen")


def _share(key: str, table: Exhibit, names: Set[Cell]) -> Iterator[Note]:
    """How many ads are in these rows of a table whose first column is of names and whose second is of ads."""
    count = add(row[1] for row in table.rows if row[0] in names)
    if count:
        yield Note(key, {"count": count, "ads": table.n})


def _of_crawls(ground: Ground) -> Iterator[Note]:
    covers, whole = ground.covers, whole_of(ground.covers.values())
    without = sorted(site for site, cover in covers.items() if cover.share is None)
    if without:
        yield Note("no-crawl", {"count": len(without), "sites": len(covers), "named": ", ".join(without)})
    if whole.missed:
        yield Note("missed", {"count": whole.missed})
    if whole.pages:
        lost = whole.failed + whole.excluded + whole.unfetched
        yield Note("pages", {"count": lost, "pages": whole.pages, "robots": whole.robots})


COUNTIES = (
    "Agder", "Akershus", "Buskerud", "Finnmark", "Innlandet", "Møre og Romsdal", "Nordland", "Oslo", "Rogaland",
    "Telemark", "Troms", "Trøndelag", "Vestfold", "Vestland", "Østfold",
)  # fmt: skip
