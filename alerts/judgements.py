"""Judgements as the store has them, and back."""

from __future__ import annotations

import msgspec

from alerts.judge import Judgement

_decoder = msgspec.json.Decoder(Judgement)


def decode_judgement(document: str) -> Judgement:
    """Other keys of the document are passed over."""
    return _decoder.decode(document)
