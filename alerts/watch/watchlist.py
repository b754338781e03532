"""What the commands of the watch-list do: add an entry and search the past for it, and show ads that matched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alerts.watch import watchwords
from alerts.watch.watchquotes import find_quotes
from alerts.watch.watchsearch import search_past
from alerts.watch.watchstore import Hit, NewWatch, Watch, WatchError, WatchKind, add_watch, keep_hits
from alerts.watch.watchtext import outline
from alerts.watch.watchvalues import Value, parse_value
from crawler.database import Database, transaction
from crawler.store import ad_rows, latest_observations, observations

EXPIRES = timedelta(days=180)
QUOTED = 50  # hits that are quoted at once; of the others the quote is looked up when they are shown
MAX_CASE = 100  # letters of a case reference
_TOLD = 200  # letters of a text that are kept as what was typed
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks to watch for, as typed."""

    kind: WatchKind
    typed: str
    case_ref: str
    expires: str | None = None
    distance: int | None = None
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A hit with its ad: where it stands, from when to when it was seen, and the words that match."""

    hit: Hit
    site: str
    ad_id: str
    kind: str
    cluster: str
    first_seen: str
    last_seen: str
    quote: str


def add(db: Database, wanted: Wanted, *, say: Say = lambda _: None) -> tuple[Watch, list[Hit]]:
    """Put an entry on the list and search the past for it; the hits are stored with it. Raises WatchError."""
    case_ref = _case_ref(wanted.case_ref)
    expires_on = _last_day(wanted.expires)
    value, typed = _value(db, wanted)
    if wanted.kind in ("text", "template"):
        watchwords.catch_up(db, say=say)
    new = NewWatch(kind=wanted.kind, value=value.value, typed=typed, distance=value.distance, case_ref=case_ref,
                   expires_on=expires_on, notify=wanted.notify)  # fmt: skip
    with transaction(db):  # what is read meanwhile waits, and is then matched against the new entry
        watch = add_watch(db, new)
        found = search_past(db, wanted.kind, value)
        quotes = find_quotes(db, ((watch, match.observation) for match in found[:QUOTED]))
        rows = ((watch.id, ad, number, quotes.get((watch.id, number))) for ad, number in found)
        return watch, keep_hits(db, rows, past=True)


def show_hits(db: Database, watch: Watch, found: Sequence[Hit]) -> list[Shown]:
    """Hits of an entry with their ads, in the order given."""
    ads = {row.id: row for row in ad_rows(db, {hit.ad for hit in found})}
    clusters = _clusters(db, ads)
    unquoted = ((watch, hit.observation) for hit in found if hit.quote is None)
    quotes = find_quotes(db, unquoted)
    return [
        Shown(hit=hit, site=ads[hit.ad].site, ad_id=ads[hit.ad].ad_id, kind=ads[hit.ad].kind,
              cluster=clusters.get(hit.ad, ""), first_seen=ads[hit.ad].first_seen, last_seen=ads[hit.ad].last_seen,
              quote=quotes.get((watch.id, hit.observation), "") if hit.quote is None else hit.quote)
        for hit in found
    ]  # fmt: skip


def _value(db: Database, wanted: Wanted) -> tuple[Value, str]:
    """The value to look for, and what is shown of it."""
    if wanted.kind == "template" and (text := _text_of_ad(db, wanted.typed)) is not None:
        return parse_value("template", text, distance=wanted.distance), f"as ad {wanted.typed.strip()}"
    value = parse_value(wanted.kind, wanted.typed, distance=wanted.distance)
    return value, " ".join(wanted.typed.split())[:_TOLD]


def _text_of_ad(db: Database, typed: str) -> str | None:
    """The newest text of the ad whose number was typed; None where a text was typed. Raises WatchError."""
    if not typed.strip().isdecimal():
        return None
    newest = latest_observations(db, [int(typed)])
    if not newest:
        raise WatchError(f"no ad {typed.strip()}; `varde cluster ID` and `varde watch hits` show the numbers of ads")
    (version,) = observations(db, newest.values())
    text = str(version.document.get("text", ""))
    if not outline(text):
        raise WatchError(f"ad {typed.strip()} has no text to compare others with")
    return text


def _case_ref(typed: str) -> str:
    case_ref = " ".join(typed.split())
    if not case_ref or not case_ref.isprintable() or len(case_ref) > MAX_CASE:
        raise WatchError(f"--case is {typed!r}; it takes the reference of a case, up to {MAX_CASE} letters")
    return case_ref


def _last_day(typed: str | None) -> str:
    today = datetime.now(UTC).date()
    if typed is None:
        return (today + EXPIRES).isoformat()
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise WatchError(f"--expires is {typed!r}; it takes a day such as {today + EXPIRES}") from error
    if day < today:
        raise WatchError(f"--expires is {typed}, which is past; it takes a day such as {today + EXPIRES}")
    return day.isoformat()


def _clusters(db: Database, ads: Iterable[int]) -> dict[int, str]:
    found = db.conn.execute("SELECT ad, cluster FROM members WHERE ad IN (SELECT value FROM json_each(?))",
                            (str(list(ads)),))  # fmt: skip
    return dict(found.fetchall())
