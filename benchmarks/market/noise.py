"""What else stands on the sites: spam that follows one text, and lists of other people's numbers."""

from __future__ import annotations

from benchmarks.market.grammar import load_voice
from benchmarks.market.posts import Plan, write_ad
from benchmarks.market.scene import Scene
from benchmarks.market.scripts import Part, draw
from benchmarks.market.values import Ads
from benchmarks.market.visits import home_towns


def spam(scene: Scene) -> Ads:
    """A campaign of a few days: one text under many names, an address on the web in place of a number."""
    dice, voice, owner = scene.dice, scene.voice((("nb", 0.5), ("en", 0.5))), scene.owner("spam")
    words, towns = draw(voice, [("spam", 5)], dice), home_towns(voice.language)
    first = dice.between(0, 250)
    sites = scene.sites("escort", 3)
    for day in scene.days(20 + dice.geometric(60.0), first=first, last=first + 10):
        path = f"https://treff-{scene.serial}.example/{'ny' if dice.chance(0.7) else 'bli-med'}"
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="escort", voice=voice, template=f"{owner.id}/t1",
                script=words, posted=day, home=dice.pick(towns), persona=dice.pick(voice.names),
                age=dice.between(21, 35), slots={"url": path, "code": f"K{dice.between(100, 999)}"},
            ),
            dice,
        )  # fmt: skip


def listing(scene: Scene) -> Ads:
    """An ad that lists four to ten numbers of others: it must tie none of them."""
    dice, voice, owner = scene.dice, load_voice("nb"), scene.owner("listing")
    numbers = tuple(scene.book.earlier(dice) for _ in range(dice.between(4, 10)))
    script = (Part("listing", dice.pick(voice.lines["listing"])), *draw(voice, [("listing_more", 3)], dice))
    shown = ", ".join(f"{number[3:6]} {number[6:8]} {number[8:]}" for number in numbers if number.startswith("+47"))
    yield write_ad(
        Plan(
            owner=owner, site=dice.pick(scene.sites("other", 2)), kind="other", voice=voice,
            template=f"{owner.id}/t1", script=script, posted=dice.between(0, 269), home=dice.pick(home_towns("nb")),
            slots={"list": shown}, others=numbers,
        ),
        dice,
    )  # fmt: skip
