"""Rules on how an ad may be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.parts import Parts, Rule, Sign, quote

MESSENGERS = frozenset({"telegram", "whatsapp", "viber", "signal", "wechat", "line", "snapchat", "instagram",
                        "kik"})  # fmt: skip

# "Write to us on Viber", and no other way named: the messenger counts though no handle was recognised.
_APP = re.compile(
    r"\b(?:on|via|by|through|use|using|på|med|över|over|przez|na|pe|prin|per|в|у|через|на)\s"
    r"(?:whats\s?app|telegram|viber|signal|wechat|messenger|snap(?:chat)?|ватсап|вотсап|вайбер|телеграм\w?|телегу)\b",
    re.IGNORECASE,
)
_OTHER_WAY = re.compile(
    r"@|\b(?:e-?mail|e-?post|mail|call|phone|telephone|apply|website|cv|ring|telefon\w{0,3}|søk|søknad\w{0,3}|nettsid\w{0,3}|"
    r"sök|ansök\w*|webb\w*|zadzwoń|dzwoń|aplik\w*|sunați|telefonic|skambin\w*|el\.?\s?paš\w*|"
    r"дзвон\w*|телефон\w*|пошт\w*|звон\w*|почт\w*|резюме)\b",
    re.IGNORECASE,
)


def app_only(ad: Parts) -> Iterator[Sign]:
    """Messengers are the only way to answer: no telephone, e-mail or web address, and none spoken of."""
    if ad.phones or any(contact.kind not in MESSENGERS for contact in ad.contacts):
        return
    if ad.contacts:
        yield Sign(ad.contacts[0], "the only contact that the ad gives")
        return
    named = [(field, plain, app) for field, plain in ad.fields.items() if (app := _APP.search(plain.text))]
    if named and not any(_OTHER_WAY.search(plain.text) for plain in ad.fields.values()):
        for field, plain, app in named:
            yield Sign(quote(field, plain, *app.span()), "the only way to answer that the ad names")


RULES: tuple[Rule, ...] = (app_only,)
