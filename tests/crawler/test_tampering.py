"""Ways to tamper with evidence, each tried with several seeds: all are found, and the right record or file is named."""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crawler.ads import Ad
from crawler.database import Database, transaction, utc_now
from crawler.evidence import Archive
from crawler.exchange import Rendering
from crawler.manifest import signature_path, stamp_path, write_manifest
from crawler.recordcheck import Folder
from crawler.records import first_link
from crawler.sightings import observe
from crawler.signing import SigningKey, load_signing_key
from crawler.stamps import load_roots
from crawler.verify import Report, Verifier, verify_archive
from crawler.verifystore import verify_store
from tests.crawler.archives import SITE, TLS, begin, exchange, store, store_at
from tests.crawler.authority import Authority

SEEDS = 20
Line = dict[str, Any]


@dataclass(frozen=True)
class Original:
    """A store with two finished crawls, the first made in two runs; signed, stamped, with ads."""

    path: Path
    key: SigningKey
    other_key: SigningKey
    authority: Authority
    other_authority: Authority
    expired: dict[str, bytes]  # tokens by the name of their manifest
    foreign: dict[str, bytes]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    path = tmp_path_factory.mktemp("original")
    db = store_at(path / "varde.db")
    key, other_key = load_signing_key(path / "varde.db"), load_signing_key(tmp_path_factory.mktemp("x") / "other.db")
    authority, other = (Authority(tmp_path_factory.mktemp("tsa") / name) for name in ("authority", "other"))
    expired, foreign = {}, {}
    for site, runs in ((SITE, 2), ("b.example", 1)):
        manifest = _crawl(db, path / "varde.db.captures", site, runs, key)
        signature = signature_path(manifest).read_bytes()
        stamp_path(manifest).write_bytes(authority.token(signature))
        expired[manifest.name], foreign[manifest.name] = authority.token(signature, "expired"), other.token(signature)
    db.close()
    return Original(path, key, other_key, authority, other, expired, foreign)


def _crawl(db: Database, folder: Path, site: str, runs: int, key: SigningKey) -> Path:
    crawl = begin(db, site)
    for run in range(runs):
        archive = Archive(folder, site, info={"software": "varde 0"})
        for page in range(3):
            url = f"https://{site}/ad/{run}{page}"
            (kept,) = store(db, crawl, archive, [archive.keep(exchange(f"<p>{run} {page}</p>".encode(), url, TLS))])
            ad = Ad(
                site=site,
                ad_id=f"{run}{page}",
                kind="escort",
                url=url,
                text=f"Text {page}",
                seen_at=exchange(b"").sent_at,
            )
            with transaction(db):
                observe(db, ad, capture=kept.id, source=f"crawl {crawl}")
        sent = exchange(b"<p>before</p>", f"https://{site}/map")
        rendering = Rendering(
            url=sent.url, rendered_at=sent.sent_at, exchange=sent, html=b"<p>after</p>", screenshot=b"PNG" * 9
        )
        store(db, crawl, archive, [archive.keep_rendering(rendering)])
        archive.close()
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished' WHERE id = ?", (utc_now(), crawl))
    return write_manifest(db, crawl, folder, key)


