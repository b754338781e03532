from __future__ import annotations

import random

from alerts.templates import find_templates
from tests.alerts.stores import TEXTS

SLOTTED = (
    "Hei, jeg heter {name} og er i {city} denne uken. Rolig og diskret leilighet i sentrum, hyggelig selskap og "
    "massasje etter avtale. Ring eller send melding på {phone}, jeg svarer hele dagen. Velkommen!"
)


def slotted(name: str, city: str, phone: str) -> str:
    return SLOTTED.format(name=name, city=city, phone=phone)


def test_near_duplicates_share_a_template() -> None:
    texts = {
        1: slotted("Lina", "Bergen", "42 00 00 17"),
        2: slotted("Mia", "Tromsø", "43 11 11 11"),
        3: slotted("Sara", "Bodø", "44-22-22-22"),
        4: TEXTS[1],
    }
    found = find_templates(texts)
    assert found[1] == found[2] == found[3]
    assert 4 not in found


def test_different_texts_share_none() -> None:
    assert find_templates(dict(enumerate(TEXTS))) == {}


def test_short_texts_say_nothing() -> None:
    assert find_templates({1: "Ring meg i dag", 2: "Ring meg i dag"}) == {}


def test_letters_of_other_scripts_count() -> None:
    one = "Запрошуємо на роботу в Норвегії, прибирання готелів, житло надається, зарплата щотижня, дзвоніть."
    other = "Потрібні водії вантажівок у Швеції, досвід обовʼязковий, договір і страхування, пишіть на пошту."
    found = find_templates({1: one, 2: one.replace("готелів", "офісів"), 3: other})
    assert set(found) == {1, 2}


def test_order_does_not_matter() -> None:
    texts = {n: slotted(f"Name{n}", f"By{n}", f"4200{n:04}") for n in range(30)} | {
        100 + n: t for n, t in enumerate(TEXTS)
    }
    mixed = list(texts.items())
    random.Random(3).shuffle(mixed)
    assert find_templates(texts) == find_templates(dict(mixed))


def test_a_flood_of_copies_is_one_template() -> None:
    found = find_templates(dict.fromkeys(range(3_000), TEXTS[0]))
    assert len(found) == 3_000
    assert len(set(found.values())) == 1


def test_a_flood_of_variants_is_one_template() -> None:
    texts = {n: slotted(f"Name{n}", f"By{n % 7}", f"4200{n:04}") for n in range(2_000)}
    assert len(set(find_templates(texts).values())) == 1


def test_nothing_gives_nothing() -> None:
    assert find_templates({}) == {}
