"""Scores as a person reads them, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks.market.scores import Grouping, Hits, Scores, Share


def report_lines(scores: Scores) -> Iterator[str]:
    """The scores as a short text."""
    if scores.missing:
        yield f"missing      {scores.missing:,} ads of the market are not in the output and count as found alone"
    yield f"phones       {_hits(scores.phones)}"
    by_writing = "  ".join(f"{name} {_share(share)}" for name, share in scores.phones_by_writing.items())
    yield f"  recall by writing  {by_writing}"
    yield from _grouping("all ads", scores.clusters)
    yield from _grouping("ads of owners with several", scores.linked)
    if scores.alerts:
        at = "  ".join(f"at {k}: {_share(share)}" for k, share in scores.alerts.precision.items())
        yield f"alerts       {scores.alerts.alerts:,}; precision {at or '–'}"
        yield f"  owners who warrant one and have one {_share(scores.alerts.recall)}"
        kinds = sorted(scores.alerts.by_kind.items(), key=lambda kind: -kind[1])
        yield f"  of {', '.join(f'{kind} {count}' for kind, count in kinds) or 'none'}"
    yield f"stays        {_hits(scores.stays)}"
    yield f"place-days   {_hits(scores.place_days)}"


def as_json(scores: Scores) -> dict[str, Any]:
    """The scores as plain values: shares with `hit` and `of`, F1 left to the reader."""
    return asdict(scores)


def _grouping(title: str, found: Grouping) -> Iterator[str]:
    yield (
        f"clusters     {title} ({found.ads:,}): ARI {found.ari:.3f}, "
        f"pairs P {found.pairs.precision:.3f} R {found.pairs.recall:.3f}, "
        f"BCubed P {found.bcubed.precision:.3f} R {found.bcubed.recall:.3f}, "
        f"largest {found.largest:,} (true {found.true_largest:,})"
    )


def _hits(hits: Hits) -> str:
    f1 = "–" if hits.f1 is None else f"{hits.f1:.3f}"
    return f"P {_share(hits.precision)} R {_share(hits.recall)} F1 {f1}"


def _share(share: Share) -> str:
    return "–" if share.value is None else f"{share.value:.3f} ({share.hit:,}/{share.of:,})"
