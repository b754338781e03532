"""People who advertise for themselves, alone or two together: none of them warrants an alert."""

from __future__ import annotations

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Voice
from benchmarks.market.phones import Wrote
from benchmarks.market.posts import Plan, write_ad
from benchmarks.market.scene import PLAIN, Scene
from benchmarks.market.scripts import Script, draw, reword
from benchmarks.market.values import DAYS, Ads, Owner
from benchmarks.market.visits import Route, Town, all_towns, home_towns

SPEAK = (("nb", 0.36), ("en", 0.2), ("sv", 0.14), ("da", 0.08), ("pl", 0.06), ("ro", 0.08), ("ru", 0.08))
ADS = 2.4  # of one person, over the months
RECYCLED = 0.002  # share of numbers that somebody else had before
_OWN = (("opening", 1), ("own", 4), ("about", 2), ("practical", 2), ("closing", 1))


def independent(scene: Scene) -> Ads:
    """One persona with one phone; ads months apart, in her own words."""
    voice = scene.voice(SPEAK)
    home = scene.dice.pick(home_towns(voice.language))
    yield from _person(scene, scene.owner("independent"), voice, home)


def household(scene: Scene) -> Ads:
    """Two independents who share an address and nothing else: two owners."""
    voice, address = scene.voice(SPEAK), scene.address()
    home = scene.dice.pick(home_towns(voice.language))
    for who in ("a", "b"):
        yield from _person(scene, scene.owner("household", suffix=who), voice, home, address=address)


def duo(scene: Scene) -> Ads:
    """Two friends with one phone, who say so: one owner, two personas."""
    dice, voice, owner = scene.dice, scene.voice(SPEAK), scene.owner("duo")
    one, two = dice.several(voice.names, 2)
    number, home = scene.book.take(), dice.pick(home_towns(voice.language))
    own = _own_words(voice, dice, duo=True)
    sites = scene.sites("escort", 2)
    for day in scene.days(dice.geometric(3.0)):
        name, other = (one, two) if dice.chance(0.5) else (two, one)
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="escort", voice=voice, template=f"{owner.id}/t1",
                script=reword(own, voice, dice, 0.25), posted=day, home=home, persona=name,
                age=25 + len(name), price=1500, numbers=(Wrote(number, dice.weighted(PLAIN)),),
                images=(scene.picture(len(name)),), slots={"other": other},
            ),
            dice,
        )  # fmt: skip


def _person(scene: Scene, owner: Owner, voice: Voice, home: Town, *, address: str = "") -> Ads:
    dice = scene.dice
    name, age, price = dice.pick(voice.names), dice.between(23, 52), dice.between(10, 24) * 100
    numbers = _numbers(scene)
    own = _own_words(voice, dice, address=bool(address))
    sites = scene.sites("escort", dice.between(1, 3))
    travels = not address and dice.chance(0.15)
    pictures = tuple(scene.picture(ord(owner.id[-1]) * 8 + n) for n in range(dice.below(3)))
    handle = scene.handle(name) if dice.chance(0.12) else ""
    mail = scene.mail(name) if not numbers or dice.chance(0.06) else ""
    days = scene.days(dice.geometric(ADS))
    route = Route([home, *dice.several(all_towns(), 3)], start=days[0], days=dice.between(7, 30)) if travels else None
    for day in days:
        current = numbers[min(len(numbers) - 1, 2 * day // DAYS)] if numbers else None
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="escort", voice=voice, template=f"{owner.id}/t1",
                script=reword(own, voice, dice, 0.25), posted=day, route=route, home=home, persona=name, age=age,
                price=price, numbers=(Wrote(current, dice.weighted(PLAIN)),) if current else (), mail=mail,
                handle=handle, images=pictures, toured=travels and dice.chance(0.4), slots={"address": address},
            ),
            dice,
        )  # fmt: skip


def _own_words(voice: Voice, dice: Dice, *, address: bool = False, duo: bool = False) -> Script:
    """The person's own lines; many also say what everybody says."""
    more = [("address", 1)] if address else []
    more += [("duo", 1)] if duo else []
    more += [("screening", 1)] if dice.chance(0.4) else []
    more += [("stock", dice.between(1, 2))] if dice.chance(0.2) else []
    return draw(voice, (*_OWN[:-1], *more, _OWN[-1]), dice)


def _numbers(scene: Scene) -> tuple[str, ...]:
    """Mostly one number; some none; some another one in the second half; some that was another's before."""
    if scene.dice.chance(0.08):
        return ()
    if scene.dice.chance(RECYCLED):
        return (scene.book.earlier(scene.dice),)
    return tuple(scene.book.take() for _ in range(2 if scene.dice.chance(0.05) else 1))