class Case:
    """A copy to tamper with, and what the verdict on it is."""

    def __init__(self, original: Original, path: Path, random: Random) -> None:
        shutil.copytree(original.path, path)
        self.original, self.path, self.random = original, path, random
        self.folder = path / "varde.db.captures"
        self.manifests = sorted(self.folder.glob("*.manifest.json"))
        self.manifest = random.choice(self.manifests)
        self.db: Database | None = None

    def content(self) -> dict[str, Any]:
        return dict(json.loads(self.manifest.read_bytes()))

    def chain(self) -> Path:
        return self.folder / self.content()["chain"]["file"]

    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.chain().read_bytes().splitlines()]

    def write_lines(self, lines: list[Line]) -> None:
        self.chain().write_bytes(b"".join(_json(line) + b"\n" for line in lines))

    def pick(self, fits: Callable[[Line], bool] = lambda _: True) -> Line:
        return self.random.choice([line for line in self.lines() if fits(line)])

    def of_file(self, file: str) -> list[Line]:
        return [line for line in self.lines() if line["file"] == file]

    def members(self, file: str) -> list[bytes]:
        data = (self.folder / file).read_bytes()
        return [data[line["offset"] : line["offset"] + line["length"]] for line in self.of_file(file)]

    def write_members(self, file: str, members: list[bytes]) -> None:
        (self.folder / file).write_bytes(b"".join(members))

    def replace(self, line: Line, member: bytes) -> None:
        members = self.members(line["file"])
        members[self.of_file(line["file"]).index(line)] = member
        self.write_members(line["file"], members)

    def member(self, line: Line) -> bytes:
        return self.members(line["file"])[self.of_file(line["file"]).index(line)]

    def sign(self, content: dict[str, Any], key: SigningKey) -> None:
        data = json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"
        self.manifest.write_bytes(data)
        signature_path(self.manifest).write_bytes(key.sign(data))

    def stamp(self) -> None:
        token = self.original.authority.token(signature_path(self.manifest).read_bytes())
        stamp_path(self.manifest).write_bytes(token)

    def open(self) -> Database:
        self.db = store_at(self.path / "varde.db")
        return self.db

    def report(self) -> Report:
        pinned, roots = (self.original.key.public,), load_roots(self.original.authority.root)
        if self.db is None:
            return verify_archive(Verifier(Folder(self.folder), pinned, roots))
        report = verify_store(self.db, self.folder, pinned=pinned, roots=roots, checked=lambda: None)
        self.db.close()
        return report


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _edited(member: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The record with `change` made to its bytes, lengths and digests put right, and packed anew."""
    head, _, rest = change(zlib.decompress(member, 31)[:-4]).partition(b"\r\n\r\n")
    payload = rest.partition(b"\r\n\r\n")[2]
    right = {b"WARC-Block-Digest": b"sha256:" + _sha(rest).encode(), b"Content-Length": b"%d" % len(rest),
             b"WARC-Payload-Digest": b"sha256:" + _sha(payload).encode()}  # fmt: skip
    fields = [line.partition(b": ") for line in head.split(b"\r\n")]
    lines = [name + colon + right.get(name, value) for name, colon, value in fields]
    return zlib.compress(b"\r\n".join(lines) + b"\r\n\r\n" + rest + b"\r\n\r\n", 6, 31)


def _next_after(case: Case, line: Line) -> str:
    """The record after `line` in its file, or the file where it is the last."""
    after = case.of_file(line["file"])[case.of_file(line["file"]).index(line) + 1 :]
    return str(after[0]["record"]) if after else str(line["file"])


# Each tampers with the case and returns what must be named first: a record's id or a file's name.


def flip_stored_bit(case: Case) -> str:
    line = case.pick()
    data = bytearray((case.folder / line["file"]).read_bytes())
    data[line["offset"] + case.random.randrange(line["length"])] ^= 1 << case.random.randrange(8)
    (case.folder / line["file"]).write_bytes(data)
    return str(line["record"])


def _edit(pattern: bytes, change: Callable[[bytes, Random], bytes], type: str = "response") -> Callable[[Case], str]:
    def tamper(case: Case) -> str:
        line = case.pick(lambda line: line["type"] == type)
        made = _edited(case.member(line), lambda whole: whole.replace(pattern, change(pattern, case.random), 1))
        assert zlib.decompress(made, 31) != zlib.decompress(case.member(line), 31)
        case.replace(line, made)
        return str(line["record"])

    return tamper


def edit_picture(case: Case) -> str:
    line = case.pick(lambda line: line["url"].startswith("urn:view:"))
    case.replace(line, _edited(case.member(line), lambda whole: whole.replace(b"PNGPNG", case.random.randbytes(9))))
    return str(line["record"])


def swap_certificates(case: Case) -> str:
    """Another chain under the URI that names it: its hash with it, so that both look right."""
    line = case.pick(lambda line: line["url"].startswith("urn:varde:tls:"))
    case.replace(line, _edited(case.member(line), lambda whole: whole.replace(b"MAM", b"MAN", 1)))
    return str(line["record"])


def pack_anew(case: Case) -> str:
    line = case.pick()
    level = case.random.choice([0, 1, 9])
    case.replace(line, zlib.compress(zlib.decompress(case.member(line), 31), level, 31))
    return str(line["record"])


def truncate(case: Case) -> str:
    file = case.pick()["file"]
    data = (case.folder / file).read_bytes()
    cut = case.random.randrange(1, len(data))
    (case.folder / file).write_bytes(data[:cut])
    return str(next(line["record"] for line in case.of_file(file) if line["offset"] + line["length"] > cut))


def append_bytes(case: Case) -> str:
    file = case.pick()["file"]
    with (case.folder / file).open("ab") as opened:
        opened.write(case.random.randbytes(case.random.randrange(1, 99)))
    return str(file)


def append_record(case: Case) -> str:
    line = case.pick()
    case.write_members(line["file"], [*case.members(line["file"]), _edited(case.member(line), lambda whole: whole)])
    return str(line["file"])


def drop_record(case: Case) -> str:
    line = case.pick()
    case.replace(line, b"")
    return str(line["record"])


def duplicate_record(case: Case) -> str:
    line = case.pick()
    case.replace(line, case.member(line) * 2)
    return _next_after(case, line)


def swap_records(case: Case) -> str:
    file = case.pick()["file"]
    members = case.members(file)
    first, second = sorted(case.random.sample(range(len(members)), 2))
    members[first], members[second] = members[second], members[first]
    case.write_members(file, members)
    return str(case.of_file(file)[first]["record"])


def reorder_records(case: Case) -> str:
    file = case.pick()["file"]
    members = case.members(file)
    start = case.random.randrange(1, len(members))
    case.write_members(file, members[start:] + members[:start])
    return str(case.of_file(file)[0]["record"])


def rename_file(case: Case) -> str:
    file = case.pick()["file"]
    (case.folder / file).rename(case.folder / file.replace("-20", f"-{case.random.randrange(30, 99)}"))
    return str(case.of_file(file)[0]["record"])


def remove_file(case: Case) -> str:
    file = case.pick()["file"]
    (case.folder / file).unlink()
    return str(case.of_file(file)[0]["record"])


def empty_file(case: Case) -> str:
    file = case.pick()["file"]
    (case.folder / file).write_bytes(b"")
    return str(case.of_file(file)[0]["record"])


def swap_files(case: Case) -> str:
    files = list(case.folder.glob("*.warc.gz"))
    one, two = case.random.sample(files, 2)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    named = []
    for manifest in reversed(case.manifests):
        case.manifest = manifest
        named = [line["record"] for line in case.lines() if line["file"] in (one.name, two.name)] or named
    return str(named[0])


def add_file(case: Case) -> str:
    name = f"{SITE}-2026010{case.random.randrange(1, 9)}T000000000000-1.warc.gz"
    shutil.copy(case.random.choice(list(case.folder.glob("*.warc.gz"))), case.folder / name)
    return name


def _remake(case: Case) -> dict[str, Any]:
    """Edit a body, then make hashes, offsets, chain and the manifest's facts right, as one without the key can."""
    content, lines = case.content(), case.lines()
    edited = case.pick(lambda line: line["type"] == "response")
    made = _edited(case.member(edited), lambda whole: whole.replace(b"<p>", b"<b>", 1))
    chain, ends = first_link(content["crawl"]), dict.fromkeys((entry["name"] for entry in content["files"]), 0)
    members = {name: iter(case.members(name)) for name in ends}
    whole: dict[str, bytes] = dict.fromkeys(ends, b"")
    for line in lines:
        member = next(members[line["file"]])
        member = made if line["n"] == edited["n"] else member
        line |= {"offset": ends[line["file"]], "length": len(member), "sha256": _sha(member)}
        fields = {name: value for name, value in line.items() if name not in ("n", "chain")}
        line["chain"] = chain = _sha(chain.encode() + b"\n" + _json(fields))
        ends[line["file"]] += len(member)
        whole[line["file"]] += member
    for name, data in whole.items():
        (case.folder / name).write_bytes(data)
    case.write_lines(lines)
    content["chain"] |= {"head": chain, "sha256": _sha(case.chain().read_bytes())}
    for entry in content["files"]:
        entry |= {"size": len(whole[entry["name"]]), "sha256": _sha(whole[entry["name"]])}
    return content


def remake_chain(case: Case) -> str:
    _remake(case)
    return case.manifest.name


def remake_all(case: Case) -> str:
    content = _remake(case)
    case.manifest.write_bytes(json.dumps(content, sort_keys=True, indent=1).encode() + b"\n")
    return case.manifest.name


def sign_with_another_key(case: Case) -> str:
    public = case.original.other_key.public
    case.sign(_remake(case) | {"key": {"id": public.id, "public": public.pem}}, case.original.other_key)
    case.stamp()
    return case.manifest.name


def edit_manifest(case: Case) -> str:
    content = case.content()
    content["crawl"][case.random.choice(["outcome", "finished_at"])] = f"other {case.random.random()}"
    case.manifest.write_bytes(json.dumps(content, sort_keys=True, indent=1).encode() + b"\n")
    return case.manifest.name


def edit_legal_basis(case: Case) -> str:
    """The first record is chained to what the crawl began with."""
    content = case.content()
    content["crawl"][case.random.choice(["legal_basis", "software", "started_at"])] += "x"
    case.manifest.write_bytes(json.dumps(content, sort_keys=True, indent=1).encode() + b"\n")
    return str(case.lines()[0]["record"])


def swap_keys(case: Case) -> str:
    """The signature of one key, the name of the other."""
    case.sign(
        case.content() | {"created": f"2026-01-0{case.random.randrange(1, 9)}T00:00:00+00:00"}, case.original.other_key
    )
    return case.manifest.name


def edit_chain(case: Case) -> str:
    lines = case.lines()
    line = case.random.choice(lines)
    changes = {
        "url": "https://x.example/", "date": "2020-01-01T00:00:00Z", "sha256": "0" * 64, "type": "other",
        "offset": line["offset"] + 1, "chain": "0" * 64,
    }  # fmt: skip
    name, value = case.random.choice(list(changes.items()))
    line[name] = value
    case.write_lines(lines)
    return str(line["record"])


def cut_chain(case: Case) -> str:
    lines = case.lines()
    place = case.random.randrange(len(lines) - 1)
    del lines[place]
    case.write_lines(lines)
    return str(lines[place]["record"])


def shorten_chain(case: Case) -> str:
    lines = case.lines()
    case.write_lines(lines[: case.random.randrange(1, len(lines))])
    return case.manifest.name


def reorder_chain(case: Case) -> str:
    lines = case.lines()
    place = case.random.randrange(len(lines) - 1)
    lines[place : place + 2] = reversed(lines[place : place + 2])
    case.write_lines(lines)
    return str(lines[place]["record"])


def flip_signature(case: Case) -> str:
    data = bytearray(signature_path(case.manifest).read_bytes())
    data[case.random.randrange(64)] ^= 1 << case.random.randrange(8)
    signature_path(case.manifest).write_bytes(data)
    return case.manifest.name


def remove_part(case: Case) -> str:
    part = case.random.choice([signature_path(case.manifest), case.chain()])
    part.unlink()
    return part.name if part.suffix == ".jsonl" else case.manifest.name


def swap_tokens(case: Case) -> str:
    one, two = (stamp_path(path) for path in case.manifests)
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    return one.name


def flip_token(case: Case) -> str:
    token = bytearray(stamp_path(case.manifest).read_bytes())
    token[-1 - case.random.randrange(32)] ^= 1 << case.random.randrange(8)
    stamp_path(case.manifest).write_bytes(token)
    return stamp_path(case.manifest).name


def expired_certificate(case: Case) -> str:
    stamp_path(case.manifest).write_bytes(case.original.expired[case.manifest.name])
    return stamp_path(case.manifest).name


def another_authority(case: Case) -> str:
    stamp_path(case.manifest).write_bytes(case.original.foreign[case.manifest.name])
    return stamp_path(case.manifest).name


def sign_for_later(case: Case) -> str:
    """Signed by the right key, but the manifest says so more than ten minutes after the authority does."""
    case.manifest = case.manifests[1]
    content = case.content()
    later = datetime.fromisoformat(content["created"]) + timedelta(minutes=case.random.randrange(11, 600))
    case.sign(content | {"created": later.isoformat()}, case.original.key)
    case.stamp()
    return stamp_path(case.manifest).name


def two_manifests(case: Case) -> str:
    copy = case.folder / f"{SITE}-{case.random.randrange(10, 99)}.manifest.json"
    for path in (case.manifest, signature_path(case.manifest), stamp_path(case.manifest)):
        shutil.copy(path, copy.with_name(path.name.replace(case.manifest.name, copy.name)))
    return copy.name


def two_of_one_place(case: Case) -> str:
    """A second manifest, signed by the right key, after the same one before."""
    case.manifest = case.manifests[1]
    case.sign(case.content() | {"previous": ""}, case.original.key)
    stamp_path(case.manifest).unlink()
    return case.manifest.name


def remove_a_crawl(case: Case) -> str:
    case.manifest = case.manifests[0]
    gone = [*(case.folder / entry["name"] for entry in case.content()["files"]), case.chain()]
    for path in [*gone, case.manifest, signature_path(case.manifest), stamp_path(case.manifest)]:
        path.unlink()
    return case.manifests[1].name


# In the store:


def _captured(case: Case) -> tuple[int, str]:
    rows = case.open().execute("SELECT c.id, r.record FROM captures c JOIN records r ON r.id = c.record").fetchall()
    number, record = case.random.choice(rows)
    return int(number), str(record)


def edit_capture(case: Case) -> str:
    number, record = _captured(case)
    assert case.db is not None
    column, value = case.random.choice(
        [("sha256", "0" * 64), ("size", 1), ("url", "https://x.example/"), ("record", 1)]
    )
    case.db.execute(f"UPDATE captures SET {column} = ? WHERE id = ?", (value, number))
    return record


def move_capture(case: Case) -> str:
    number, _ = _captured(case)
    assert case.db is not None
    case.db.execute("UPDATE captures SET offset = offset + ? WHERE id = ?", (case.random.randrange(1, 9), number))
    return str(case.db.execute("SELECT file FROM captures WHERE id = ?", (number,)).fetchone()[0])


def edit_row(case: Case) -> str:
    db = case.open()
    db.execute("DROP TRIGGER records_immutable")
    number, record = case.random.choice(db.execute("SELECT id, record FROM records").fetchall())
    db.execute("UPDATE records SET url = 'x' WHERE id = ?", (number,))
    return str(record)


def remove_row(case: Case) -> str:
    db = case.open()
    db.execute("PRAGMA foreign_keys = OFF")
    number, record = case.random.choice(db.execute("SELECT id, record FROM records").fetchall())
    db.execute("DELETE FROM records WHERE id = ?", (number,))
    return str(record)


def edit_observation(case: Case) -> str:
    db = case.open()
    db.execute("DROP TRIGGER observations_immutable")
    number = case.random.choice(db.execute("SELECT id FROM observations").fetchall())[0]
    db.execute("UPDATE observations SET document = replace(document, 'Text', 'Tekst') WHERE id = ?", (number,))
    return "store"


def loosen_observation(case: Case) -> str:
    db = case.open()
    db.execute("DROP TRIGGER observations_immutable")
    number = case.random.choice(db.execute("SELECT id FROM observations").fetchall())[0]
    db.execute("UPDATE observations SET capture = ? WHERE id = ?", (case.random.choice([None, 1, 9]), number))
    db.execute("UPDATE observations SET capture = NULL WHERE id = ? AND capture IN (SELECT id FROM captures WHERE "
               "'crawl ' || crawl = source)", (number,))  # fmt: skip
    return "store"


def remove_last_manifest(case: Case) -> str:
    case.open()
    for path in (case.manifests[1], signature_path(case.manifests[1]), stamp_path(case.manifests[1])):
        path.unlink()
    return case.manifests[1].name


TAMPERINGS: dict[str, Callable[[Case], str]] = {
    "edit the URI": _edit(b"https://", lambda *_: b"http://"),
    "edit the date": _edit(b"WARC-Date: 2", lambda *_: b"WARC-Date: 1"),
    "edit the address": _edit(b"192.0.2.7", lambda _, random: b"192.0.2.%d" % random.randrange(10, 99)),
    "edit a header": _edit(b"text/html", lambda *_: b"text/plain"),
    "edit the body": _edit(b"<p>", lambda _, random: b"<p>%d" % random.randrange(99)),
    "edit the request": _edit(b"GET / ", lambda _, random: b"GET /%d " % random.randrange(99), "request"),
    "edit the metadata": _edit(b"\r\n\r\n", lambda _, random: b"\r\n\r\nx: %d\r\n" % random.randrange(9), "metadata"),
    **{
        tamper.__name__.replace("_", " "): tamper
        for tamper in (
            flip_stored_bit, edit_picture, swap_certificates, pack_anew, append_bytes, append_record,
            drop_record, duplicate_record, swap_records, reorder_records, rename_file, remove_file, empty_file,
            swap_files, add_file, remake_chain, remake_all, sign_with_another_key, edit_manifest,
            edit_legal_basis, swap_keys, edit_chain, cut_chain, shorten_chain, reorder_chain, flip_signature,
            remove_part, swap_tokens, flip_token, expired_certificate, another_authority, sign_for_later,
            two_manifests, two_of_one_place, remove_a_crawl, edit_capture, move_capture, edit_row, remove_row,
            edit_observation, loosen_observation, remove_last_manifest,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_found_where_it_is(original: Original, tmp_path: Path, tamper: Callable[[Case], str]) -> None:
    for seed in range(SEEDS):
        case = Case(original, tmp_path / str(seed), Random(seed))
        named = tamper(case)
        failures = case.report().all_failures
        assert failures, f"seed {seed}: not found; {named}"
        assert named in (failures[0].record, failures[0].file), (
            f"seed {seed}: {named} was to be named, not {failures[0]}"
        )
        shutil.rmtree(case.path)


@pytest.mark.parametrize("whole", [True, False], ids=["with its store", "by itself"])
def test_what_was_not_tampered_with_holds(original: Original, tmp_path: Path, whole: bool) -> None:
    case = Case(original, tmp_path / "case", Random(0))
    if whole:
        case.open()
    report = case.report()
    assert report.all_failures == []
    assert report.notes == []
    counted = report.counts
    assert (counted["crawls"], counted["files"], counted["manifests"], counted["timestamps"]) == (2, 3, 2, 2)
    assert (counted["captures"], counted["observations"]) == ((12, 9) if whole else (0, 0))
    assert counted["records"] == 3 * (1 + 1 + 3 * 3 + 6)


@pytest.mark.parametrize(("minutes", "holds"), [(9, True), (11, False)])
def test_clocks_may_differ_by_ten_minutes(original: Original, tmp_path: Path, minutes: int, holds: bool) -> None:
    case = Case(original, tmp_path / "case", Random(0))
    case.manifest = case.manifests[1]
    content = case.content()
    content["created"] = (datetime.fromisoformat(utc_now()) + timedelta(minutes=minutes)).isoformat()
    case.sign(content, case.original.key)
    case.stamp()
    assert (case.report().all_failures == []) == holds


def test_late_timestamp_is_said_not_held_against_it(original: Original, tmp_path: Path) -> None:
    case = Case(original, tmp_path / "case", Random(0))
    case.manifest = case.manifests[1]
    content = case.content()
    content["created"] = (datetime.fromisoformat(utc_now()) - timedelta(hours=5)).isoformat()
    case.sign(content, case.original.key)
    case.stamp()
    report = case.report()
    assert report.all_failures == []
    assert "after it was signed (it was queued)" in report.notes[0]


def test_there_are_enough_ways() -> None:
    assert len(TAMPERINGS) >= 30
