"""Peers beside Varde on one market: each in a process of its own, and which setting of theirs does best.

`python -m benchmarks.peerruns --market FOLDER` prints them for a folder that `python -m benchmarks.linking --out` left.
`--settings` tries all of theirs: for a market of a seed from 100 upwards, not for one that is reported.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.clustering_scores import largest, score_clustering
from benchmarks.market.stream import MARKET
from benchmarks.market.truth import AdKey, TrueAd, load_truth
from benchmarks.peers import PEERS, Column, Grouped

ROOT = Path(__file__).resolve().parent.parent
INTERPRETER = ROOT / ".dev" / "peers" / "bin" / "python"  # `./dev peers` makes it; Varde's own has no such libraries
ADS = "found-ads.jsonl"  # what `varde export ads` wrote into the market's folder
LINKERS = ("phone", "minhash", "tfidf", "splink")
MANY = 20  # owners that carry a contact: it is a site's own
TAKE = 50_000  # ads; beyond that most peers need more memory, or time, than there is


class NotThere(Exception):
    """The peers' libraries are not installed; the message says how they are."""


def print_peers(folder: Path, truth: Mapping[AdKey, TrueAd]) -> None:
    """A line for Varde's clusters and one for each peer, on the same ads."""
    chosen = dict(islice(truth.items(), TAKE))
    owners = [ad.owner for ad in chosen.values()]
    print(f"  other ways on {'the same' if len(chosen) == len(truth) else 'the first'} {len(chosen):,} ads:")
    print(f"    {'Varde':48} {_scores(_varde(folder / ADS, chosen), owners)}")
    with TemporaryDirectory() as scratch:
        columns = write_columns(market_columns(folder, chosen), Path(scratch))
        for name in LINKERS:
            print(f"    {_line(name, columns, owners)}", flush=True)


def run_peer(name: str, columns: Path, setting: float) -> Grouped:
    """Raises NotThere, and CalledProcessError where the peer fails."""
    peer = PEERS[name]
    if peer.modules and not INTERPRETER.exists():
        raise NotThere("not installed; ./dev peers")
    python = INTERPRETER if peer.modules else Path(sys.executable)
    done = subprocess.run(
        [python, "-m", "benchmarks.peers", name, columns, str(setting)], cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return Grouped(**json.loads(done.stdout))


def _line(name: str, columns: Path, owners: Sequence[str]) -> str:
    peer = PEERS[name]
    title = f"{peer.title}, joined from {peer.setting:g}" if len(peer.tried) > 1 else peer.title
    try:
        found = run_peer(name, columns, peer.setting)
    except NotThere as error:
        return f"{title:48} {error}"
    return (
        f"{title:48} {_scores(found.labels, owners)}  {len(owners) / max(0.001, found.cpu_s):10,.0f} ads a second of "
        f"processor time; {found.wall_s:.1f} s of wall time after {found.load_s:.1f} to load; peak {found.peak:,.0f} MB"
    )


def _scores(labels: Sequence[Any], owners: Sequence[str]) -> str:
    score = score_clustering(owners, labels)
    return f"ARI {score.ari:.3f}  pairs P {score.precision:.3f} R {score.recall:.3f}  largest {largest(labels):5,}"


def _varde(ads: Path, chosen: Mapping[AdKey, TrueAd]) -> list[str]:
    cluster = {key: row["cluster"] for key, row in _rows(ads) if key in chosen}
    return [cluster[key] or "/".join(key) for key in chosen]


def write_columns(ads: Iterable[Column], folder: Path) -> Path:
    """The file that a peer's process reads."""
    path = folder / "columns.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(ad)) + "\n" for ad in ads)
    return path


def market_columns(folder: Path, chosen: Mapping[AdKey, TrueAd]) -> Iterator[Column]:
    """What the peers get, in the order of the truth: newest texts, and what Varde read.

    Without what a site puts on every ad, as the truth has it: a linker on columns would join all of them.
    """
    newest = {key: row for key, row in _rows(folder / MARKET) if key in chosen}
    read = {key: row for key, row in _rows(folder / ADS) if key in chosen}
    shared = _carried_by_many(read, chosen)
    for key, ad in chosen.items():
        yield _column(newest[key], read[key], ad.others | shared)


def _column(row: Mapping[str, Any], read: Mapping[str, Any], left_out: frozenset[str]) -> Column:
    return Column(
        text=row["text"],
        phones=sorted({phone["e164"] for phone in read["phones"]} - left_out),
        contacts=sorted(_contacts(read) - left_out),
        name=row.get("name") or row.get("employer", ""),
        city=row.get("location", ""),
    )


def _contacts(read: Mapping[str, Any]) -> set[str]:
    return {f"{contact['kind']}:{contact['value']}" for contact in read["contacts"] if contact["kind"] != "address"}


def _carried_by_many(read: Mapping[AdKey, Mapping[str, Any]], chosen: Mapping[AdKey, TrueAd]) -> frozenset[str]:
    owners: dict[str, set[str]] = defaultdict(set)
    for key, ad in chosen.items():
        for contact in _contacts(read[key]):
            owners[contact].add(ad.owner)
    return frozenset(contact for contact, whose in owners.items() if len(whose) > MANY)


def _rows(path: Path) -> Iterator[tuple[AdKey, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            yield (row["site"], row["ad_id"]), row


def _print_settings(folder: Path, names: Sequence[str]) -> None:
    truth = load_truth(folder)
    owners = [ad.owner for ad in truth.values()]
    with TemporaryDirectory() as scratch:
        columns = write_columns(market_columns(folder, truth), Path(scratch))
        for name in names:
            for setting in PEERS[name].tried:
                found = run_peer(name, columns, setting)
                print(f"{name:8} {setting:7g}  {_scores(found.labels, owners)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peerruns", description=__doc__)
    parser.add_argument("--market", type=Path, required=True, help="a folder of python -m benchmarks.linking --out")
    parser.add_argument("--settings", choices=LINKERS, action="append", help="try every setting of this one")
    chosen = parser.parse_args()
    if chosen.settings:
        _print_settings(chosen.market, chosen.settings)
    else:
        print_peers(chosen.market, load_truth(chosen.market))


if __name__ == "__main__":
    main()
