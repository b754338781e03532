"""The reader on ads marked by hand, as Markdown tables; `python -m benchmarks.gold errors` lists what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from benchmarks.gold_scores import Counts, Scores, cohen_kappa, judgements, score, span_agreement, wrong_and_missed
from nlp.catalog_file import catalogue
from nlp.reader import read
from nlp.reading import Reading
from tests.gold.gold import GoldAd, load_gold, load_pairs

WEAK = 0.7
FEW = 5


def run(_data: Path | None) -> None:
    """Print precision, recall and F1 of each indicator, language and kind of span, and how far two markers agree."""
    print(report())


def report() -> str:
    ads = load_gold()
    readings = read_ads(ads)
    scores = score(ads, readings)
    parts = (_summary(ads, scores), _halves(ads, readings), _indicators(scores), _languages(scores), _spans(scores))
    return "\n".join([*chain.from_iterable(parts), *_agreement()])


def errors() -> str:
    """What is wrong and what is missed, ad by ad, of the half that is not held out."""
    ads = [ad for ad in load_gold() if not ad.is_held_out]
    pairs = ((ad, wrong_and_missed(ad, reading)) for ad, reading in zip(ads, read_ads(ads), strict=True))
    return "\n".join(
        f"{ad.id}: wrong {', '.join(wrong) or '–'}; missed {', '.join(missed) or '–'}"
        for ad, (wrong, missed) in pairs
        if wrong or missed
    )


def read_ads(ads: Sequence[GoldAd]) -> list[Reading]:
    return read([ad.fields for ad in ads], kinds=[ad.kind for ad in ads])


def weakness(counts: Counts) -> str:
    """Why a figure is not to be relied on; empty where it may be."""
    reasons = []
    if counts.examples < FEW:
        reasons.append(f"fewer than {FEW} examples")
    if counts.f1 is not None and counts.f1 < WEAK:
        reasons.append(f"F1 below {WEAK}")
    return f"weak: {', '.join(reasons)}" if reasons else ""


def _summary(ads: Sequence[GoldAd], scores: Scores) -> Iterable[str]:
    negatives = sum(ad.is_negative for ad in ads)
    clean = scores.negatives
    total = _sum(scores.indicators.values())
    yield f"{len(ads)} ads, {negatives} of them negatives; {clean.wrong} negatives show an indicator in error."
    yield f"All indicators together: {_figures(total)}."


def _halves(ads: Sequence[GoldAd], readings: Sequence[Reading]) -> Iterable[str]:
    for name, is_held_out in (("read by those who write phrases", False), ("held out", True)):
        half = [pair for pair in zip(ads, readings, strict=True) if pair[0].is_held_out is is_held_out]
        scores = score([ad for ad, _ in half], [reading for _, reading in half])
        yield f"The half {name} ({len(half)} ads): {_figures(_sum(scores.indicators.values()))}."


def _figures(counts: Counts) -> str:
    return f"precision {_show(counts.precision)}, recall {_show(counts.recall)}, F1 {_show(counts.f1)}"


def _sum(parts: Iterable[Counts]) -> Counts:
    total = Counts()
    for part in parts:
        for name in ("hits", "wrong", "missed", "seen", "placed"):
            setattr(total, name, getattr(total, name) + getattr(part, name))
    return total


def _indicators(scores: Scores) -> Iterable[str]:
    titles = {id: entry.title for id, entry in catalogue().items()}
    yield from _heading(
        "Indicators", "id", "what", "examples", "hits", "wrong", "missed", "P", "R", "F1", "place", "note"
    )
    for id, counts in sorted(scores.indicators.items()):
        if counts.examples or counts.wrong:
            place = f"{counts.seen}/{counts.placed}" if counts.placed else "–"
            yield _row(id, titles.get(id, "not in the catalogue"), *_cells(counts), place, weakness(counts))
    yield "\n`place`: hits whose evidence meets the marked words, of the hits that have marked words."


def _languages(scores: Scores) -> Iterable[str]:
    yield from _heading(
        "Languages, all indicators", "language", "examples", "hits", "wrong", "missed", "P", "R", "F1", "weak"
    )
    for language, counts in sorted(scores.languages.items()):
        if counts.examples or counts.wrong:
            weak = [
                id
                for (id, of), cell in sorted(scores.cells.items())
                if of == language and (cell.f1 or 0) < WEAK and cell.examples
            ]
            yield _row(language, *_cells(counts), " ".join(weak))


def _spans(scores: Scores) -> Iterable[str]:
    yield from _heading(
        "Numbers, contacts, places", "kind", "marked", "hits", "wrong", "missed", "P", "R", "F1", "weak in"
    )
    for kind, counts in scores.spans.items():
        parts = ((language, part) for (of, language), part in sorted(scores.span_languages.items()) if of == kind)
        weak = [language for language, part in parts if part.f1 is not None and part.f1 < WEAK]
        yield _row(kind, *_cells(counts), " ".join(weak))


def _agreement() -> Iterable[str]:
    pairs = load_pairs()
    yield "\n### Agreement of the two passes\n"
    if not pairs:
        yield "No second pass yet."
        return
    said = judgements(pairs)
    pooled = [pair for some in said.values() for pair in some]
    kappa = _show(cohen_kappa(pooled))
    yield f"{len(pairs)} ads marked twice from one guideline, by passes of one kind, so this is an upper bound."
    yield f"Cohen's kappa over all indicators and ads: {kappa}."
    yield from _kappas(said)
    for kind, counts in span_agreement(pairs).items():
        yield f"- {kind}: {counts.hits} alike, {counts.missed} only the first, {counts.wrong} only the second"


def _kappas(said: Mapping[str, Sequence[tuple[bool, bool]]]) -> Iterable[str]:
    yield "\n| id | both | first only | second only | kappa |\n|---|---|---|---|---|"
    for id, pairs in sorted(said.items()):
        both, first, second = (pairs.count(pair) for pair in ((True, True), (True, False), (False, True)))
        if both + first + second:
            yield _row(id, both, first, second, _show(cohen_kappa(pairs)))
    yield ""


def _heading(title: str, *columns: str) -> Iterable[str]:
    yield f"\n### {title}\n"
    yield _row(*columns)
    yield _row(*["---"] * len(columns))


def _cells(counts: Counts) -> tuple[object, ...]:
    figures = (_show(figure) for figure in (counts.precision, counts.recall, counts.f1))
    return (counts.examples, counts.hits, counts.wrong, counts.missed, *figures)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _show(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}"


if __name__ == "__main__":
    print(errors() if sys.argv[1:] == ["errors"] else report())
