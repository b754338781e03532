"""How whole each list is: which of the pages that crawls wanted could be had, and which runs were missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from alerts.lists.frame import Frame
from alerts.lists.sighted import parameters
from crawler.database import Database

_FEW_GAPS = 3  # runs apart from each other by which the usual gap is told
_WINDOW = "(unixepoch(c.started_at) - :second) / 86400 / :window"
_OF_FRAME = (
    "c.started_at >= :since AND c.started_at < :until "
    "AND (:sites = '[]' OR c.site IN (SELECT value FROM json_each(:sites)))"
)
_CRAWLS = f"SELECT c.site, {_WINDOW}, c.outcome, c.note FROM crawls c WHERE {_OF_FRAME} ORDER BY c.id"
# A page that any crawl of the window could have is had; of the others, what was said of them.
_PAGES = (
    f"WITH pages AS (SELECT c.site AS site, {_WINDOW} AS at, f.kind AS kind, max(f.state = 'done') AS had, "
    "max(f.state = 'excluded') AS excluded, max(f.state = 'excluded' AND f.reason LIKE '%robots.txt%') AS robots, "
    f"max(f.state = 'failed') AS failed FROM crawls c JOIN frontier f ON f.crawl = c.id WHERE {_OF_FRAME} "
    "GROUP BY 1, 2, 3, f.url, f.body) "
    "SELECT site, at, kind, count(*), sum(had), sum(failed AND NOT had), sum(excluded AND NOT had AND NOT failed), "
    "sum(robots AND NOT had AND NOT failed) FROM pages GROUP BY 1, 2, 3"
)
_RUNS = "SELECT site, due_at, outcome FROM runs WHERE outcome != 'new' ORDER BY site, due_at, id"
_FULL = frozenset({"finished", "limited"})


@dataclass(slots=True)
class Coverage:
    """Of one list: its crawls, those that ended whole, runs of the timetable that did not come, and pages by what
    became of them. `wanted` and `had` are by kind of page.
    """

    crawls: int = 0
    whole: int = 0
    missed: int = 0
    wanted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    had: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: int = 0
    excluded: int = 0
    robots: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return sum(self.wanted.values())

    @property
    def unfetched(self) -> int:
        """Pages that were never asked for: the crawl ended before."""
        return self.pages - sum(self.had.values()) - self.failed - self.excluded

    @property
    def share(self) -> float | None:
        """What share of the ads could be had: that of list pages, behind which ads lie, times that of ad pages.

        None where no crawl says so, as of imports.
        """
        shares = [self.had[kind] / wanted for kind, wanted in self.wanted.items() if wanted]
        return None if not shares else shares[0] * (shares[1] if len(shares) > 1 else 1.0)

    def as_if_whole(self, units: int) -> float | None:
        """How many would be on the list if what was not had were like what was; None where that is not known."""
        return units / self.share if self.share else None

    @property
    def note(self) -> str:
        """What is to be known of the list beside its figures."""
        if not self.crawls:
            return "no crawl"
        return self.notes[0] if self.notes else ""


def find_coverage(db: Database, frame: Frame, names: Iterable[str]) -> dict[str, Coverage]:
    """The coverage of each list named, and of lists that crawls should have filled and nobody is on."""
    found = {name: Coverage() for name in names}

    def of(site: str, window: int) -> Coverage:
        return found.setdefault(frame.name(site, window), Coverage())

    asked = parameters(frame)
    for site, window, outcome, note in db.execute(_CRAWLS, asked):
        cover = of(site, window)
        cover.crawls += 1
        cover.whole += outcome in _FULL and not note
        if outcome not in _FULL or note:
            cover.notes.append(f"{outcome}: {note}" if note else outcome)
    for site, window, kind, wanted, had, failed, excluded, robots in db.execute(_PAGES, asked):
        cover = of(site, window)
        cover.wanted[kind] += wanted
        cover.had[kind] += had
        cover.failed, cover.excluded = cover.failed + failed, cover.excluded + excluded
        cover.robots += robots
    for site, moment in _missed(db):
        if frame.since <= moment < frame.until and (not frame.sites or site in frame.sites):
            day = (datetime.fromisoformat(moment).timestamp() - frame.second) // 86400
            of(site, int(day) // frame.window_days).missed += 1
    return found


def _missed(db: Database) -> Iterator[tuple[str, str]]:
    """Site and moment of each run of the timetable that ended without a crawl, or that never came.

    One that never came shows by a gap between two runs: it is so many times the usual one of the site, the median.
    """
    runs: Mapping[str, list[str]] = defaultdict(list)
    for site, due_at, outcome in db.execute(_RUNS):
        runs[site].append(due_at)
        if outcome not in {"finished", "limited", "changed", "running", "locked"}:
            yield site, due_at
    for site, due in runs.items():
        moments = [datetime.fromisoformat(moment) for moment in dict.fromkeys(due)]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        if len(gaps) < _FEW_GAPS:
            continue
        usual = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
        for earlier, gap in zip(moments, gaps, strict=False):
            for number in range(1, round(gap / usual)):
                yield site, (earlier + number * usual).isoformat(timespec="milliseconds")


def whole_of(covers: Iterable[Coverage]) -> Coverage:
    """All lists together."""
    total = Coverage()
    for cover in covers:
        total.crawls, total.whole, total.missed = (
            total.crawls + cover.crawls, total.whole + cover.whole, total.missed + cover.missed,
        )  # fmt: skip
        total.failed, total.excluded = total.failed + cover.failed, total.excluded + cover.excluded
        total.robots += cover.robots
        for kind, wanted in cover.wanted.items():
            total.wanted[kind] += wanted
            total.had[kind] += cover.had[kind]
    return total
