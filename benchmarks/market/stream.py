"""The whole market as a stream of ads, and the files that hold it: what systems are given, and what is true."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.market.businesses import agency, employer, salon
from benchmarks.market.dice import Dice
from benchmarks.market.networks import network, recruiter
from benchmarks.market.noise import listing, spam
from benchmarks.market.orgnumbers import OrgNumbers
from benchmarks.market.people import duo, household, independent
from benchmarks.market.phones import PhoneBook
from benchmarks.market.scene import Scene
from benchmarks.market.values import DAYS, Ads, MarketAd, Seen, date, moment
from benchmarks.market.visits import DAY

VERSION = 2  # of the generator: another number means other bytes from the same seed
MARKET, TRUTH, ABOUT = "market.jsonl", "truth.jsonl", "about.json"
# The kinds of advertisers, as shares of all of them.
KINDS: tuple[tuple[Callable[[Scene], Ads], float], ...] = (
    (independent, 0.65), (household, 0.03), (duo, 0.01), (salon, 0.06), (employer, 0.2), (agency, 0.004),
    (network, 0.03), (recruiter, 0.01), (spam, 0.0015), (listing, 0.0045),
)  # fmt: skip
_IDS, _ID_STEP = 9_000_000, 2_654_435_761  # prime to each other: ad numbers say nothing about who posted


def market_ads(ads: int, seed: int) -> Iterator[MarketAd]:
    """So many ads, advertiser by advertiser. A larger market of the same seed begins with the smaller one."""
    book, firms, kinds = PhoneBook(seed), OrgNumbers(), Dice(seed, "kinds")
    count = serial = 0
    while True:
        serial += 1
        scene = Scene(seed, serial, Dice(seed, "owner", serial), book, firms)
        for ad in kinds.weighted(KINDS)(scene):
            if count == ads:
                return
            count += 1
            yield ad


def write_market(folder: Path, *, ads: int, seed: int) -> dict[str, Any]:
    """Write the market and its truth into `folder`; returns what about.json says. Memory does not grow with size."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as days:
        observations = _write_days(Path(days), folder / TRUTH, ads=ads, seed=seed)
        _merge_days(Path(days), folder / MARKET)
    about = {
        "generator": VERSION, "seed": seed, "ads": ads, "observations": observations,
        "sha256": {name: _sha256(folder / name) for name in (MARKET, TRUTH)},
    }  # fmt: skip
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return about


def ad_row(ad: MarketAd, ad_id: str, seen: Seen) -> dict[str, Any]:
    """One observation in the format of `varde import`."""
    row = {
        "site": ad.site.host, "ad_id": ad_id, "kind": ad.kind, "seen_at": moment(seen.minute), "text": seen.text,
        "url": f"https://{ad.site.host}/{ad_id}", "title": seen.title, "location": seen.location, "name": seen.name,
        "age": seen.age, "price": seen.price, "employer": ad.employer, "org_number": ad.org_number,
        "phones": list(seen.phones), "images": [{"phash": value} for value in ad.images],
    }  # fmt: skip
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def truth_row(ad: MarketAd, ad_id: str) -> dict[str, Any]:
    """What is true of one ad; docs/benchmark.md says what each key means."""
    return {
        "site": ad.site.host, "ad_id": ad_id, "owner": ad.owner.id, "owner_kind": ad.owner.kind,
        "alert": ad.owner.alert, "persona": ad.persona or None, "template": ad.template, "language": ad.language,
        "phones": [{"e164": wrote.e164, "written": wrote.written} for wrote in ad.wrote], "others": list(ad.others),
        "stays": [
            {"place": stay.place, "country": stay.country, "from": date(stay.first), "to": date(stay.last)}
            for stay in ad.stays
        ],
        "observations": len(ad.history),
    }  # fmt: skip


def _write_days(days: Path, truth: Path, *, ads: int, seed: int) -> int:
    """A file for each day, and the truth, ad by ad; returns how many observations there are."""
    count, offset = 0, Dice(seed, "ids").below(_IDS)
    with ExitStack() as stack:
        files = [stack.enter_context((days / f"{d}").open("w", encoding="utf-8", newline="\n")) for d in range(DAYS)]
        known = stack.enter_context(truth.open("w", encoding="utf-8", newline="\n"))
        for number, ad in enumerate(market_ads(ads, seed)):
            ad_id = str(1_000_000 + (offset + number * _ID_STEP) % _IDS)
            known.write(_json(truth_row(ad, ad_id)))
            for seen in ad.history:
                files[seen.minute // DAY].write(f"{seen.minute:06d} {ad_id} {_json(ad_row(ad, ad_id, seen))}")
            count += len(ad.history)
    return count


def _merge_days(days: Path, market: Path) -> None:
    """One file in the order of time; a day's lines begin with the minute and are put in order in memory."""
    with market.open("w", encoding="utf-8", newline="\n") as out:
        for day in range(DAYS):
            with (days / f"{day}").open(encoding="utf-8", newline="\n") as file:
                out.writelines(line.split(" ", 2)[2] for line in sorted(file))


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
