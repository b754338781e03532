"""The estimators by name, and what must stand beside any figure of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from alerts.population.catchability import heterogeneity
from alerts.population.countsfile import Counts
from alerts.population.estimates import LEVEL, Estimate, NoEstimate
from alerts.population.histories import Described, Frequencies, Histories, Occasions, Overlap
from alerts.population.occasions import schnabel, schumacher_eschmeyer
from alerts.population.regression import zero_truncated_regression
from alerts.population.repeats import chao, one_inflated, zelterman, zero_truncated_poisson
from alerts.population.systems import Plan, multiple_systems
from alerts.population.twolists import as_alternative, chapman, choose_pair, lincoln_petersen

MOST_PAIRED = 50  # lists whose pairs are all looked at
UNITS = ("contact", "ad", "observation", "persona", "cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a user may settle: the two lists for a method that takes two, and how the log-linear model is chosen."""

    pair: tuple[str, str] | None = None
    plan: Plan = field(default_factory=Plan)


def estimate(method: str, counts: Counts, choice: Choice) -> Estimate:
    """What the method, one of METHODS, makes of the counts. Raises NoEstimate where it has no answer for them."""
    found = METHODS[method](counts, choice)
    if found.low is None or found.low >= found.observed:
        return found
    note = f"the interval reaches below the {found.observed:,} that were seen, as the size cannot"
    return replace(found, warnings=(*found.warnings, note))


def limits(unit: str, observed: int) -> tuple[str, ...]:
    """What a figure does not say, in plain words. `unit` is one of UNITS."""
    return (
        f"The population of advertised {unit}s that the lists could have shown; {observed:,} of them were seen. It "
        f"counts {unit}s: not persons, never victims. Whoever has several is counted several times, those who share "
        "one once.",
        "All methods suppose that nobody came or left meanwhile, that each could have been seen, and that the links "
        "are right: a missed link makes the figure too high, a false one too low.",
        f"An interval, here of {LEVEL:.0%}, says how far chance moves a figure, not whether the method fits. Where "
        "methods disagree, that they do is the finding: publish the range, with these lines.",
    )


def _of_pair(formula: Callable[[Overlap], Estimate]) -> Callable[[Counts, Choice], Estimate]:
    def run(counts: Counts, choice: Choice) -> Estimate:
        histories = _histories(counts)
        if choice.pair:
            return formula(_named_pair(histories, choice.pair))
        if len(histories.lists) > MOST_PAIRED:
            raise NoEstimate(
                f"{len(histories.lists)} lists make too many pairs to look at them all; name two with --lists A,B, or "
                f"take {MOST_PAIRED} lists at most"
            )
        chosen, others = choose_pair(histories)
        found = formula(chosen)
        if not others:
            return found
        tried = (as_alternative(formula(pair)) for pair in others if pair.both)
        beside = [one for one in tried if one]
        if not chosen.both:
            return replace(found, warnings=(*found.warnings, f"none of {len(others) + 1} pairs of lists overlaps"))
        sizes = [found.estimate, *(one.estimate for one in beside)]
        note = (
            f"of {len(others) + 1} pairs of lists the one that most are on both of was taken; the {len(sizes)} that "
            f"overlap give {min(sizes):,.0f} to {max(sizes):,.0f}, so no pair can be trusted alone: use loglinear"
        )
        return replace(found, spread=tuple(beside), warnings=(*found.warnings, note))

    return run


def _named_pair(histories: Histories, names: tuple[str, str]) -> Overlap:
    if not set(names) <= set(histories.lists) or names[0] == names[1]:
        known = ", ".join(histories.lists[:MOST_PAIRED])
        raise NoEstimate(f"no two lists {names[0]} and {names[1]}; the lists are {known}")
    return histories.overlap(histories.lists.index(names[0]), histories.lists.index(names[1]))


def _of_frequencies(formula: Callable[[Frequencies], Estimate]) -> Callable[[Counts, Choice], Estimate]:
    def run(counts: Counts, _: Choice) -> Estimate:
        if isinstance(counts, Occasions):
            raise NoEstimate("a table of occasions does not say how often each was seen; give histories or times,count")
        if isinstance(counts, Frequencies):
            return formula(counts)
        if isinstance(counts, Described):
            return formula(counts.frequencies())
        found = formula(counts.frequencies())
        note = (
            f"'seen twice' is here 'on two of {len(counts.lists)} lists': the formula is for many occasions alike, and "
            "few lists, or lists of unlike reach, make it too high; the models of heterogeneity reckon with that"
        )
        return replace(found, warnings=(*found.warnings, note))

    return run


def _of_occasions(formula: Callable[[Occasions], Estimate]) -> Callable[[Counts, Choice], Estimate]:
    def run(counts: Counts, _: Choice) -> Estimate:
        if isinstance(counts, Occasions):
            return formula(counts)
        found = formula(_histories(counts).occasions())
        note = "the lists are taken as occasions in the order of their columns; of lists that are sites it says little"
        return replace(found, warnings=(*found.warnings, note))

    return run


def _regression(counts: Counts, _: Choice) -> Estimate:
    if not isinstance(counts, Described):
        raise NoEstimate(
            "the method needs columns that say what is known of those seen, and after them times, or times and count"
        )
    return zero_truncated_regression(counts)


def _loglinear(counts: Counts, choice: Choice) -> Estimate:
    return multiple_systems(_histories(counts), choice.plan)


def _heterogeneity(counts: Counts, _: Choice) -> Estimate:
    return heterogeneity(_histories(counts))


def _histories(counts: Counts) -> Histories:
    if not isinstance(counts, Histories):
        raise NoEstimate("the method needs capture histories: columns of 0 and 1, one a list, and a column count")
    return counts


METHODS: Mapping[str, Callable[[Counts, Choice], Estimate]] = {
    "lincoln-petersen": _of_pair(lincoln_petersen),
    "chapman": _of_pair(chapman),
    "schnabel": _of_occasions(schnabel),
    "schumacher-eschmeyer": _of_occasions(schumacher_eschmeyer),
    "chao": _of_frequencies(chao),
    "zelterman": _of_frequencies(zelterman),
    "ztpoisson": _of_frequencies(zero_truncated_poisson),
    "one-inflated": _of_frequencies(one_inflated),
    "ztpoisson-regression": _regression,
    "heterogeneity": _heterogeneity,
    "loglinear": _loglinear,
}
