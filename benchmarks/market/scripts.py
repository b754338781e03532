"""The script of an ad: which lines it says, how they change from ad to ad, and its text with all slots filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Line, Voice, say, settle

FIXED = frozenset(
    {"phone", "net_phone", "recruit_phone", "job_apply", "tour", "agency_footer", "listing", "listing_more"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a script, and the section it was drawn from."""

    section: str
    line: Line


Script = tuple[Part, ...]


def draw(voice: Voice, plan: Iterable[tuple[str, int]], dice: Dice, *, live: float = 0.0) -> Script:
    """So many lines of each section. A share `live` of them chooses its words anew in each ad."""
    return tuple(
        Part(section, line if dice.chance(live) else settle(line, dice))
        for section, count in plan
        for line in _lines(voice.lines[section], count, dice)
    )


def _lines(lines: Sequence[Line], count: int, dice: Dice) -> list[Line]:
    """Different lines where there are enough of them; those made of lists say something else each time."""
    return dice.several(lines, count) if count <= len(lines) else [dice.pick(lines) for _ in range(count)]


def reword(script: Script, voice: Voice, dice: Dice, share: float) -> Script:
    """The script with about that share of its lines drawn anew, each from its own section."""
    return tuple(_fresh(part, voice, dice) if dice.chance(share) else part for part in script)


def edit(script: Script, voice: Voice, dice: Dice) -> Script:
    """What changes between two visits: one line is said otherwise, or left out."""
    place = dice.below(len(script))
    if script[place].section not in FIXED and len(script) > 5 and dice.chance(0.3):
        return script[:place] + script[place + 1 :]
    return (*script[:place], _fresh(script[place], voice, dice), *script[place + 1 :])


def render(script: Script, slots: Mapping[str, object], dice: Dice) -> str:
    """The text, in paragraphs of three lines."""
    lines = [say(part.line, dice) for part in script]
    paragraphs = (" ".join(lines[start : start + 3]) for start in range(0, len(lines), 3))
    return "\n\n".join(paragraphs).format_map(slots)


def _fresh(part: Part, voice: Voice, dice: Dice) -> Part:
    if part.section in FIXED:
        return part
    return Part(part.section, settle(dice.pick(voice.lines[part.section]), dice))
