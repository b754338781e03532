"""Firms that advertise in the open: salons, employers, staffing agencies. None of them warrants an alert."""

from __future__ import annotations

from benchmarks.market.grammar import say
from benchmarks.market.phones import Written, Wrote
from benchmarks.market.posts import Plan, write_ad
from benchmarks.market.scene import Scene, trade
from benchmarks.market.scripts import draw, reword
from benchmarks.market.values import Ads
from benchmarks.market.visits import home_towns

HIRE = (("nb", 0.62), ("en", 0.28), ("pl", 0.1))
_OPENLY: tuple[Written, ...] = ("spaced", "plain", "country", "field")
_JOB = (
    ("job_intro", 1),
    ("firm_own", 4),
    ("job_task", 2),
    ("job_ask", 1),
    ("job_offer", 1),
    ("job_pay", 1),
    ("job_apply", 1),
)
_AGENCY = (("agency_intro", 1), ("firm_own", 1), ("job_task", 3), ("job_ask", 1), ("job_pay", 1), ("job_apply", 1))


def salon(scene: Scene) -> Ads:
    """One salon with a fixed address, one phone and therapists who are named."""
    dice, voice, owner = scene.dice, scene.voice((("nb", 0.65), ("en", 0.35))), scene.owner("salon")
    home, org_number = dice.pick(home_towns("nb")), scene.firms.take()
    name, number = say(dice.pick(voice.lines["salon_name"]), dice), scene.book.take()
    staff = dice.several(voice.names, dice.between(2, 4))
    words = draw(voice, [("salon", 5), ("firm_own", 3)], dice)
    slots = {"salon": name, "address": f"{scene.address()}, {home[0]}"}
    sites = scene.sites("massage", 2)
    for day in scene.days(1 + dice.geometric(3.0)):
        who, other = dice.several(staff, 2)
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="massage", voice=voice, template=f"{owner.id}/t1",
                script=reword(words, voice, dice, 0.2), posted=day, home=home, persona=who,
                price=dice.between(7, 12) * 100, numbers=(Wrote(number, dice.pick(_OPENLY)),),
                titles=voice.lines["salon_title"], slots=slots | {"other": other}, images=(scene.picture(1),),
                org_number=org_number,
            ),
            dice,
        )  # fmt: skip


def employer(scene: Scene) -> Ads:
    """One firm that hires for itself, with its own number and address of mail."""
    dice, voice, owner = scene.dice, scene.voice(HIRE), scene.owner("employer")
    home = dice.pick(home_towns("nb"))
    firm, number, org_number = scene.firm(voice, home[0]), scene.book.take(), scene.firms.take()
    mail = f"jobb@{firm.split()[0].casefold().encode('ascii', 'ignore').decode()}-{scene.serial}.example"
    words = draw(voice, _JOB, dice, live=0.3)
    sites = scene.sites("job", 2)
    for number_of_ad, day in enumerate(scene.days(dice.geometric(3.0))):
        script = reword(words, voice, dice, 0.5 if number_of_ad else 0.0)
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="job", voice=voice, template=f"{owner.id}/t1", script=script,
                posted=day, home=home, numbers=(Wrote(number, dice.pick(_OPENLY[:3])),), phone_section=None,
                mail=mail, employer=firm, org_number=org_number,
                titles=voice.lines["job_title"],
                slots={"pay": dice.between(285, 345), "name": dice.pick(voice.names), "trade": trade(voice, dice)},
            ),
            dice,
        )  # fmt: skip


def agency(scene: Scene) -> Ads:
    """A staffing agency: many jobs, few consultants, one footer under all of them."""
    dice, voice, owner = scene.dice, scene.voice((("nb", 0.7), ("en", 0.3))), scene.owner("agency")
    firm, org_number = scene.firm(voice, dice.pick(("Nord", "Øst", "Vest", "Sør", "Midt"))), scene.firms.take()
    consultants = [(dice.pick(voice.names), scene.book.take()) for _ in range(dice.between(2, 4))]
    mail, footer = f"post@bemanning-{scene.serial}.example", draw(voice, [("agency_footer", 1)], dice)
    sites, towns = scene.sites("job", 3), home_towns("nb")
    for day in scene.days(15 + dice.geometric(35.0)):
        name, number = dice.pick(consultants)
        yield write_ad(
            Plan(
                owner=owner, site=dice.pick(sites), kind="job", voice=voice, template=f"{owner.id}/t1",
                script=(*draw(voice, _AGENCY, dice), *footer), posted=day, home=dice.pick(towns),
                numbers=(Wrote(number, "spaced"),), phone_section=None, mail=mail, employer=firm,
                org_number=org_number, titles=voice.lines["job_title"],
                slots={"pay": dice.between(285, 345), "name": name, "trade": trade(voice, dice)},
            ),
            dice,
        )  # fmt: skip
