"""Files of ads: what is stored, what is kept beside as rejected, and that nothing is lost between."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from crawler.ads import KEYS, MAX_TEXT
from crawler.imports import MAX_LINE, ImportFault, ImportReport, import_file
from crawler.store import ad_rows, latest_observations, observation_ids, observations, open_store
from tests.conftest import Varde, printed
from tests.crawler.samples import row


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_store(tmp_path / "varde.db", create=True)
    yield database
    database.close()


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in rows)


def take(
    db: Database,
    content: bytes,
    *,
    name: str = "ads.jsonl",
    given: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportReport:
    path = Path(db.execute("PRAGMA database_list").fetchone()[2]).with_name(name)
    path.write_bytes(content)
    return import_file(db, path, given=given or {}, columns=columns or {})


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.same, report.rejected


def rejected(report: ImportReport) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(report.rejected_file).read_text(encoding="utf-8").splitlines()]


def documents(db: Database) -> list[dict[str, Any]]:
    return [item.document for item in observations(db, observation_ids(db))]


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {table: list(db.execute(f"SELECT * FROM [{table}] ORDER BY 1")) for table in db.table_names()}


# JSON Lines


def test_rows_become_observations(db: Database) -> None:
    report = take(db, lines(row(), row(ad_id="18", extra={"a": 1})))
    assert counts(report) == (2, 0, 0, 0)
    assert report.rejected_file == ""
    assert documents(db) == [
        {"kind": "escort", "text": "A text."},
        {"kind": "escort", "text": "A text.", "extra": {"a": 1}},
    ]
    assert list(db.execute("SELECT source FROM observations")) == [
        ("import ads.jsonl:1",),
        ("import ads.jsonl:2",),
    ]


# (the bytes of the file, for each rejected row: its line, a part of its reason, the row)
REJECTED: dict[str, tuple[bytes, list[tuple[int, str, Any]]]] = {
    "unknown key": (
        lines(row(fone="1")),
        [(1, "unknown keys ['fone']; known: " + ", ".join(KEYS), row(fone="1"))],
    ),
    "naive time": (
        lines(row(seen_at="2026-05-01T12:00:00")),
        [(1, "with an offset", row(seen_at="2026-05-01T12:00:00"))],
    ),
    "cut last line": (
        lines(row()) + b'{"site": "a.ex',
        [(2, "the file ends without a line end", '{"site": "a.ex')],
    ),
    "cut middle line": (b'{"site": \n' + lines(row()), [(1, "not JSON", '{"site": \n')]),
    "list": (lines(row(), [row()]), [(2, "list; a row is one object", [row()])]),
    "text": (lines("a"), [(1, "str; a row is one object", "a")]),
    "null": (lines(None), [(1, "NoneType; a row is one object", None)]),
    "not UTF-8": (lines(row()).replace(b"A text", b"\xe5 text"), [(1, "not UTF-8: ", None)]),
    "UTF-16": (json.dumps(row()).encode("utf-16"), [(1, "not UTF-8: ", None)]),
    "lone surrogate": (lines(row(title="\ud800")), [(1, "title is not valid UTF-8", None)]),
    "lone surrogate in extra": (lines(row(extra={"a": "\ud800"})), [(1, "extra is not valid UTF-8", None)]),
    "BOM in the middle": (lines(row()) + b"\xef\xbb\xbf" + lines(row()), [(2, "not JSON", None)]),
    "nested too deep": (b"[" * 100_000 + b"\n", [(1, "not JSON", None)]),
    "extra too deep": (
        lines(row(extra={"a": json.loads("[" * 400 + "]" * 400)})),
        [(1, "extra is nested more than 50", None)],
    ),
    "long number": (lines(row()).replace(b'"17"', b"1" * 5000), [(1, "not JSON", None)]),
    "6 MB of text": (
        lines(row(text="a" * 6_000_000)),
        [(1, f"text has 6,000,000 characters; at most {MAX_TEXT:,}", None)],
    ),
    "mixed": (
        lines(row(), {}, row(ad_id="18"), 7),
        [(2, "missing keys", {}), (4, "int; a row is one object", 7)],
    ),
}


@pytest.mark.parametrize(("content", "expected"), REJECTED.values(), ids=REJECTED)
def test_bad_rows_are_kept_beside_and_good_ones_stored(
    db: Database, content: bytes, expected: list[tuple[int, str, Any]]
) -> None:
    report = take(db, content)
    kept = rejected(report)
    assert Path(report.rejected_file).name == "ads.jsonl.rejected.jsonl"
    assert [list(item) for item in kept] == [["line", "reason", "row"]] * len(expected)
    assert [item["line"] for item in kept] == [line for line, _, _ in expected]
    for item, (_, reason, wanted) in zip(kept, expected, strict=True):
        assert reason in item["reason"]
        assert wanted is None or item["row"] == wanted
    good = content.count(b"\n") + (not content.endswith(b"\n")) - len(expected)
    assert counts(report) == (len(documents(db)), 0, good - len(documents(db)), len(expected))


def test_line_longer_than_any_ad_is_rejected_and_the_next_is_read(db: Database) -> None:
    report = take(db, b'{"text": "' + b"a" * MAX_LINE + b'"}\n' + lines(row()))
    assert counts(report) == (1, 0, 0, 1)
    assert "longer than 64,000,000 bytes" in rejected(report)[0]["reason"]


GOOD: dict[str, tuple[bytes, int]] = {
    "BOM": (b"\xef\xbb\xbf" + lines(row()), 1),
    "no last line end": (lines(row()).rstrip(), 1),
    "CRLF and blank lines": (
        b"\r\n" + lines(row()).replace(b"\n", b"\r\n") + b"\n  \n" + lines(row(ad_id="18")),
        2,
    ),
    "escaped NUL": (lines(row(text="a\0b")), 1),
    "empty": (b"", 0),
    "only a line end": (b"\n", 0),
}


@pytest.mark.parametrize(("content", "ads"), GOOD.values(), ids=GOOD)
def test_odd_but_good_file_rejects_nothing(db: Database, content: bytes, ads: int) -> None:
    assert counts(take(db, content)) == (ads, 0, 0, 0)


def test_five_megabytes_are_stored_whole(db: Database) -> None:
    text = "åb\u0301 " * 1_250_000
    take(db, lines(row(text=text)))
    assert len(text) == 5_000_000
    assert documents(db)[0]["text"] == text


def test_nul_is_kept_in_its_place(db: Database) -> None:
    take(db, lines(row(text="a\0b", ad_id="1\0" + "7")))
    assert documents(db)[0]["text"] == "a\0b"
    assert [ad.ad_id for ad in ad_rows(db)] == ["1\x007"]


def test_clean_import_takes_the_old_rejected_file_away(db: Database) -> None:
    kept = Path(take(db, b"{\n").rejected_file)
    assert kept.exists()
    take(db, lines(row()))
    assert not kept.exists()


def test_rejected_file_that_cannot_be_written_is_a_clear_error(db: Database, tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl.rejected.jsonl").mkdir()
    with pytest.raises(ImportFault, match=r"ads.jsonl.rejected.jsonl: .*cannot be written .*every good row is stored"):
        take(db, b"{\n" + lines(row()))
    assert len(documents(db)) == 1


@pytest.mark.parametrize("value", [{}, {"kind": None}], ids=["absent", "null"])
def test_given_value_stands_in_for_what_a_row_lacks(db: Database, value: dict[str, None]) -> None:
    item = row()
    del item["kind"]
    assert counts(take(db, lines(item | value), given={"kind": "job"})) == (1, 0, 0, 0)
    assert documents(db)[0]["kind"] == "job"


def test_row_wins_over_a_given_value(db: Database) -> None:
    take(db, lines(row()), given={"kind": "job"})
    assert documents(db)[0]["kind"] == "escort"


def test_map_renames_keys_of_json_rows(db: Database) -> None:
    item = {"id": 5, "x": "kept", "extra": {"own": 1}} | row()
    del item["ad_id"]
    take(db, lines(item), columns={"id": "ad_id", "x": "extra.x"})
    assert documents(db)[0]["extra"] == {"own": 1, "x": "kept"}


def test_map_beside_an_extra_that_is_no_object_rejects_the_row(db: Database) -> None:
    report = take(db, lines(row(extra="a", x="b")), columns={"x": "extra.x"})
    assert "extra is str; it takes an object" in rejected(report)[0]["reason"]


# the same ad again


def test_same_import_twice_changes_nothing(db: Database) -> None:
    content = lines(row(), row(ad_id="18", extra={"b": 1, "a": 2}))
    take(db, content)
    before = everything(db)
    assert counts(take(db, content)) == (0, 0, 2, 0)
    assert everything(db) == before


def test_same_content_seen_later_changes_only_last_seen(db: Database) -> None:
    take(db, lines(row()))
    before = everything(db)
    assert counts(take(db, lines(row(seen_at="2026-05-09T12:00:00Z")))) == (0, 0, 1, 0)
    after = everything(db)
    assert [ad.last_seen for ad in ad_rows(db)] == ["2026-05-09T12:00:00.000+00:00"]
    changed = [new for old, new in zip(before["ads"][0], after["ads"][0], strict=True) if old != new]
    assert changed == ["2026-05-09T12:00:00.000+00:00"]
    assert [row[1] for row in after["sightings"]] == ["2026-05-01T10:00:00.000+00:00", "2026-05-09T12:00:00.000+00:00"]
    assert after["observations"] == before["observations"]


def versions(db: Database) -> list[tuple[str, str]]:
    return [
        (seen_at[:10], json.loads(document)["text"])
        for seen_at, document in db.execute("SELECT seen_at, document FROM observations ORDER BY seen_at, id")
    ]


def day(number: int, text: str) -> dict[str, Any]:
    return row(seen_at=f"2026-05-{number:02}T12:00:00Z", text=text)


def test_older_version_imported_later_takes_its_place_in_time(db: Database) -> None:
    take(db, lines(day(5, "new")))
    newest = observation_ids(db)
    assert counts(take(db, lines(day(2, "old")))) == (0, 1, 0, 0)
    assert versions(db) == [("2026-05-02", "old"), ("2026-05-05", "new")]
    (ad,) = ad_rows(db)
    assert (ad.first_seen[:10], ad.last_seen[:10], ad.observations) == ("2026-05-02", "2026-05-05", 2)
    assert list(latest_observations(db).values()) == newest


def test_content_that_comes_back_is_a_new_version(db: Database) -> None:
    content = lines(day(1, "A"), day(2, "B"), day(3, "A"), day(4, "A"))
    assert counts(take(db, content)) == (1, 2, 1, 0)
    assert versions(db) == [("2026-05-01", "A"), ("2026-05-02", "B"), ("2026-05-03", "A")]
    assert counts(take(db, content)) == (0, 0, 4, 0)


def test_two_versions_at_one_moment_are_both_kept_once(db: Database) -> None:
    content = lines(day(1, "A"), day(1, "B"))
    assert counts(take(db, content)) == (1, 1, 0, 0)
    before = everything(db)
    assert counts(take(db, content)) == (0, 0, 2, 0)
    assert everything(db) == before


def test_two_versions_at_one_moment_after_an_older_one(db: Database) -> None:
    content = lines(day(1, "A"), day(2, "B"), day(2, "A"))
    take(db, content)
    before = everything(db)
    assert counts(take(db, content)) == (0, 0, 3, 0)
    assert everything(db) == before


def test_any_order_of_import_twice_is_stable(db: Database) -> None:
    content = lines(day(4, "A"), day(3, "A"), day(2, "B"), day(1, "A"), day(2, "A"))
    take(db, content)
    before = everything(db)
    take(db, content)
    assert everything(db) == before


def test_moments_are_compared_in_utc(db: Database) -> None:
    take(
        db,
        lines(row(seen_at="2026-05-01T23:00:00-05:00"), row(seen_at="2026-05-02T01:00:00+00:00", text="older")),
    )
    assert [text for _, text in versions(db)] == ["older", "A text."]


# CSV

HEAD = "site,ad_id,kind,seen_at,text"
CSV_ROW = 'a.example,{},escort,2026-05-01T12:00:00Z,"A ""quoted"" text,\nin two lines"'


def table(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def test_csv_rows_become_observations(db: Database) -> None:
    assert counts(take(db, table(CSV_ROW.format(1), CSV_ROW.format(2)), name="ads.csv")) == (2, 0, 0, 0)
    assert documents(db)[0] == {"kind": "escort", "text": 'A "quoted" text,\nin two lines'}


def test_csv_column_nobody_knows_is_refused_with_the_ways_out(db: Database) -> None:
    with pytest.raises(ImportFault) as caught:
        take(db, table(CSV_ROW.format(1) + ",x", head=f"{HEAD},sted"), name="ads.csv")
    message = str(caught.value)
    for part in (
        "ads.csv: columns nobody knows: ['sted']",
        ", ".join(KEYS),
        "--map sted=KEY",
        "sted=extra.sted",
        "=-",
    ):
        assert part in message
    assert documents(db) == []


def test_csv_map_names_keeps_aside_leaves_out_and_numbers(db: Database) -> None:
    head = "site,kind,seen_at,text,by,note,junk"
    columns = {"by": "location", "note": "extra.note", "junk": "-", "#": "ad_id"}
    rows = [f"a.example,job,2026-05-01T12:00:00Z,text,Bergen,n{i},j" for i in (1, 2)]
    assert counts(take(db, table(*rows, head=head), name="ads.csv", columns=columns)) == (2, 0, 0, 0)
    assert documents(db)[1] == {"kind": "job", "text": "text", "location": "Bergen", "extra": {"note": "n2"}}
    assert [ad.ad_id for ad in ad_rows(db)] == ["1", "2"]


def test_csv_map_of_a_column_that_is_not_there_is_refused(db: Database) -> None:
    with pytest.raises(ImportFault, match=r"--map names columns that are not there: \['by'\]; columns: site, ad_id"):
        take(db, table(CSV_ROW.format(1)), name="ads.csv", columns={"by": "location"})


def test_csv_column_twice_is_refused(db: Database) -> None:
    with pytest.raises(ImportFault, match=r"column 'text' stands twice"):
        take(db, table(CSV_ROW.format(1) + ",more", head=f"{HEAD},text"), name="ads.csv")


def test_csv_two_columns_for_one_key_are_refused(db: Database) -> None:
    with pytest.raises(ImportFault, match=r"key 'text' is given by two columns"):
        take(
            db,
            table(CSV_ROW.format(1) + ",more", head=f"{HEAD},body"),
            name="ads.csv",
            columns={"body": "text"},
        )


CSV_REJECTED = {
    "too many fields": (table(CSV_ROW.format(1) + ",more"), "more fields than the header"),
    "too few fields": (table("a.example,1,escort"), "fewer fields than the header"),
    "cut in a quote": (table('a.example,1,escort,2026-05-01T12:00:00Z,"A te').rstrip(), "not CSV"),
    "text after a quote": (table('a.example,1,escort,2026-05-01T12:00:00Z,"A" te'), "not CSV"),
    "not UTF-8": (
        table("a.example,1,escort,2026-05-01T12:00:00Z,på").decode().encode("latin-1"),
        "text is not valid UTF-8",
    ),
    "empty mandatory": (table("a.example,,escort,2026-05-01T12:00:00Z,t"), "missing keys ['ad_id']"),
}


@pytest.mark.parametrize(("content", "reason"), CSV_REJECTED.values(), ids=CSV_REJECTED)
def test_bad_csv_row_is_kept_beside(db: Database, content: bytes, reason: str) -> None:
    report = take(db, content, name="ads.csv")
    assert counts(report) == (0, 0, 0, 1)
    (kept,) = rejected(report)
    assert kept["line"] == 1
    assert reason in kept["reason"]


def test_good_csv_rows_after_a_bad_one_are_stored(db: Database) -> None:
    content = table(CSV_ROW.format(1), "a.example,2", CSV_ROW.format(3))
    assert counts(take(db, content, name="ads.csv")) == (2, 0, 0, 1)


def test_csv_nul_is_kept_visible(db: Database) -> None:
    take(db, table("a.example,1,escort,2026-05-01T12:00:00Z,a\0b"), name="ads.csv")
    assert documents(db)[0]["text"] == "a\ufffdb"


CSV_EMPTY = {
    "nothing": b"",
    "header only": table(),
    "BOM and header": b"\xef\xbb\xbf" + table(),
    "blank lines": table("", ""),
}


@pytest.mark.parametrize("content", CSV_EMPTY.values(), ids=CSV_EMPTY)
def test_csv_without_rows_gives_nothing(db: Database, content: bytes) -> None:
    assert counts(take(db, content, name="ads.csv")) == (0, 0, 0, 0)


def test_broken_csv_header_is_a_clear_error(db: Database) -> None:
    with pytest.raises(ImportFault, match=r"ads.csv: the header cannot be read"):
        take(db, b'"site"x,ad_id\n1,2\n', name="ads.csv")


# the command


@pytest.mark.parametrize("name", ["ads.txt", "ads", "ads.xlsx"])
def test_unknown_kind_of_file_is_answered_with_the_known_ones(db: Database, name: str) -> None:
    with pytest.raises(ImportFault, match=r"known: .jsonl .ndjson .csv, .warc .warc.gz .wacz with --site, or -"):
        take(db, b"", name=name)


def test_command_exits_with_3_when_rows_were_rejected(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl").write_bytes(lines(row(), row(ad_id="18")) + b'{"cut')
    done = varde("import", "ads.jsonl", "--json")
    assert done.returncode == 3, done.stderr
    (report,) = printed(done)
    assert (report["new"], report["rejected"], report["rejected_file"]) == (2, 1, "ads.jsonl.rejected.jsonl")
    kept = json.loads((tmp_path / "ads.jsonl.rejected.jsonl").read_text())
    assert kept["line"] == 3
    assert kept["row"] == '{"cut'


def test_command_reads_stdin_and_fills_in_what_is_given(varde: Varde, tmp_path: Path) -> None:
    item = {"ad_id": "1", "tekst": "t"}
    options = [
        "--kind",
        "job",
        "--site",
        "a.example",
        "--seen-at",
        "2026-05-01T12:00:00Z",
        "--map",
        "tekst=text",
    ]
    done = varde("import", "-", *options, input=json.dumps(item) + "\n[]\n")
    assert done.returncode == 3, done.stderr
    assert json.loads((tmp_path / "stdin.rejected.jsonl").read_text())["row"] == []
    db = open_store(tmp_path / "varde.db", create=False)
    assert documents(db) == [{"kind": "job", "text": "t"}]
    db.close()


@pytest.mark.parametrize("value", ["text", "=text", "a=", "a=fone", "a=extra.", "a=raw"])
def test_command_refuses_a_map_that_leads_nowhere(varde: Varde, tmp_path: Path, value: str) -> None:
    (tmp_path / "ads.jsonl").write_bytes(lines(row()))
    done = varde("import", "ads.jsonl", "--map", value)
    assert done.returncode == 2
    assert "COLUMN=KEY with KEY one of site, ad_id" in done.stderr
    assert not (tmp_path / "varde.db").exists()


def test_command_names_the_file_that_is_missing(varde: Varde) -> None:
    done = varde("import", "none.jsonl")
    assert done.returncode == 2
    assert "none.jsonl" in done.stderr


def test_rejected_rows_are_on_disk_as_they_come(db: Database, tmp_path: Path) -> None:
    """What an import has rejected when it is stopped is kept."""
    kept = tmp_path / "pipe.jsonl.rejected.jsonl"
    os.mkfifo(tmp_path / "pipe.jsonl")
    found = []

    def write() -> None:
        with (tmp_path / "pipe.jsonl").open("wb", buffering=0) as pipe:
            pipe.write(b"{\n[]\n")
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not (kept.exists() and kept.read_text().count("\n") == 2):
                time.sleep(0.01)
            found.extend(kept.read_text().splitlines())

    writer = threading.Thread(target=write)
    writer.start()
    report = import_file(db, tmp_path / "pipe.jsonl", given={}, columns={})
    writer.join()
    assert len(found) == report.rejected == 2


def test_rejected_rows_are_no_ads_to_import(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(row()) + b"{\n")
    assert varde("import", "a.jsonl").returncode == 3
    before = (tmp_path / "a.jsonl.rejected.jsonl").read_bytes()
    done = varde("import", "a.jsonl.rejected.jsonl", "--json")
    assert (done.returncode, printed(done)[0]["rejected"]) == (0, 0)
    assert "a.jsonl.rejected.jsonl: left out: these are rows that were rejected before" in done.stderr
    assert [path.name for path in tmp_path.glob("*rejected*")] == ["a.jsonl.rejected.jsonl"]
    assert (tmp_path / "a.jsonl.rejected.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "name"),
    [("site;ad_id;text\n", "semicolons"), ('"site";"ad_id"\n', "semicolons"), ("site\tad_id\n", "tabs")],
    ids=["semicolons", "quoted", "tabs"],
)
def test_csv_with_another_separator_is_told(db: Database, tmp_path: Path, content: str, name: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8-sig")
    with pytest.raises(ImportFault, match=rf"a.csv: the columns are separated by {name} \(.*; save it with commas"):
        import_file(db, tmp_path / "a.csv", given={}, columns={})


def test_file_whose_name_is_no_text_is_taken(varde: Varde, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"bad\xff.jsonl")
    file.write_text(json.dumps(row()) + "\n", encoding="utf-8")
    done = varde("import", file, "--json")
    assert (done.returncode, printed(done)[0]["new"]) == (0, 1)
