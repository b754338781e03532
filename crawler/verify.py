"""Does all over again, offline, what makes an archive evidence: hashes, chain, signatures, timestamps, store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.manifest import CHAIN, FORMAT, MANIFEST, SIGNATURE, STAMP
from crawler.recordcheck import UNREADABLE, ChainLine, Failure, RecordCheck, Source
from crawler.records import Record
from crawler.signing import PublicKey, parse_public_key
from crawler.stamps import Roots, StampError, check_stamp

SKEW = timedelta(minutes=10)  # how much a timestamp may lie before the moment of signing: clocks differ
ARCHIVE = ".warc.gz"
PROVES = (
    "this shows that nothing was changed since it was kept, and who signed it; "
    "not that a server told the truth, or showed others the same"
)


@dataclass(slots=True)
class Report:
    """What was verified. `bad_records` come before `failures`: the first line is the first bad record."""

    bad_records: list[Failure] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("crawls", "files", "records", "manifests", "timestamps", "captures", "observations"), 0
        )
    )
    keys: dict[str, None] = field(default_factory=dict)

    @property
    def all_failures(self) -> list[Failure]:
        return [*self.bad_records, *self.failures]

    def fail(self, file: str, what: str) -> None:
        self.failures.append(Failure(file, what))


@dataclass(slots=True)
class Verifier:
    """Checks the manifests of one archive. `pinned` are the only keys that may have signed (none: any may);
    `roots` are the certificates that timestamps are held against (none: only their hashes are checked);
    a `is_part` holds some of a store's manifests, so the one before may lie elsewhere.
    """

    source: Source
    pinned: tuple[PublicKey, ...] = ()
    roots: Roots = ()
    checked: Callable[[], None] = lambda: None
    is_part: bool = False
    report: Report = field(default_factory=Report)
    manifests: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def load(self) -> None:
        """Read every manifest and check its signature, timestamp and place; by name as (sha256, content)."""
        for name in self.source.names():
            if name.endswith(MANIFEST):
                self._load(name)
        self._check_order()

    def verify_crawl(self, name: str, check: RecordCheck, lines: Iterator[ChainLine] | None = None) -> None:
        """The records and files of one manifest; `lines` come from its chain file where they are not given."""
        content = self.manifests[name][1]
        chain = content["chain"]
        with as_report_error(self.report, chain["file"]):
            check.run(lines if lines is not None else self.chain_lines(chain["file"]), content["crawl"])
        self.take(check)
        self._check_chain_file(name, chain, check)
        for entry in content["files"]:
            self._check_file(entry, check)
        for file in set(check.files()) - {entry["name"] for entry in content["files"]}:
            self.report.fail(file, f"holds records of the crawl but {name} does not list it")

    def take(self, check: RecordCheck) -> None:
        self.report.bad_records += check.failures
        check.failures = []
        self.report.counts["crawls"] += 1
        self.report.counts["records"] += check.count

    def chain_lines(self, name: str) -> Iterator[ChainLine]:
        """Raises OSError, KeyError, TypeError or ValueError for a chain file that cannot be read."""
        with self.source.open(name) as file:
            for line in file:
                yield _chain_line(json.loads(line))

    def check_strangers(self, known: set[str]) -> None:
        """Files that no manifest and nothing `known` speaks of; one of no bytes holds nothing."""
        listed = {entry["name"] for _, content in self.manifests.values() for entry in content["files"]}
        listed |= {content["chain"]["file"] for _, content in self.manifests.values()}
        listed |= {name + suffix for name in self.manifests for suffix in (SIGNATURE, STAMP)}
        for name in self.source.names():
            ours = name.endswith((ARCHIVE, CHAIN, MANIFEST + SIGNATURE, MANIFEST + STAMP))
            if ours and name not in listed | known and self.source.size(name):
                self.report.fail(name, "no manifest speaks of it: added later, or of a crawl that is not over "
                                       "(verify the store for that)")  # fmt: skip

    def _load(self, name: str) -> None:
        try:
            with self.source.open(name) as file:
                data = file.read()
            content = json.loads(data)
            _check_shape(content)
        except UNREADABLE as error:
            self.report.fail(name, f"is no manifest ({error})")
            return
        self.manifests[name] = (hashlib.sha256(data).hexdigest(), content)
        self.report.counts["manifests"] += 1
        if name != f"{content['crawl']['site']}-{content['crawl']['id']}{MANIFEST}":
            self.report.fail(name, f"is the manifest of crawl {content['crawl']['id']} of {content['crawl']['site']}")
        signature = self._read(name + SIGNATURE)
        if signature is None:
            self.report.fail(name, "its signature is missing")
            return
        self._check_signature(name, data, signature, content["key"])
        self._check_stamp(name, signature, content["created"])

    def _read(self, name: str) -> bytes | None:
        try:
            with self.source.open(name) as file:
                return file.read()
        except UNREADABLE:
            return None

    def _check_signature(self, name: str, data: bytes, signature: bytes, named: Mapping[str, str]) -> None:
        key = parse_public_key(named["public"])
        self.report.keys[key.id] = None
        if not key.has_signed(data, signature):
            self.report.fail(name, "the signature does not hold: the manifest was changed after it was signed")
        elif key.id != named["id"] or (self.pinned and key.id not in {one.id for one in self.pinned}):
            self.report.fail(name, f"signed with another key ({key.id})")

    def _check_stamp(self, name: str, signature: bytes, created: str) -> None:
        token = self._read(name + STAMP)
        if token is None:
            self.report.notes.append(f"{name} has no timestamp")
            return
        try:
            stated = check_stamp(token, signature, self.roots)
        except StampError as error:
            self.report.fail(name + STAMP, str(error))
            return
        self.report.counts["timestamps"] += 1
        signed = datetime.fromisoformat(created).astimezone(UTC)
        if stated < signed - SKEW:
            self.report.fail(name + STAMP, f"states {stated:%Y-%m-%d %H:%M} UTC, long before the manifest says it was "
                                           f"made ({signed:%Y-%m-%d %H:%M})")  # fmt: skip
        elif stated > signed + SKEW:
            self.report.notes.append(f"{name} was stamped {stated - signed} after it was signed (it was queued): "
                                     f"the authority vouches for {stated:%Y-%m-%d %H:%M} UTC only")  # fmt: skip

    def _check_order(self) -> None:
        """Each manifest names the one before it by hash; one is first, none is named twice."""
        hashes = {sha256: name for name, (sha256, _) in self.manifests.items()}
        named: dict[str, str] = {}
        for name, (_, content) in self.manifests.items():
            before = content["previous"]
            if before and before not in hashes and self.is_part:
                self.report.notes.append(f"{name} follows a manifest that is not in here ({before})")
            elif before and before not in hashes:
                self.report.fail(name, "the manifest before it is missing or was changed")
            if before in named:
                self.report.fail(name, f"takes the place of {named[before]}: both name the same manifest before them")
            named[before] = name

    def _check_chain_file(self, name: str, chain: Mapping[str, Any], check: RecordCheck) -> None:
        if check.count != chain["records"]:
            self.report.fail(name, f"speaks of {chain['records']} records, the chain has {check.count}")
        if check.head != chain["head"]:
            self.report.fail(name, "the head of its chain is not that of the records")
        if self._sha256(chain["file"]) != chain["sha256"]:
            self.report.fail(chain["file"], "is not the file that was signed")

    def _check_file(self, entry: Mapping[str, Any], check: RecordCheck) -> None:
        name = entry["name"]
        self.report.counts["files"] += 1
        sha256 = self._sha256(name)
        if sha256 is None:
            self.report.fail(name, "is missing")
            return
        if self.source.size(name) != entry["size"]:
            self.report.fail(name, f"has {self.source.size(name)} bytes; {entry['size']} were signed")
        if sha256 != entry["sha256"]:
            self.report.fail(name, "is not the file that was signed (SHA-256 differs)")
        if name in check.files():
            for offset, length in check.uncovered(name):
                self.report.fail(name, f"{length} bytes from {offset} on belong to no record")
            self.report.failures += check.failures
            check.failures = []

    def _sha256(self, name: str) -> str | None:
        try:
            with self.source.open(name) as file:
                hashed = hashlib.sha256()
                while piece := file.read(1 << 20):
                    hashed.update(piece)
                return hashed.hexdigest()
        except UNREADABLE:
            return None


@contextmanager
def as_report_error(report: Report, file: str) -> Iterator[list[str]]:
    """A chain file that cannot be read ends the block, as a failure that the yielded list then holds."""
    faulty: list[str] = []
    try:
        yield faulty
    except UNREADABLE as error:
        faulty.append(str(error))
        report.fail(file, f"the chain of records cannot be read ({error!r})")


def verify_archive(verifier: Verifier) -> Report:
    """All that an archive can show by itself, without its store."""
    verifier.load()
    for name in sorted(verifier.manifests, key=lambda name: str(verifier.manifests[name][1]["created"])):
        verifier.verify_crawl(name, RecordCheck(verifier.source, checked=verifier.checked))
    verifier.check_strangers(set())
    if not verifier.manifests:
        verifier.report.fail("archive", "holds no manifest, so nothing in it is signed")
    return verifier.report


def _chain_line(line: Mapping[str, Any]) -> ChainLine:
    texts = {name: _text(line[name]) for name in ("type", "record", "url", "date", "file", "sha256", "chain")}
    record = Record(
        type=texts["type"], record_id=texts["record"], url=texts["url"], date=texts["date"], file=texts["file"],
        offset=int(line["offset"]), length=int(line["length"]), sha256=texts["sha256"],
    )  # fmt: skip
    return ChainLine(int(line["n"]), record, texts["chain"])


def _check_shape(content: Any) -> None:
    """Raises KeyError, TypeError or ValueError for JSON that is no manifest."""
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']!r}; known: {FORMAT!r}")
    for fact in ("id", "site", "legal_basis", "software", "started_at"):
        content["crawl"][fact]
    for entry in content["files"]:
        _text(entry["name"]), entry["size"], entry["sha256"]
    _text(content["chain"]["file"]), content["chain"]["records"], content["chain"]["sha256"], content["chain"]["head"]
    parse_public_key(_text(content["key"]["public"])), content["key"]["id"]
    _text(content["previous"]), datetime.fromisoformat(content["created"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
