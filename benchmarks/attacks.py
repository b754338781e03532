"""Ads as linking sees them, a market of true clusters, and what an attacker adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import LANGUAGES, load_voice
from benchmarks.market.phones import PhoneBook
from benchmarks.market.scripts import Script, draw, render, reword
from benchmarks.market.values import FIRST_DAY

CLUSTERS, LARGE = 2_000, 60  # true clusters of about five ads, and two more with so many ads each
ATTACKER = "attacker"
_FORMS = (("opening", 1), ("own", 4), ("about", 2), ("practical", 2), ("closing", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One ad: whose it truly is, when it was posted (day of the market), and what could tie it."""

    owner: str
    day: float
    name: str
    phones: tuple[str, ...]
    text: str
    handle: str = ""

    @property
    def at(self) -> str:
        return (FIRST_DAY + timedelta(days=self.day)).isoformat(timespec="seconds")


Market = Sequence[Post]
Attack = Callable[[Market, Dice], Iterator[Post]]


def base_market(seed: int, *, clusters: int = CLUSTERS) -> list[Post]:
    """The ads before the attack."""
    book = PhoneBook(seed)
    sizes = [LARGE, LARGE] + [Dice(seed, "size", number).between(3, 7) for number in range(clusters)]
    return [post for number, size in enumerate(sizes) for post in _cluster(number, size, Dice(seed, number), book)]


def list_ads(market: Market, dice: Dice) -> Iterator[Post]:
    """20 ads, each with the numbers of ten victims."""
    for index in range(20):
        yield _false(index, 100.0, dice, phones=[dice.pick(market).phones[0] for _ in range(10)])


def short_lists(market: Market, dice: Dice) -> Iterator[Post]:
    """70 ads, each with the numbers of three victims: under any limit for lists."""
    for index in range(70):
        yield _false(index, 100.0, dice, phones=[dice.pick(market).phones[0] for _ in range(3)])


def copies(market: Market, dice: Dice) -> Iterator[Post]:
    """500 ads with the text of one victim and the number of another."""
    for index in range(500):
        text = dice.pick(market).text
        yield _false(index, 100 + index / 500, dice, phones=[dice.pick(market).phones[0]], text=text)


def flood(market: Market, dice: Dice) -> Iterator[Post]:
    """5,000 ads within a day with the text of one victim, each under a name and a number of its own."""
    text = market[-1].text
    for index in range(5_000):
        yield _false(index, 100 + index / 5_000, dice, phones=[f"+4744{index:06d}"], text=text)


def false_bridge(market: Market, dice: Dice) -> Iterator[Post]:
    """One ad with a number of each of the two large clusters."""
    one, other = _large(market)
    yield _false(0, 150.0, dice, phones=[one.phones[0], other.phones[0]])


def slow_drip(market: Market, dice: Dice) -> Iterator[Post]:
    """Three ads a day for eight weeks; each joins one more victim to a chain of them."""
    firsts = _firsts(market)
    for index in range(3 * 56):
        one, other = firsts[index + 2], firsts[index + 3]
        yield _false(index, 60 + index / 3, dice, phones=[one.phones[0], other.phones[0]])


def drip_with_text(market: Market, dice: Dice) -> Iterator[Post]:
    """The same drip, and each ad also has the name and the text of the victim it joins: two signs on one side."""
    firsts = _firsts(market)
    for index in range(3 * 56):
        one, other = firsts[index + 2], firsts[index + 3]
        phones = (one.phones[0], other.phones[0])
        day = 60 + (index + dice.below(100) / 100) / 3
        yield Post(owner=ATTACKER, day=day, name=other.name, phones=phones, text=other.text)


ATTACKS: Mapping[str, Attack] = {
    "list ads": list_ads,
    "copy attack": copies,
    "template flood": flood,
    "false bridge": false_bridge,
    "slow drip": slow_drip,
}
# Harder ones, which an attacker who knows the rules would choose; measured, not promised.
HARDER: Mapping[str, Attack] = {"lists of three": short_lists, "drip with copied text": drip_with_text}


def _cluster(number: int, size: int, dice: Dice, book: PhoneBook) -> Iterator[Post]:
    voice = load_voice(dice.pick(LANGUAGES))
    names = dice.several(voice.names, dice.between(1, 3))
    phones = [book.take() for _ in range(dice.between(1, 2))]
    handle = f"varde_p_{number}" if dice.chance(0.4) else ""
    own: Script = draw(voice, _FORMS, dice)
    share = 0.05 if dice.chance(0.5) else 0.4
    first = dice.below(150)
    for _ in range(size):
        name = dice.pick(names)
        slots = {"name": name, "age": 30, "city": "Oslo", "price": 1500}
        carried = phones if dice.chance(0.3) else [dice.pick(phones)]
        yield Post(
            owner=f"true-{number}", day=first + dice.below(120) + dice.below(1440) / 1440, name=name,
            phones=tuple(carried), text=render(reword(own, voice, dice, share), slots, dice),
            handle=handle if dice.chance(0.6) else "",
        )  # fmt: skip


def _false(index: int, day: float, dice: Dice, *, phones: Sequence[str], text: str = "") -> Post:
    """An ad of the attacker's under a name that nobody else has."""
    voice = load_voice("en")
    slots = {"name": f"Varde{index}", "age": 30, "city": "Oslo", "price": 1500}
    own = text or render(draw(voice, _FORMS, dice), slots, dice)
    return Post(owner=ATTACKER, day=day, name=f"Varde{index}", phones=tuple(phones), text=own)


def _firsts(market: Market) -> list[Post]:
    """One ad of each true cluster."""
    return list({post.owner: post for post in market}.values())


def _large(market: Market) -> tuple[Post, Post]:
    one, other = _firsts(market)[:2]
    return one, other
