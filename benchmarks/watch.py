"""The watch-list on a large store: how long `varde watch add` takes for each kind, and what its index of words costs.

python -m benchmarks watch                 # 100,000 observations
python -m benchmarks.watch 1000000         # as many as are asked for
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alerts.pictures.picturestore import keep_shown
from alerts.reading.readings import encode_reading
from alerts.store import open_alerts
from alerts.watch import watchwords
from alerts.watch.watchlist import Wanted, add
from alerts.watch.watchmatch import match_new
from benchmarks.measured import measure
from crawler.database import Database, transaction
from nlp import read
from spiders.demo.market import build_sample

SEED = 7
SEEN = "2026-11-01T12:00:00.000+00:00"
BATCH = 10_000
ENTRIES = 1_000  # on the watch-list while new observations are matched
VERSIONS = 3  # of each ad
CARRIERS = 40  # observations to a phone, account, link or picture


def run(_: Path | None) -> None:
    """Measure on a store of 100,000 generated observations."""
    measure_at(100_000)


def measure_at(size: int) -> None:
    with TemporaryDirectory() as folder:
        measure_in(Path(folder), size)


def measure_in(folder: Path, size: int) -> None:
    store = folder / "bench.db"
    db = open_alerts(store, create=True)
    began = time.perf_counter()
    fill(db, size)
    print(f"{size:,} observations of {size // VERSIONS:,} ads, made in {time.perf_counter() - began:.0f} s")
    _index(db, store, size)
    for kind, value in values(db):
        done = measure(["--store", str(store), "watch", "add", kind, value, "--case", "B-1", "--json"])
        ads = json.loads(done.printed)["hits"]
        print(f"  add {kind:9}{done.wall:6.2f} s ({done.cpu:.2f} of CPU), start-up included; {ads:6,} ads", flush=True)
    _match(db, size)
    db.close()


def fill(db: Database, size: int) -> None:
    """Put generated versions with readings and keys into a store, without reading them one by one."""
    rng = random.Random(SEED)
    posts = [post for seed in range(3) for post in build_sample(seed).posts]
    documents = [encode_reading(reading) for reading in read([post.text for post in posts])]
    words = sorted({word for post in posts for word in post.text.split() if max(word) < "\u0300"})
    for start in range(1, size + 1, BATCH):
        numbers = range(start, min(start + BATCH, size + 1))
        with transaction(db):
            db.conn.executemany(
                "INSERT OR IGNORE INTO ads (id, site, ad_id, kind, url, first_seen, last_seen) VALUES (?,?,?,?,?,?,?)",
                [(_ad(n), "a.example", str(_ad(n)), "escort", "", SEEN, SEEN) for n in numbers],
            )
            db.conn.executemany(
                "INSERT INTO observations (id, ad, seen_at, source, sha256, document) VALUES (?, ?, ?, '', ?, ?)",
                [(n, _ad(n), SEEN, str(n), _document(posts[n % len(posts)], words, rng)) for n in numbers],
            )
            db.conn.executemany(
                "INSERT INTO readings (observation, ad, seen_at, catalogue, document) VALUES (?, ?, ?, '', ?)",
                [(n, _ad(n), SEEN, documents[n % len(posts)]) for n in numbers],
            )
            db.conn.executemany(
                "INSERT INTO keys (observation, ad, kind, value, confidence, how) VALUES (?, ?, ?, ?, 1, 'plain')",
                [row for n in numbers for row in _keys(n, size)],
            )
            keep_shown(db, ((f"phash:{_hash(n)}", "") for n in numbers))
    db.execute("DELETE FROM watch_todo")  # as if an analysis had matched them


def _ad(number: int) -> int:
    return (number - 1) // VERSIONS + 1


def _document(post: Any, words: list[str], rng: random.Random) -> str:
    """The text of a post with slots that differ, and some words of its own."""
    own = " ".join(rng.choice(words) for _ in range(8))
    text = f"{post.text} {rng.randrange(10**6)} {own} x{rng.getrandbits(32):x}"
    return json.dumps({"title": post.title, "text": text}, ensure_ascii=False)


def _keys(number: int, size: int) -> Iterator[tuple[int, int, str, str]]:
    which = random.Random(number).randrange(max(1, size // CARRIERS))
    yield number, _ad(number), "phone", f"+4742{which:06}"
    yield number, _ad(number), "image", f"phash:{_hash(number)}"
    yield number, _ad(number), "email", f"a{which}@post.example"
    yield number, _ad(number), "handle", f"telegram:lina_{which}"
    yield number, _ad(number), "url", f"pages.example/lina_{which}"
    yield number, _ad(number), "payment", f"vipps:{100_000 + which}"


def _hash(number: int) -> str:
    return f"{random.Random(number // 2).getrandbits(256):064x}"


def values(db: Database) -> list[tuple[str, str]]:
    """A value of each kind that the store holds."""
    near = f"{random.Random(5).getrandbits(256) ^ 0b111:064x}"
    ad = "5"
    (document,) = db.execute("SELECT document FROM observations WHERE id = 7").fetchone()
    text = json.loads(document)["text"].split()
    return [
        ("phone", "42 00 00 17"), ("email", "a17@post.example"), ("handle", "telegram:lina_17"),
        ("url", "pages.example/lina_17"), ("payment", "vipps 100017"), ("image", near), ("text", text[-1]),
        ("text", " ".join(text[-4:-1])), ("text", text[-1][2:7]), ("text", " ".join(text[:3])), ("template", ad),
    ]  # fmt: skip


def _index(db: Database, store: Path, size: int) -> None:
    """Build the index of words and say what it takes."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store.stat().st_size
    began = time.process_time()
    watchwords.catch_up(db)
    took = time.process_time() - began
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    more = store.stat().st_size - before
    print(
        f"  index of words: {1e6 * took / size:.0f} µs of CPU and {more / size:.0f} bytes an observation, "
        f"{100 * more / before:.0f} % of the {before / size:.0f} bytes of the store without it"
    )


def _match(db: Database, size: int) -> None:
    """Match the newest observations, as an analysis does, with a long watch-list."""
    rng = random.Random(SEED)
    for n in range(ENTRIES):
        kind = ("phone", "text", "handle", "template")[n % 4]
        text = f"{''.join(rng.choice('abcdefghij') for _ in range(9))} {n}" if kind == "text" else " ".join(
            "".join(rng.choice("abcdefghijklmno") for _ in range(7)) for _ in range(30)
        )  # fmt: skip
        typed = {"phone": f"+47 43{n:06}", "handle": f"telegram:ola_{n}"}.get(kind, text)
        add(db, Wanted(kind=kind, typed=typed, case_ref="B-2"))  # type: ignore[arg-type]
    numbers = list(range(max(1, size - 5_000), size + 1))
    began = time.process_time()
    for start in range(0, len(numbers), 500):
        match_new(db, numbers[start : start + 500], channels=())
    took = time.process_time() - began
    print(
        f"  matching what is new against {ENTRIES:,} entries: {1e6 * took / len(numbers):.0f} µs of CPU an observation"
    )


if __name__ == "__main__":
    measure_at(int(sys.argv[1]))
