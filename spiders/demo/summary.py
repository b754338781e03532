"""The summary of a demonstration run: what was found, and how that compares with what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spiders.demo.score import Row, Score, Share

_LABEL = 46  # columns
_NO_BROWSER = "its pages need JavaScript and a browser; `varde doctor` says how to get one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The product's own output for one run, as its commands print it."""

    crawls: Sequence[Row]
    ads: Sequence[Row]
    clusters: Sequence[Row]
    alerts: Sequence[Row]
    seconds: float


def summary(found: Found, score: Score) -> str:
    return "\n".join([*_found_lines(found), "", *_score_lines(score), *_missing_lines(score)])


def _found_lines(found: Found) -> Iterator[str]:
    sites = Counter(row["site"] for row in found.ads)
    numbers = {phone["e164"] for row in found.ads for phone in row["phones"]}
    levels = Counter(row["level"] for row in found.alerts)
    by_level = ", ".join(f"{level} {n}" for level, n in sorted(levels.items(), reverse=True))
    yield f"Sample market, crawled and read in {found.seconds:.0f} s"
    yield _line("pages read", f"{sum(row['done'] for row in found.crawls):6}")
    yield _line("ads", f"{len(found.ads):6}", ", ".join(f"{site} {n}" for site, n in sorted(sites.items())))
    yield _line("phones", f"{len(numbers):6}", f"in {sum(bool(row['phones']) for row in found.ads)} ads")
    yield _line("clusters", f"{sum(row['ads'] > 1 for row in found.clusters):6}", "of two ads or more")
    yield _line("alerts", f"{len(found.alerts):6}", by_level)


def _score_lines(score: Score) -> Iterator[str]:
    yield "Found against what is there"
    yield _share("ads", _sum(score.ads.values()))
    yield _share("phones: right among those read", score.phone_precision)
    yield _share("phones: read among those in the ads found", score.phone_recall)
    for how, share in score.phone_recall_by_writing.items():
        yield _share(f"  written: {how}", share)
    yield _share("pairs of ads tied: of one operator", score.tie_precision)
    yield _share("pairs of ads of one operator: tied", score.tie_recall)
    yield _share("operators that warrant an alert: alerted", score.alerted)
    yield _share("alerts: on operators that warrant none", score.alerts_on_benign)
    yield _share("operators that warrant none: in an alert", score.benign_touched)


def _missing_lines(score: Score) -> Iterator[str]:
    for site, share in score.ads.items():
        if not share.hit:
            why = _NO_BROWSER if site == "demo-fjord" else "see the messages above"
            yield f"\nNo ad of {site} was found: {why}. The shares of phones and pairs leave its ads out."


def _sum(shares: Iterable[Share]) -> Share:
    parts = list(shares)
    return Share(sum(part.hit for part in parts), sum(part.of for part in parts))


def _share(label: str, share: Share) -> str:
    return _line(label, f"{share.hit:6} of {share.of:5}", f"{share.percent:>7}")


def _line(label: str, value: str, note: str = "") -> str:
    return f"  {label:{_LABEL}}{value}   {note}".rstrip()
