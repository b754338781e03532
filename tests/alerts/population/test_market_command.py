"""`varde market estimate`: the format others rely on, the limits beside every figure, and clear refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from alerts.population.methods import METHODS, Choice, estimate
from tests.alerts.population.published import COUNTS, published, write_table
from tests.conftest import VARDE, Varde, clean_environment, printed
from tests.effort import assert_within

UK, NEW_ORLEANS = COUNTS / "UKdat.csv", COUNTS / "NewOrl_5.csv"
CONTRACT = ["method", "estimate", "se", "low", "high", "level", "observed", "model", "aic", "warnings"]


def test_json_has_the_keys_of_the_contract_first(varde: Varde) -> None:
    found = printed(varde("market", "estimate", "--counts", UK, "--method", "loglinear", "--json"))
    assert list(found)[: len(CONTRACT)] == CONTRACT
    assert (found["method"], found["level"], found["observed"], found["unit"]) == ("loglinear", 0.95, 2744, "contact")
    assert found["low"] < found["estimate"] < found["high"]
    assert "PF:NCA" in found["model"]
    assert found["aic"] == pytest.approx(162.66, abs=0.01)
    assert len(found["spread"]) == 10
    assert found["averaged"]["estimate"] == pytest.approx(11297, abs=1)


def test_all_methods_answer_on_the_uk_table(varde: Varde) -> None:
    found = printed(varde("market", "estimate", "--counts", UK, "--method", "all", "--json"))
    assert [one["method"] for one in found] == list(METHODS)
    answers = [one for one in found if one["method"] != "ztpoisson-regression"]  # it needs columns beside the counts
    for one in answers:
        assert one["observed"] < one["low"] < one["estimate"] < one["high"]
        assert one["warnings"]


def test_all_methods_cost_little() -> None:
    """Two seconds are allowed for the command; loading what it needs takes half of one."""
    counts = published("UKdat")
    methods = [method for method in METHODS if method != "ztpoisson-regression"]
    found = assert_within(1, lambda: [estimate(method, counts, Choice()) for method in methods])
    assert len(found) == len(methods)


def test_every_answer_carries_the_limits(varde: Varde) -> None:
    for extra in ((), ("--json",)):
        shown = varde("market", "estimate", "--counts", UK, "--method", "chao", *extra).stdout
        flat = " ".join(shown.split())
        assert "population of advertised contacts" in flat
        assert "not persons, never victims" in flat
        assert "a lower bound" in flat


def test_table_names_unit_interval_and_other_models(varde: Varde) -> None:
    lines = varde("market", "estimate", "--counts", UK, "--method", "all", "--unit", "persona").stdout.splitlines()
    assert lines[0].split() == ["method", "estimate", "se", "low", "high", "observed", "unit", "model"]
    chosen = next(line for line in lines if line.startswith("loglinear "))
    assert chosen.split()[:7] == ["loglinear", "11418", "809.2", "9977", "13146", "2744", "personas"]
    assert any(line.split()[:1] == ["14325"] for line in lines)
    assert max(map(len, lines)) <= 120


def test_method_without_an_answer_says_why_among_all(varde: Varde, tmp_path: Path) -> None:
    path = write_table(tmp_path, "times,count\n1,1645\n2,183\n3,37\n4,13\n5,1\n6,1\n")
    found = {
        one["method"]: one
        for one in printed(varde("market", "estimate", "--counts", path, "--method", "all", "--json"))
    }
    assert round(found["chao"]["estimate"], 1) == 9273.5
    assert found["loglinear"]["estimate"] is None
    assert found["loglinear"]["warnings"] == [
        "refused: the method needs capture histories: columns of 0 and 1, one a list, and a column count"
    ]
    assert "loglinear: no estimate" in varde("market", "estimate", "--counts", path, "--method", "all").stdout


@pytest.mark.parametrize(
    ("text", "method", "says"),
    [
        ("A,B,count\n1,0,9\n0,1,4\n", "lincoln-petersen", "nobody is on both A and B"),
        ("A,B,C,count\n1,0,0,9\n0,1,0,4\n0,0,1,3\n", "loglinear", "not even independent lists"),
        ("A,count\n1,9\n", "loglinear", "counts.csv:1: 1 list"),
        ("A,B,count\n1,0,9\n0,1,-4\n", "chao", "counts.csv:3: column count"),
        ("A,B,count\n1,0,9\n0,1,4\n", "schnabel", "nobody was seen a second time"),
        ("times,count\n1,9\n", "ztpoisson", "none was seen more than once"),
        ("caught,recaptured,marked\n9,0,0\n9,3,9\n", "chao", "does not say how often"),
    ],
)
def test_bad_counts_end_in_one_line(varde: Varde, tmp_path: Path, text: str, method: str, says: str) -> None:
    done = varde("market", "estimate", "--counts", write_table(tmp_path, text), "--method", method)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_figure_that_cannot_be_used_says_so(varde: Varde, tmp_path: Path) -> None:
    path = write_table(tmp_path, "A,B,count\n1,0,98\n0,1,90\n")
    found = printed(varde("market", "estimate", "--counts", path, "--method", "chapman", "--json"))
    assert (found["estimate"], found["se"], found["low"], found["high"]) == (9008, None, None, None)
    assert found["warnings"][0].startswith("unusable")


@pytest.mark.parametrize(
    ("text", "method", "says"),
    [
        ("A,B,C,count\n1,0,0,9\n0,1,0,4\n0,0,1,3\n", "chapman", "none of 3 pairs of lists overlaps"),
        ("A,B,C,count\n1,1,1,50\n", "chapman", "which is no certainty"),
        ("A,B,C,count\n1,1,1,50\n", "schnabel", "the interval reaches below the 50 that were seen"),
    ],
)
def test_doubtful_figures_say_why(varde: Varde, tmp_path: Path, text: str, method: str, says: str) -> None:
    found = printed(varde("market", "estimate", "--counts", write_table(tmp_path, text), "--method", method, "--json"))
    assert any(says in warning for warning in found["warnings"])


def test_thousand_lists(varde: Varde, tmp_path: Path) -> None:
    header = ",".join(f"s{place}" for place in range(1000))
    rows = [",".join("01"[place in (at, at + 1)] for place in range(1000)) for at in range(999)]
    singles = [",".join("01"[place == at] for place in range(1000)) for at in range(1000)]
    path = write_table(tmp_path, "\n".join([f"{header},count", *(f"{row},2" for row in [*rows, *singles])]))
    found = {
        one["method"]: one
        for one in printed(varde("market", "estimate", "--counts", path, "--method", "all", "--json"))
    }
    for name in ("loglinear", "heterogeneity"):
        assert found[name]["estimate"] is None
        assert found[name]["warnings"][0].startswith("refused: 1000 lists make 2^1000 cells")
    assert found["chao"]["estimate"] > 3998


def test_two_lists_are_chosen_or_named(varde: Varde) -> None:
    def ask(*extra: str) -> dict[str, object]:
        found: dict[str, object] = printed(
            varde("market", "estimate", "--counts", UK, "--method", "chapman", "--json", *extra)
        )
        return found

    taken = ask()
    assert taken["model"] == ["PF", "GO"]
    assert "no pair can be trusted alone" in json.dumps(taken["warnings"])
    assert ask("--lists", "NG,LA")["model"] == ["NG", "LA"]
    done = varde("market", "estimate", "--counts", UK, "--method", "chapman", "--lists", "NG,XX")
    assert done.returncode == 1
    assert "the lists are LA, NG, PF" in done.stderr


def test_resamples_tell_their_progress_on_stderr(varde: Varde) -> None:
    done = varde("market", "estimate", "--counts", NEW_ORLEANS, "--method", "loglinear", "--resamples", "100", "--json")
    found = printed(done)
    assert round(found["estimate"]) == 1034
    assert [one["name"] for one in found["intervals"]] == ["BCa over the search", "model held for true"]
    assert all(line.startswith("searched ") for line in done.stderr.splitlines()), done.stderr
    counts = [int(line.split()[1]) for line in done.stderr.splitlines()]
    assert counts[-1] == 114
    assert all(before < after for before, after in pairwise(counts))


def test_interrupt_ends_the_workers_without_a_word_of_theirs() -> None:
    asked = [VARDE, "market", "estimate", "--counts", UK, "--method", "loglinear", "--resamples", "20000"]
    with subprocess.Popen(
        asked, env=clean_environment(), stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it
    ) as run:  # fmt: skip
        assert run.stderr
        assert run.stderr.readline().startswith("searched")
        os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C does: to the workers too
        rest = run.stderr.read().splitlines()
    assert run.returncode == 1
    assert rest[-1] == "stopped"
    assert [line for line in rest[:-1] if not line.startswith("searched")] == []


@pytest.mark.parametrize(
    "wrong", [("--resamples", "20"), ("--lists", "A"), ("--search", "best"), ("--unit", "victim"), ("--seed", "-1")]
)
def test_wrong_options_are_wrong_usage(varde: Varde, wrong: tuple[str, str]) -> None:
    done = varde("market", "estimate", "--counts", UK, "--method", "chapman", *wrong)
    assert (done.returncode, done.stdout) == (2, "")
