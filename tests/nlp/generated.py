"""Ads put together by chance from what readers must take: real wording, disguises, odd characters, broken pieces."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

Fields = dict[str, str]

PIECES = (
    "Hand over your passport", "ring 42 00 00 17", "fire to null null null null en sju", "førtito null null", "24 år",
    "Age: 25", "150 kr per time", "1 500 kr/30 min", "no deposit", "12 hours a day", "Renholder", "x@y.example",
    "anna (at) x dot example", "@somebody_", "telegram: lina_24", "wa.me/4742000017", "t.me/lina",
    "www.x.example/a?b=1",
    "Storgata 12B, 0184 Oslo", "Vipps 42000017", "NO93 8601 1117 947", "1234.56.78903", "org.nr 974 760 673",
    "i Bergen",
    "w Oslo", "в Осло", "Tromsø", "жильё предоставляется", "без опыта", "житло надається", "bez doświadczenia",
    "cazare asigurată", "be patirties", "sin experiencia", "ห้องส่วนตัว", "โทร ๔๒๐๐๐๐๑๗",
    "٤٢٠٠٠٠١٧", "４２ ００ ００ １７",
    "4️⃣2️⃣0️⃣0️⃣0️⃣0️⃣1️⃣7️⃣", "①②③", "𝟒𝟐𝟎𝟎𝟎𝟎𝟏𝟕", "Сall", "рhone", "ﬁ", "½", "e\u0301", "é",
    "\u200b", "\u202e71 00 00 24\u202c",
    "\u00ad", "\ufeff", "👩‍❤️‍👨", "🇳🇴", "😀", "\ud800", "\x00", "\x1b[31m", "&nbsp;", "&#52;2", "<b>",
    "((((", "....", "----",
    "\n", "\r\n", "\t", ". ", ", ", "; ", "18", "42", "0047", "+47", "(+47)", "0", "kl. 10-22", "24/7", "08.00",
    "2026-11-01",
    "3x12", "90-60-90", "170 cm 55 kg", "10 %", "1/2", "jeg er 24", "she is", "our girls", "vi ordner papirer",
    "oddamy paszport", "we do not ask for a fee", "ikke gebyr", "\u0e31\u0e31\u0e31", "a" * 70, "1" * 40, "ab" * 40,
)  # fmt: skip
JOINS = (" ", " ", " ", "", "\n", ", ", " - ", ".", "/", "\u00a0", "\u200d")
FIELDS = (
    "title",
    "text",
    "text",
    "text",
    "name",
    "age",
    "price",
    "salary",
    "location",
    "employer",
    "phones.0",
    "emails.0",
)
# One of each kind of character that programs stumble over, by range.
RANGES = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F),
    (0x1D400, 0x1D7FF), (0x2000, 0x206F), (0x2460, 0x24FF), (0x3000, 0x30FF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF),
    (0x1F300, 0x1FAFF), (0xE0000, 0xE007F), (0xD800, 0xDFFF), (0x0, 0x1F),
)  # fmt: skip


def ads(seed: int, count: int) -> Iterator[Fields]:
    """`count` ads, the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        names = chance.sample(FIELDS, chance.randint(1, 3))
        yield {name: _text(chance) for name in names}


def _text(chance: Random) -> str:
    pieces = [_piece(chance) for _ in range(chance.randint(1, 9))]
    text = "".join(piece + chance.choice(JOINS) for piece in pieces)
    for _ in range(chance.choice((0, 0, 1, 3))):
        text = _mutated(chance, text)
    return text


def _piece(chance: Random) -> str:
    if chance.random() < 0.85:
        return chance.choice(PIECES)
    return "".join(_character(chance) for _ in range(chance.randint(1, 6)))


def _character(chance: Random) -> str:
    return chr(chance.randint(*chance.choice(RANGES)))


def _mutated(chance: Random, text: str) -> str:
    """With a character put in, taken out or doubled, a stretch turned round, or the case changed."""
    at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    change = chance.randint(0, 5)
    if change == 0:
        return text[:at] + _character(chance) + text[at:]
    if change == 1:
        return text[:at] + text[min(end, at + 3) :]
    if change == 2:
        return text[:at] + text[at:end] * 2 + text[end:]
    if change == 3:
        return text[:at] + text[at:end][::-1] + text[end:]
    if change == 4:
        return text.swapcase()
    return _character(chance).join(text[at:end]) + text[end:]
