from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts import rows
from alerts.export import write_csv, write_jsonl, write_rows
from tests.alerts.stores import TEXTS, escort, job, judged_store, named

ADS = [
    escort("1", f"{TEXTS[0]} Ring fire to null null null null en syv, 24 år.", name="Lina", title="Lina"),
    escort("2", f"{TEXTS[0]} 42 00 00 17", name="Mia"),
    escort("3", f"{TEXTS[0]} 42 00 00 17", name="Sara"),
    job("4", f"{TEXTS[2]} Hand in your passport on arrival."),
    escort("5", TEXTS[3]),
]
AD_KEYS = (
    "site ad_id kind url first_seen last_seen gone_at observations language cluster level phones contacts places tours "
    "names persons ages traits pay indicators"
)

SPANS = ("phones", "contacts", "places", "tours", "names", "ages", "traits", "pay", "indicators")


def test_ads_have_the_keys_of_the_format(tmp_path: Path) -> None:
    exported = list(rows.ads(judged_store(tmp_path, ADS)))
    assert [list(row) for row in exported] == [AD_KEYS.split()] * 5
    assert [row["cluster"] for row in exported] == [
        named("1"),
        named("1"),
        named("1"),
        named("4", "jobs.example"),
        None,
    ]
    assert [row["level"] for row in exported] == ["L2", "L2", "L2", "L3", "L0"]


def test_every_span_quotes_the_stored_field(tmp_path: Path) -> None:
    stored = {row["ad_id"]: row for row in ADS}
    spans = 0
    for row in rows.ads(judged_store(tmp_path, ADS)):
        for part in (part for key in SPANS for part in row[key]):
            assert stored[row["ad_id"]][part["field"]][part["start"] : part["end"]] == part["quote"]
            spans += 1
    assert spans > 8


def test_all_states_adds_what_is_not_stated(tmp_path: Path) -> None:
    db = judged_store(tmp_path, ADS)
    usual = next(iter(rows.ads(db)))["indicators"]
    every = next(iter(rows.ads(db, all_states=True)))["indicators"]
    assert {part["state"] for part in usual} <= {"present", "absent"}
    assert {"present", "not_stated"} <= {part["state"] for part in every}


def test_clusters_links_and_alerts(tmp_path: Path) -> None:
    db = judged_store(tmp_path, ADS)
    clusters = {row["cluster"]: row for row in rows.clusters(db)}
    assert (clusters[named("1")]["ads"], clusters[named("1")]["phones"], clusters[named("1")]["level"]) == (3, 1, "L2")
    assert clusters[named("1")]["members"] == ["a.example/1", "a.example/2", "a.example/3"]
    assert [(row["ad"], row["other"], row["kind"]) for row in rows.links(db) if row["kind"] == "phone"] == [
        ("a.example/2", "a.example/1", "phone"),
        ("a.example/3", "a.example/1", "phone"),
    ]
    alerts = {row["cluster"]: row for row in rows.alerts(db)}
    assert alerts[named("4", "jobs.example")]["reasons"][0]["evidence"][0]["quote"] in ADS[3]["text"]
    assert alerts[named("4", "jobs.example")]["referral"]


@pytest.mark.parametrize("start", ["=1+1", "+47", "-1", "@x", "\tx", "\rx", "＝1"])
def test_csv_cells_run_no_formula(tmp_path: Path, start: str) -> None:
    with (tmp_path / "x.csv").open("w", newline="") as file:
        write_csv([{"text": start, "number": -1}], file)
    assert (tmp_path / "x.csv").read_bytes().decode() == f'"text","number"\r\n"\'{start}","-1"\r\n'


def test_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> object:
        yield {"a": 1}
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        write_rows(broken(), tmp_path / "x.jsonl", write_jsonl)
    assert list(tmp_path.iterdir()) == []


def test_jsonl_keeps_every_letter(tmp_path: Path) -> None:
    assert write_rows([{"text": "æøå 🏠 Україна"}], tmp_path / "x.jsonl", write_jsonl) == 1
    assert json.loads((tmp_path / "x.jsonl").read_text(encoding="utf-8")) == {"text": "æøå 🏠 Україна"}
