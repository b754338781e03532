"""The number of persons that an ad speaks of."""

from __future__ import annotations

import pytest

from nlp.persons import count_persons, find_persons
from nlp.unicode import plain

COUNTS = [
    ("Two girls in town", 2),
    ("3 new ladies", 3),
    ("four lovely young women", 4),
    ("Hot duo in town", 2),
    ("Me and my friend are visiting", 2),
    ("My friend and I", 2),
    ("It is the two of us", 2),
    ("Our girls are waiting", 2),
    ("Our girls are waiting, three girls every day", 3),
    ("We have many girls", 2),
    ("To jenter", 2),
    ("Vi er to jenter som tar imot", 2),
    ("2 hyggelige norske damer", 2),
    ("Jentene våre", 2),
    ("Jeg og venninna mi", 2),
    ("sammen med en venninne", 2),
    ("Vi er to", 2),
    ("tvillinger", 2),
    ("Me er to jenter", 2),
    ("Två tjejer", 2),
    ("jag och min väninna", 2),
    ("våra tjejer", 2),
    ("To søde piger", 2),
    ("min veninde og jeg", 2),
    ("Dwie dziewczyny", 2),
    ("Jesteśmy trzy dziewczyny", 3),
    ("ja i moja koleżanka", 2),
    ("nasze dziewczyny", 2),
    ("Două fete", 2),
    ("trei fete frumoase", 3),
    ("eu și prietena mea", 2),
    ("fetele noastre", 2),
    ("Dvi merginos", 2),
    ("aš ir mano draugė", 2),
    ("Дві дівчини", 2),
    ("я і моя подруга", 2),
    ("Две девушки", 2),
    ("мы с подругой", 2),
    ("наши девушки", 2),
    ("Dos chicas", 2),
    ("yo y mi amiga", 2),
    ("ฉันกับเพื่อน", 2),
    ("สาวๆ ของเรา", 2),
    ("Two\u200b girls", 2),
    ("One lady", None),
    ("I am alone, independent", None),
    ("2 days only", None),
    ("Two hours with me", None),
    ("2 men not welcome", None),
    ("for two men or couples", None),
    ("couples welcome", None),
    ("to damene i byen", None),
    ("welcome to ladies", None),
    ("3 timer med jenter", None),
    ("1.500 jenter", None),
    ("1 girl", None),
    ("21 girls", None),
    ("I have two girls", None),
    ("no duo", None),
    ("ingen duo", None),
    ("Duolingo", None),
    ("you and your friend", None),
    ("girls", None),
    ("bring two bottles", None),
    ("jeg har to venninner", None),
    ("Nie dwie dziewczyny", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "count"), COUNTS, ids=[text for text, _ in COUNTS])
def test_count_persons(text: str, count: int | None) -> None:
    assert count_persons({"text": plain(text)}) == count


def test_a_number_in_any_field_goes_before_several_without_one() -> None:
    assert count_persons({"title": plain("Our girls"), "text": plain("4 ladies")}) == 4


def test_places() -> None:
    text = "Hi! Our girls: two new ladies"
    found = find_persons(plain(text), "text")
    assert [(text[one.start : one.end], one.count, one.is_counted) for one in found] == [
        ("Our girls", 2, False),
        ("two new ladies", 2, True),
    ]
