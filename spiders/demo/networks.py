"""Operators whose ads follow one template under several names; most of them warrant an alert."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from spiders.demo.numbers import NumberBook, in_text, write_phone
from spiders.demo.posts import LAST, Operator, Phone, Post, day, load_data, planted


def network_posts(rng: random.Random, book: NumberBook, shared: Mapping[str, str]) -> Iterator[Post]:
    """All ads of networks.toml. `shared` gives an operator the number it also uses elsewhere."""
    for number, recipe in enumerate(load_data("networks")["operator"]):
        count = recipe.get("numbers", 1)
        numbers = [shared.get(recipe["id"]) or book.take(recipe["country"]) for _ in range(count)]
        yield from _network(recipe, numbers, rng, image=70 + number)


def _network(recipe: dict[str, Any], numbers: list[str], rng: random.Random, *, image: int) -> Iterator[Post]:
    """One ad after the other within twelve days, names and cities in turn."""
    start = rng.randint(LAST - 60, LAST - 12)
    sites = [site for site, ads in recipe["ads"].items() for _ in range(ads)]
    rng.shuffle(sites)
    for index, site in enumerate(sites):
        how = recipe["writing"][index % len(recipe["writing"])]
        phone = write_phone(numbers[index // 2 % len(numbers)], how, recipe["language"], rng)
        posted = day(start + index * 12 // len(sites))
        yield replace(_post(recipe, index, phone), site=site, posted_at=posted, image=image)


def _post(recipe: dict[str, Any], index: int, phone: Phone) -> Post:
    """The operator's ad number `index`, before it is put anywhere."""
    name, age = recipe["people"][index % len(recipe["people"])]
    city = recipe["cities"][index // 2 % len(recipe["cities"])]
    handle = recipe.get("handle", "")
    slots = {"name": name, "age": age, "city": city, "phone": in_text(phone, recipe["language"]),
             "address": f"{recipe.get('address', '')}, {city}", "handle": handle}  # fmt: skip
    return Post(
        site="", operator=Operator(id=recipe["id"], kind=recipe["kind"], alert=recipe.get("alert")),
        kind="escort", language=recipe["language"], title=recipe["title"].format(**slots),
        text=recipe["text"].strip().format(**slots), city=city, posted_at="", phone=phone, name=name, age=age,
        handle=handle, price="" if age < 18 else "1500 kr/time",
        indicators=planted(set(recipe["ids"]), phone, age),
    )  # fmt: skip
