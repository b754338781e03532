"""Rules that words alone cannot state: ages, hours, wages and numbers, judged on what was read so far."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nlp.parts import Rule
from nlp.rules import ages, contacts, hours, people, phones, text, wages

MODULES = (ages, contacts, hours, people, phones, text, wages)
RULES: Mapping[str, Rule] = MappingProxyType({rule.__name__: rule for module in MODULES for rule in module.RULES})
