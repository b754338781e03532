"""Operators with several personas, and recruiters: all of them warrant an alert."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Voice, load_voice
from benchmarks.market.phones import Wrote
from benchmarks.market.posts import Plan, write_ad
from benchmarks.market.scene import DISGUISED, Scene, picture, trade
from benchmarks.market.scripts import Script, draw, reword
from benchmarks.market.values import DAYS, Ads, Owner, Site
from benchmarks.market.visits import Route, Town, all_towns, home_towns

SPEAK = (("nb", 0.26), ("en", 0.3), ("sv", 0.12), ("da", 0.04), ("pl", 0.06), ("ro", 0.12), ("ru", 0.1))
RECRUIT = (("nb", 0.2), ("en", 0.35), ("pl", 0.15), ("ro", 0.15), ("ru", 0.15))
BRIDGED = 0.25  # share of networks that also recruit with the number they advertise
STOLEN = 0.02  # share of a network's pictures that are somebody else's
_FORMS = (("network", 4), ("own", 2), ("about", 1), ("practical", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """What one operator's ads have in common."""

    owner: Owner
    voice: Voice
    people: tuple[tuple[str, int], ...]
    numbers: tuple[str, ...]
    templates: tuple[Script, ...]
    towns: tuple[Town, ...]
    sites: tuple[Site, ...]
    first: int
    last: int
    stop: int
    handle: str
    prices: tuple[int, ...]


def network(scene: Scene) -> Ads:
    """Personas that follow one another along a route; few templates; numbers that are changed or shared."""
    shape, bridged = _shape(scene)
    for index, day in enumerate(scene.days(3 + scene.dice.geometric(15.0), first=shape.first, last=shape.last)):
        yield write_ad(_plan(scene, shape, index, day), scene.dice)
    if bridged:
        yield from _recruits(
            scene, shape.owner, shape.numbers[-1:], "bridge", scene.dice.between(1, 4), voice=_job_voice(shape)
        )


def recruiter(scene: Scene) -> Ads:
    """Job ads of one hand under several employers' names, with the signs that labour inspectors list."""
    owner = scene.owner("recruiter", alert="L3")
    numbers = tuple(scene.book.take() for _ in range(scene.dice.between(1, 2)))
    yield from _recruits(scene, owner, numbers, "recruit", 2 + scene.dice.geometric(6.0), voice=scene.voice(RECRUIT))


def _shape(scene: Scene) -> tuple[_Network, bool]:
    dice = scene.dice
    bridged = dice.chance(BRIDGED)
    voice, first = scene.voice(SPEAK), dice.between(0, DAYS - 60)
    foreign = {"sv": "SE", "en": "UK"}.get(voice.language) if dice.chance(0.3) else None
    numbers = tuple(
        scene.book.take_foreign(foreign) if foreign else scene.book.take() for _ in range(dice.between(1, 4))
    )
    nearby, wide = home_towns(voice.language), all_towns()
    towns = dice.several(tuple(dict.fromkeys(nearby if dice.chance(0.6) else wide)), dice.between(3, 6))
    return _Network(
        owner=scene.owner("network", alert="L3" if bridged else "L2"), voice=voice, numbers=numbers,
        people=tuple((name, dice.between(20, 29)) for name in dice.several(voice.names, dice.between(3, 10))),
        templates=tuple(draw(voice, _FORMS, dice, live=0.25) for _ in range(dice.between(1, 3))),
        towns=tuple(towns), sites=tuple(scene.sites("escort", dice.between(1, 4))), first=first,
        last=min(DAYS - 1, first + dice.between(40, 200)), stop=dice.between(3, 12),
        handle=scene.handle(voice.names[0]) if dice.chance(0.35) else "",
        prices=tuple(dice.between(8, 20) * 100 for _ in range(3)),
    ), bridged  # fmt: skip


def _plan(scene: Scene, shape: _Network, index: int, day: int) -> Plan:
    dice = scene.dice
    who = dice.below(len(shape.people))
    name, age = shape.people[who]
    form = dice.below(len(shape.templates))
    route = Route(shape.towns, start=shape.first, days=shape.stop, shift=who)
    return Plan(
        owner=shape.owner, site=dice.pick(shape.sites), kind="escort", voice=shape.voice,
        template=f"{shape.owner.id}/t{form + 1}", posted=day, route=route, persona=name,
        script=reword(shape.templates[form], shape.voice, dice, 0.08 if index else 0.0),
        age=age + (dice.between(-2, 1) if dice.chance(0.1) else 0), price=dice.pick(shape.prices),
        numbers=_numbers(shape, day, dice), phone_section="net_phone", toured=dice.chance(0.2),
        handle=shape.handle if dice.chance(0.5) else "", images=_pictures(scene, who),
    )  # fmt: skip


def _numbers(shape: _Network, day: int, dice: Dice) -> tuple[Wrote, ...]:
    """The number of the time, now and then another of the operator's; it may change while the ad is up."""
    span = shape.last - shape.first + 1
    current = min(len(shape.numbers) - 1, (day - shape.first) * len(shape.numbers) // span)
    if dice.chance(0.2):
        current = dice.below(len(shape.numbers))
    written = dice.weighted(DISGUISED)
    first = Wrote(shape.numbers[current], written)
    if dice.chance(0.1):
        return first, Wrote(shape.numbers[(current + 1) % len(shape.numbers)], written)
    return (first,)


def _pictures(scene: Scene, who: int) -> tuple[str, ...]:
    """Mostly the persona's own, some used for every persona, a few taken from another advertiser."""
    if scene.dice.chance(STOLEN):
        return (picture(scene.seed, scene.dice.below(max(1, scene.serial)), 97 * 8),)
    return (scene.picture(scene.dice.pick((who, who, who, 99))),) if scene.dice.chance(0.6) else ()


def _job_voice(shape: _Network) -> Voice:
    return shape.voice if "bridge" in shape.voice.lines else load_voice("en")


def _recruits(scene: Scene, owner: Owner, numbers: tuple[str, ...], section: str, count: int, *, voice: Voice) -> Ads:
    dice = scene.dice
    more = [("job_task", 2), ("job_offer", 1)] if "job_task" in voice.lines else [("about_job", 3)]
    template = draw(voice, [(section, dice.between(4, 6)), *more], dice, live=0.2)
    firm = voice if "firm" in voice.lines else load_voice("en")
    towns, name = dice.several(home_towns("nb"), 4), dice.pick(voice.names)
    sites = scene.sites("job", 2)
    pay, fee = dice.between(18, 45) * 100, dice.between(2, 9) * 50
    titles = voice if "job_title" in voice.lines else firm
    for day in scene.days(count, first=DAYS // 3):
        home = dice.pick(towns)
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="job", voice=voice, template=f"{owner.id}/{section}",
                script=reword(template, voice, dice, 0.08), posted=day, home=home,
                numbers=(Wrote(dice.pick(numbers), dice.weighted(DISGUISED)),),
                phone_section="recruit_phone", employer=scene.firm(firm, home[0]) if dice.chance(0.5) else "",
                slots={"pay": pay, "fee": fee, "name": name, "trade": trade(titles, dice)},
 titles=titles.lines["job_title"],
            ),
            dice,
        )  # fmt: skip
