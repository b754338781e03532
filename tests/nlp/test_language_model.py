from __future__ import annotations

import random

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nlp.language_model import LanguageModel
from nlp.tables import load_table
from tests.nlp.test_language import SENTENCES

LANGUAGES = load_table("languages")["known"].split()


@pytest.fixture(scope="module")
def whole() -> LanguageIdentifier:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(LANGUAGES)
    return whole


def drawn(count: int) -> list[str]:
    """Texts of letters, signs and bytes that no language has, up to 300 long."""
    chance = random.Random(4)
    reaches = (0x7F, 0x250, 0x600, 0x3100, 0xD7FF)
    return [
        "".join(chr(chance.randrange(1, chance.choice(reaches))) for _ in range(chance.randrange(300)))
        for _ in range(count)
    ]


def test_the_language_is_that_of_the_library(whole: LanguageIdentifier) -> None:
    model = LanguageModel.load(LANGUAGES)
    texts = [*SENTENCES.values(), *(text.upper() for text in SENTENCES.values()), *drawn(2000), "", "1", "\ud83d"]
    told = {text: model.tell(text) for text in texts}
    assert len(set(told.values())) > len(SENTENCES) // 2
    assert told == {text: whole.classify(text.encode("utf-8", "replace").decode())[0] for text in texts}


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match="xx"):
        LanguageModel.load(["nb", "xx"])
