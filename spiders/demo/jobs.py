"""The job board's ads: honest employers, staffing agencies, and operators that follow one template."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from spiders.demo.numbers import WORLD, NumberBook, org_numbers, write_phone
from spiders.demo.posts import ARBEID, LAST, Operator, Post, day, load_data, planted

_DATA = load_data("jobs")


def job_posts(rng: random.Random, book: NumberBook, shared: Mapping[str, str]) -> Iterator[Post]:
    """All ads of jobs.toml. `shared` gives an operator the number it also uses elsewhere."""
    orgs = iter(org_numbers())
    for index, firm in enumerate(_DATA["employer"]):
        operator = Operator(id=f"firm-{index + 1:02d}", kind="honest_employer")
        yield from _firm(operator, firm, [firm["industry"]], rng=rng, org=next(orgs), e164=book.take())
    for index, firm in enumerate(_DATA["agency"]):
        operator = Operator(id=f"agency-{index + 1}", kind="staffing_agency")
        trades = [name for name, trade in _DATA["industry"].items() if firm["language"] in trade["titles"]]
        yield from _firm(operator, firm, trades, rng=rng, org=next(orgs), e164=book.take())
    for recipe in _DATA["template"]:
        e164 = shared.get(recipe["id"]) or book.take(recipe.get("country", "NO"))
        yield from _template(recipe, e164, rng, org=next(orgs) if recipe.get("org") else "")


def _firm(
    operator: Operator, firm: dict[str, Any], trades: list[str], *, rng: random.Random, org: str, e164: str
) -> Iterator[Post]:
    cities = rng.sample(WORLD["cities"], 3)
    language = firm["language"]
    host = firm["name"].split()[0].lower()
    for index in range(firm["ads"]):
        trade = _DATA["industry"][trades[index % len(trades)]]
        titles = trade["titles"][language]
        phone = write_phone(e164, "plain", language, rng)
        wage = rng.randint(*trade["rate"])
        email = f"post@{host}.example"
        text, ids = _honest_text(firm, trade, {"phone": phone.shown, "pay": wage, "email": email}, rng)
        yield Post(
            site=ARBEID, operator=operator, kind="job", language=language, text=text, phone=phone,
            title=titles[index // len(trades) % len(titles)], city=cities[index % 3],
            posted_at=day(rng.randint(LAST - 150, LAST)), email=email if email in text else "",
            employer=firm["name"], org_number=org, wage=wage, indicators=planted(ids, phone, None),
        )  # fmt: skip


def _honest_text(
    firm: dict[str, Any], trade: dict[str, Any], slots: Mapping[str, Any], rng: random.Random
) -> tuple[str, set[str]]:
    """The text and the weak indicators that some ordinary sentences plant."""
    said = _DATA["sentences"][firm["language"]]
    work = " ".join(rng.sample(trade["tasks"][firm["language"]], 3))
    lines = [*rng.sample(said["ask"], 2), *rng.sample(said["offer"], 2)]
    terms = " ".join([*(line[0] for line in lines), said["pay"]])
    text = "\n\n".join([firm["intro"], work, terms, rng.choice(said["apply"])])
    return text.format(**slots), {i for line in lines for i in line[1:]}


def _template(recipe: dict[str, Any], e164: str, rng: random.Random, *, org: str) -> Iterator[Post]:
    operator = Operator(id=recipe["id"], kind=recipe["kind"], alert=recipe.get("alert"))
    start = rng.randint(LAST - 50, LAST - 20)
    for index in range(recipe["ads"]):
        language = recipe["language"]
        phone = write_phone(e164, recipe["writing"][index % len(recipe["writing"])], language, rng)
        wage = rng.randint(*recipe["pay"])
        title = recipe["titles"][index % len(recipe["titles"])]
        city = recipe["cities"][index % len(recipe["cities"])]
        slots = {
            "title": title,
            "city": city,
            "pay": wage,
            "phone": phone.shown,
            "handle": recipe.get("handle", ""),
        }
        yield Post(
            site=ARBEID, operator=operator, kind="job", language=language, title=f"{title}, {city}",
            text=recipe["text"].strip().format(**slots), city=city, posted_at=day(start + 3 * index),
            phone=phone, handle=slots["handle"], employer=recipe["employer"], org_number=org, wage=wage,
            indicators=planted(set(recipe["ids"]), phone, None),
        )  # fmt: skip
