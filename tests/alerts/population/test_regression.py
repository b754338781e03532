"""Zero-truncated Poisson regression: against published figures, another program, the closed form and drawn counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alerts.population.countsfile import BadCounts, read_counts
from alerts.population.estimates import NoEstimate
from alerts.population.histories import Described
from alerts.population.regression import fit, groups_of, zero_truncated_regression
from alerts.population.repeats import zero_truncated_poisson
from tests.alerts.population.oracle import oracle
from tests.alerts.population.published import COUNTS, MIGRANTS, write_table


def migrants() -> Described:
    found = read_counts(COUNTS / "migrants.csv")
    assert isinstance(found, Described)
    return found


def described(*rows: tuple[str, int, int]) -> Described:
    return Described(("kind",), {((kind,), times): count for kind, times, count in rows})


def test_migrants_are_those_that_were_published() -> None:
    assert migrants().frequencies() == MIGRANTS


def test_published_estimate() -> None:
    """singleRcapture on gender, age and nation; its fit ends a little early: its error differs in the sixth digit."""
    found = zero_truncated_regression(migrants())
    assert round(found.estimate, 2) == 12690.35
    assert found.se == pytest.approx(2808.165, rel=2e-6)
    assert round(found.aic or 0, 3) == 1712.901
    by_name = {one.name: one for one in found.intervals}
    for name, low, high in (("normal", 7186.449, 18194.25), ("log-normal", 8431.277, 19718.31)):
        assert by_name[name].low == pytest.approx(low, rel=2e-6)
        assert by_name[name].high == pytest.approx(high, rel=2e-6)


def test_published_warning_sign() -> None:
    """The paper and the package find that the counts scatter more than the model allows."""
    assert any("52 were seen 3 times or more" in warning for warning in zero_truncated_regression(migrants()).warnings)


def test_fit_is_that_of_statsmodels() -> None:
    counts = migrants()
    groups = groups_of(counts, counts.columns)
    ours = fit(groups)
    rows = [(values, times) for (values, times), count in counts.counts.items() for _ in range(count)]
    commonest = {"gender": "male", "age": "under 40", "nation": "North Africa"}
    terms = [term.split("=") for term in groups.terms]
    design = np.array(
        [[1.0, *(float(values[counts.columns.index(name)] == word) for name, word in terms)] for values, _ in rows]
    )
    assert {name for name, _ in terms} == set(commonest)
    assert not any([name, word] in terms for name, word in commonest.items())
    models = oracle("statsmodels.discrete.truncated_model")
    theirs = models.TruncatedLFPoisson(np.array([times for _, times in rows]), design).fit(
        method="newton", disp=0, maxiter=200, tol=1e-10
    )
    assert ours.weights == pytest.approx(theirs.params, abs=1e-4)
    assert ours.likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-3)


def test_without_columns_it_is_the_closed_form() -> None:
    one = zero_truncated_regression(migrants()).spread[0]
    closed = zero_truncated_poisson(MIGRANTS)
    assert one.model == ("one rate",)
    assert one.estimate == pytest.approx(closed.estimate, rel=1e-8)
    assert one.se == pytest.approx(closed.se, rel=1e-6)


def test_error_is_how_far_drawn_markets_scatter() -> None:
    """Of markets of 3,000 with two kinds at known rates: the mean error is the scatter, the interval holds 95 %."""
    chance = np.random.default_rng(5)
    sizes, errors, held = [], [], 0
    for _ in range(300):
        counts: dict[tuple[tuple[str, ...], int], int] = {}
        for kind, number, rate in (("a", 2000, 0.9), ("b", 1000, 0.35)):
            times, many = np.unique(chance.poisson(rate, number), return_counts=True)
            counts |= {((kind,), int(t)): int(c) for t, c in zip(times, many, strict=True) if t}
        found = zero_truncated_regression(Described(("kind",), counts))
        assert found.se is not None
        assert found.low is not None
        assert found.high is not None
        sizes.append(found.estimate)
        errors.append(found.se)
        held += found.low <= 3000 <= found.high
    assert np.mean(sizes) == pytest.approx(3000, rel=0.02)
    assert np.mean(errors) == pytest.approx(np.std(sizes), rel=0.12)
    assert 0.91 <= held / 300 <= 0.99


def test_numbers_are_one_term_and_words_one_each() -> None:
    counts = Described(
        ("age", "place"),
        {((str(age), place), times): 5 for age in (20, 30.5, 44) for place in "xyz" for times in (1, 2)},
    )
    assert groups_of(counts, counts.columns).terms == ("age", "place=y", "place=z")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((("a", 1, 90), ("a", 2, 20), ("b", 1, 30)), "kind=b were seen twice"),
        ((("a", 1, 90), ("b", 1, 30)), "nothing bounds"),
        (tuple((f"k{place}", times, 3) for place in range(51) for times in (1, 2)), "51 different words"),
    ],
)
def test_what_cannot_be_estimated_is_refused(rows: tuple[tuple[str, int, int], ...], says: str) -> None:
    with pytest.raises(NoEstimate, match=says):
        zero_truncated_regression(described(*rows))


def test_columns_that_say_the_same_are_refused() -> None:
    counts = Described(("kind", "sort"), {((kind, kind * 2), times): 9 for kind in "ab" for times in (1, 2)})
    with pytest.raises(NoEstimate, match="say the same twice over"):
        zero_truncated_regression(counts)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind,times,count\na,1,9\na,1,4\n", "counts.csv:3: the same values and times are on line 2"),
        ("kind,times,count\na,0,9\n", "counts.csv:2: column times: those seen no time"),
        ("kind,times,count\na,1,-9\n", "counts.csv:2: column count: '-9' is no whole number"),
        ("kind,times,count\na,1.5,9\n", "counts.csv:2: column times: '1.5' is no whole number"),
        ("kind,times,count\n ,1,9\n", "counts.csv:2: column kind: the cell is empty"),
        ("kind,times,count\na,1,0\n", "counts.csv:1: the table counts nobody"),
        ("times\n1\n", "counts.csv:1: a column times alone"),
    ],
)
def test_bad_columns_are_refused_by_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadCounts) as error:
        read_counts(write_table(tmp_path, text))
    assert says in str(error.value)


def test_a_row_each_is_counted_together(tmp_path: Path) -> None:
    found = read_counts(write_table(tmp_path, "kind,times\na,1\na,1\nb,2\n"))
    assert found == Described(("kind",), {(("a",), 1): 2, (("b",), 2): 1})
