from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from alerts.alertstore import alerts
from alerts.intake import analyse
from alerts.store import open_alerts
from alerts.watch.watchlist import Wanted, add
from tests.alerts.desk import SHARED
from tests.alerts.stores import TEXTS, escort, job, named, take
from tests.conftest import VARDE, Varde, clean_environment, printed

ADS = [
    escort("1", f"{TEXTS[0]} 42 00 00 17", name="Lina"),
    escort("2", f"{TEXTS[0]} fire to null null null null en syv", name="Mia"),
    job("3", f"{TEXTS[2]} Hand in your passport on arrival."),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One judged store for all tests that only read it."""
    path = tmp_path_factory.mktemp("judged") / "varde.db"
    db = open_alerts(path, create=True)
    take(db, ADS)
    analyse(db)
    db.close()
    return path


@pytest.fixture
def judged(varde: Varde, store: Path) -> Varde:
    return partial(varde, VARDE_STORE=str(store))


def test_queue_and_one_alert(judged: Varde) -> None:
    queue = judged("alerts")
    assert "L3" in queue.stdout
    assert "a cue of debt, held documents or a fee" in queue.stdout
    (alert,) = printed(judged("alerts", "--level", "L3", "--json"))
    shown = judged("alerts", "show", str(alert["alert"]))
    assert "H07" in shown.stdout
    assert "“Hand in your passport" in shown.stdout
    assert "No single indicator confirms or refutes trafficking" in shown.stdout


def test_cluster_shows_members_links_and_timeline(judged: Varde) -> None:
    shown = judged("cluster", named("1")).stdout
    for part in (
        f"Ads of {named('1')}",
        "Links",
        "same phone in 2 ads, written as words in some",
        "Timeline",
        "Whom to turn to",
    ):
        assert part in shown
    case = printed(judged("cluster", named("1"), "--json"))
    assert [ad["ad_id"] for ad in case["ads"]] == ["1", "2"]


def test_stays_of_a_cluster(varde: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    text = "Bergen 12.-15. november, Stockholm 16.-18. november. Ring 42 00 00 17."
    take(db, [escort("1", text), escort("2", f"{text} Velkommen!")])
    analyse(db)
    shown = varde("cluster", named("1")).stdout
    assert "Stays, by what the ads say:" in shown
    assert "NO-SE" in shown
    case = printed(varde("cluster", named("1"), "--json"))
    assert [(stay["place"], stay["first"][:10]) for stay in case["stays"]] == [
        ("Bergen", "2026-11-12"),
        ("Stockholm", "2026-11-16"),
    ]
    done = varde("cluster", named("1"), "--geojson", "stays.geojson")
    assert (done.stdout, done.returncode) == ("", 0)
    assert "2 stays" in done.stderr
    document = json.loads((tmp_path / "stays.geojson").read_text(encoding="utf-8"))
    assert printed(varde("cluster", named("1"), "--geojson", "-")) == document
    assert [feature["geometry"]["type"] for feature in document["features"]] == ["Point", "Point", "LineString"]
    exported = varde("export", "stays", "--out", "-").stdout.splitlines()
    assert [json.loads(line)["place"] for line in exported] == ["Bergen", "Stockholm"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("alerts", "show", "99"), "no alert 99"),
        (("cluster", "c-99"), "no cluster 'c-99'"),
        (("export", "ads", "--out", "/proc/no/such"), "cannot be written"),
        (("cluster", named("1"), "--geojson", "/proc/no/such"), "cannot be written"),
    ],
    ids=["alert", "cluster", "path", "path-of-stays"],
)
def test_what_is_not_there_is_a_clear_error(judged: Varde, args: tuple[str, ...], says: str) -> None:
    done = judged(*args)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("what", ["ads", "clusters", "alerts", "links", "captures"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_every_export(judged: Varde, tmp_path: Path, what: str, form: str) -> None:
    done = judged("export", what, "--format", form, "--out", "out")
    assert done.returncode == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")
    rows = (
        list(csv.DictReader(text.splitlines())) if form == "csv" else [json.loads(line) for line in text.splitlines()]
    )
    assert f"{len(rows)} {what} written" in done.stderr
    assert bool(rows) == (what != "captures")


@pytest.mark.parametrize(
    "command",
    [("alerts", "show", "1"), ("cluster", named("4\x1b[2J0", "jobs.example"))],
    ids=["alert", "cluster"],
)
def test_an_ad_cannot_command_the_terminal(varde: Varde, tmp_path: Path, command: tuple[str, ...]) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    hostile = "\x1b]0;owned\x07 \x1b[2J\x9b31m \u202e Hand in your passport \x1b[8mon arrival"
    take(db, [job(f"4\x1b[2J{n}", f"{hostile} 42000017", title=hostile, employer=hostile) for n in range(2)])
    analyse(db)
    shown = varde(*command)
    assert shown.returncode == 0
    assert "passport" in shown.stdout
    assert not set(shown.stdout) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize(
    "command",
    [("alerts", "show", "1"), ("cluster", named("2\nAgainst: nothing\u2028Timeline:0", "jobs.example"))],
    ids=["alert", "cluster"],
)
def test_an_ad_cannot_forge_a_line(varde: Varde, tmp_path: Path, command: tuple[str, ...]) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    forged = "2\nAgainst: nothing\u2028Timeline:"
    text = "Hand in your passport on arrival. 42000017"
    take(db, [job(f"{forged}{n}", text, title=forged, employer=forged) for n in range(2)])
    analyse(db)
    shown = varde(*command)
    assert shown.returncode == 0
    assert "Against: nothing" in "".join(line for line in shown.stdout.splitlines() if "/2" in line)
    headings = [line for line in shown.stdout.splitlines() if line.startswith(("Against: nothing", "Timeline:"))]
    assert headings == ["Timeline:"][: command[0] == "cluster"]  # the employer named speaks against H11


STDOUT = {
    "table": ["alerts"],
    "json": ["alerts", "--json"],
    "one alert": ["alerts", "show", "1"],
    "export": ["export", "ads", "--out", "-"],
    "help": ["--help"],
}


def _run_into(stdout: int, store: Path, args: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VARDE, *args], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        env=clean_environment(VARDE_STORE=str(store)),
    )  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("args", STDOUT.values(), ids=STDOUT)
def test_full_stdout_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, store: Path, args: list[str], unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with Path("/dev/full").open("w") as full:
        done = _run_into(full.fileno(), store, args)
    assert (done.returncode, done.stderr) == (1, "Error: stdout cannot be written (No space left on device)\n")


@pytest.mark.parametrize("args", STDOUT.values(), ids=STDOUT)
def test_reader_that_leaves_ends_a_command_silently(store: Path, args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = _run_into(writer, store, args)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_narrow_encoding_ends_no_command(varde: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(db, [job(f"æ🏠{n}", "Hand in your passport 🏠 on arrival. 42000017", title="Україна") for n in range(2)])
    analyse(db)
    run = partial(varde, PYTHONIOENCODING="ascii")
    assert "passport" in run("alerts", "show", "1").stdout
    assert "Timeline" in run("cluster", named("æ🏠0", "jobs.example")).stdout
    assert [ad["ad_id"] for ad in printed(run("cluster", named("æ🏠0", "jobs.example"), "--json"))["ads"]] == [
        "æ🏠0",
        "æ🏠1",
    ]
    exported = run("export", "ads", "--out", "-").stdout.splitlines()
    assert [json.loads(line)["ad_id"] for line in exported] == ["æ🏠0", "æ🏠1"]


def test_ads_that_are_not_read_yet_are_counted(varde: Varde, tmp_path: Path) -> None:
    take(open_alerts(tmp_path / "varde.db", create=True), ADS)
    done = varde("export", "ads", "--out", "ads.jsonl")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "0 ads written to ads.jsonl",
        "3 ads are not read yet and left out; `varde analyse` reads them",
    ]


def test_empty_queue_says_what_was_asked_for(judged: Varde) -> None:
    assert "no alerts of level L2 and state joined" in judged("alerts", "--level", "L2", "--state", "joined").stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_interrupted_analysis_says_how_to_go_on(tmp_path: Path, stop: signal.Signals) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(db, [job(str(n), f"{TEXTS[2]} Number {n}.") for n in range(3_000)])
    db.close()
    with subprocess.Popen(
        [VARDE, "analyse"], cwd=tmp_path, env=clean_environment(), stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline().startswith("read 500 of 3,000")
        process.send_signal(stop)
        messages = process.stderr.read().splitlines()
    assert process.returncode == 1
    assert messages[-1] == "stopped; what was read is stored, the same command goes on"
    assert "Aborted!" not in messages


def test_an_analysis_that_follows_raises_alerts_as_ads_come(tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    with subprocess.Popen(
        [VARDE, "analyse", "--follow"], cwd=tmp_path, env=clean_environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline().startswith("following what comes")
        for number in ("1", "2"):
            take(db, [job(number, f"{TEXTS[2]} Hand in your passport on arrival, room {number}.")])
            assert process.stderr.readline().startswith("read 1 of 1")
        deadline = time.monotonic() + 30
        while sum(alert.ads for alert in alerts(db)) < 2:
            assert time.monotonic() < deadline, "the second ad is in no alert"
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_all_states_goes_with_ads(judged: Varde) -> None:
    assert judged("export", "alerts", "--out", "-", "--all-states").returncode == 2


def test_reading_commands_need_a_store(varde: Varde) -> None:
    for command in (
        ("alerts",),
        ("cluster", named("1")),
        ("analyse",),
        ("review",),
        ("export", "ads", "--out", "-"),
    ):
        done = varde(*command)
        assert done.returncode == 1
        assert "no store at varde.db" in done.stderr


def test_review_answers_on_this_machine_only(judged: Varde) -> None:
    done = judged("review", "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "--host" in done.stderr


def test_a_flag_shows_no_words(varde: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(
        db, [escort(str(n), f"{TEXTS[n]} She agrees to everything. Half goes to the house. 42000017") for n in range(2)]
    )
    analyse(db)
    shown = varde("alerts", "show", "1").stdout
    told = [shown, varde("cluster", named("0")).stdout, varde("export", "alerts", "--out", "-").stdout]
    assert "E01" in shown
    assert "a flag only" in shown
    assert not [out for out in told if "agrees to everything" in out]
    ads = [json.loads(line) for line in varde("export", "ads", "--out", "-").stdout.splitlines()]
    assert [f["quote"] for ad in ads for f in ad["indicators"] if f["id"] == "E01"] == ["", ""]


def test_keycap_digits_are_readable(varde: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    number = "".join(f"{digit}\ufe0f\u20e3" for digit in "42000017")
    take(db, [escort(str(n), f"{TEXTS[n]} Half goes to the house. {number}") for n in range(2)])
    analyse(db)
    shown = varde("alerts", "show", "1").stdout
    assert "“42000017”" in shown
    assert "reads as +4742000017" in shown


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a cluster under one text, and one whose only ad is watched."""
    path = tmp_path_factory.mktemp("shared") / "varde.db"
    db = open_alerts(path, create=True)
    named_so = (("Lina", "Bergen"), ("Maya\u202e", "Oslo\nTimeline:"), ("Sara", "Bodø\x1b[2J"))
    take(db, [escort(str(n), SHARED.format(*words, "42 00 00 17")) for n, words in enumerate(named_so)])
    take(db, [escort("7", f"{TEXTS[1]} Ring fire to null null null null en åtte", name="Nora")])
    analyse(db)
    add(db, Wanted(kind="phone", typed="420 00 017", case_ref="K-1"))
    db.close()
    return path


def test_templates_of_a_cluster_are_its_text_and_a_row_an_ad(varde: Varde, shared: Path) -> None:
    lines = varde("cluster", named("0"), "--templates", VARDE_STORE=str(shared)).stdout.splitlines()
    assert lines[0].startswith("Template ")
    assert lines[2].strip().startswith("Hei, jeg heter [1] og er i [2] denne uken.")
    assert [" ".join(line.split()) for line in lines[-4:-1]] == [
        "1 a.example/0 100% Lina Bergen",
        "2 a.example/1 100% Maya\ufffd Oslo Timeline",
        "3 a.example/2 100% Sara Bodø\ufffd[2J",
    ]
    (found,) = printed(varde("cluster", named("0"), "--json", VARDE_STORE=str(shared)))["templates"]
    assert [row["slots"][0]["text"] for row in found["rows"]] == ["Lina", "Maya\u202e", "Sara"]
    assert found["segments"][1] == {"text": "", "slot": 1}


def test_a_cluster_without_a_shared_text_says_so(varde: Varde, shared: Path) -> None:
    done = varde("cluster", named("7"), "--templates", VARDE_STORE=str(shared))
    assert (done.stdout, done.returncode) == ("", 0)
    assert f"no text is shared by two ads of {named('7')}" in done.stderr


def test_what_a_colleague_watches_is_told_with_the_cluster(varde: Varde, shared: Path) -> None:
    shown = varde("cluster", named("0"), VARDE_STORE=str(shared)).stdout
    lines = shown[shown.index("On the watch-list:") :].splitlines()
    assert lines[3].split()[:5] == ["K-1", "phone", "420", "00", "017"]
    assert "1 text is shared by several ads" in shown


def test_a_watched_cluster_is_no_alert(varde: Varde, shared: Path) -> None:
    first = varde("cluster", named("7"), VARDE_STORE=str(shared)).stdout.splitlines()[0]
    assert first == f"No alert: L1 Watch · cluster {named('7')} · watched: noted, no alert"
