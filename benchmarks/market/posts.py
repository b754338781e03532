"""Makes one ad of a plan: its visits, its edits, its text on each of them, and what is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Line, Voice, say
from benchmarks.market.phones import Wrote, show_phone, spaced
from benchmarks.market.scripts import Part, Script, edit, render
from benchmarks.market.values import MarketAd, Owner, Seen, Site, Stay
from benchmarks.market.visits import DAY, Route, say_tour, visit_minutes

EDITED = 0.8  # share of later visits that find something changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is settled about an ad before it is seen for the first time, on day `posted`.

    `numbers` are the one it gives and, where it changes during the ad's life, the one after it.
    `phone_section` names the lines that give the number; None where the script does it itself. `titles` are those
    of the voice where none are given.
    """

    owner: Owner
    site: Site
    kind: str
    voice: Voice
    template: str
    script: Script
    posted: int
    route: Route | None = None
    home: tuple[str, str] = ("", "")
    persona: str = ""
    age: int | None = None
    price: int = 0
    numbers: tuple[Wrote, ...] = ()
    phone_section: str | None = "phone"
    toured: bool = False
    mail: str = ""
    handle: str = ""
    employer: str = ""
    org_number: str = ""
    images: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    slots: Mapping[str, object] = field(default_factory=dict)
    titles: tuple[Line, ...] = ()


def write_ad(plan: Plan, dice: Dice) -> MarketAd:
    """The ad and its history. An ad is seen at least once: `plan.posted` lies within the market's days."""
    minutes = visit_minutes(dice, plan.posted)
    title = say(dice.pick(plan.titles or plan.voice.lines["titles"]), dice)
    script, history = _contact_lines(plan, dice), list[Seen]()
    stays, newest = dict[Stay, None](), _wrote(plan, 0, len(minutes))
    for number, minute in enumerate(minutes):
        here = _stays(plan, minute, minutes)
        stays.update(dict.fromkeys(here))
        if history and not dice.chance(EDITED):
            history.append(replace(history[-1], minute=minute, location=here[0].place))
            continue
        script = edit(script, plan.voice, dice) if history else script
        newest = _wrote(plan, number, len(minutes))
        history.append(_seen(plan, script, title, here, minute, newest, dice))
    return MarketAd(
        owner=plan.owner, site=plan.site, kind=plan.kind, language=plan.voice.language, persona=plan.persona,
        template=plan.template, history=tuple(history), wrote=(newest,) if newest else (),
        others=(*plan.others, *([plan.site.phone] if plan.site.phone else [])),
        stays=tuple(stays) if plan.kind != "job" and plan.persona else (), employer=plan.employer,
        org_number=plan.org_number, mail=plan.mail, handle=plan.handle, images=plan.images,
    )  # fmt: skip


def _contact_lines(plan: Plan, dice: Dice) -> Script:
    """The script with the lines that say where the advertiser is, and how to reach them."""
    lines = plan.voice.lines
    said = list(plan.script)
    if plan.toured and "tour" in lines:
        said.insert(1, Part("tour", dice.pick(lines["tour"])))
    if plan.numbers and plan.phone_section and not (plan.numbers[0].written == "field" and dice.chance(0.5)):
        said.append(Part(plan.phone_section, dice.pick(lines[plan.phone_section])))
    said += [Part(s, dice.pick(lines[s])) for s in ("mail", "handle") if getattr(plan, s) and plan.kind != "job"]
    return tuple(said)


def _stays(plan: Plan, minute: int, minutes: list[int]) -> list[Stay]:
    """Where the persona is on that day, and where next if the ad says so."""
    if plan.route is None:
        return [Stay(*plan.home, minutes[0] // DAY, minutes[-1] // DAY)]
    ahead = 3 if plan.toured else 1
    return [plan.route.stay(minute // DAY, ahead=stop) for stop in range(ahead)]


def _wrote(plan: Plan, visit: int, visits: int) -> Wrote | None:
    """The number of that visit: the second one from the third visit on, where there are two."""
    if not plan.numbers:
        return None
    wrote = plan.numbers[-1] if visit >= 2 and visits >= 3 else plan.numbers[0]
    return wrote if wrote.is_norwegian or wrote.written == "field" else Wrote(wrote.e164, "country")


def _seen(
    plan: Plan, script: Script, title: str, stays: list[Stay], minute: int, wrote: Wrote | None, dice: Dice
) -> Seen:
    field_only = wrote is not None and wrote.written == "field"
    shown = "" if wrote is None else plan.voice.below if field_only else show_phone(wrote, plan.voice, dice)
    slots = {
        "name": plan.persona, "age": plan.age, "city": stays[0].place, "price": plan.price, "phone": shown,
        "mail": plan.mail, "handle": plan.handle, "tour": say_tour(stays, plan.voice), "employer": plan.employer,
    } | dict(plan.slots)  # fmt: skip
    text = render(script, slots, dice)
    if plan.site.footer:
        text = f"{text}\n\n{plan.site.footer}"
    return Seen(
        minute=minute, title=title.format_map(slots), text=text, location=stays[0].place,
        name=plan.persona if plan.kind != "job" else "", age=plan.age,
        price=f"{plan.price} kr/time" if plan.price and plan.kind == "escort" else "",
        phones=(spaced(wrote.e164),) if wrote and field_only else (),
    )  # fmt: skip
