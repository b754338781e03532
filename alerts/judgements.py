"""Judgements: what a cluster was found to be and why, and as the store has it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from alerts.cases import Level, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The level of one cluster with every reason. `score` is the sum over groups of the heaviest weight,
    less what speaks against; it orders the queue and is no probability.
    """

    level: Level
    rule: str
    score: float
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]


_decoder = msgspec.json.Decoder(Judgement)


def decode_judgement(document: str) -> Judgement:
    """Other keys of the document are passed over."""
    return _decoder.decode(document)
