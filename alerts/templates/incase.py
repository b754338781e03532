"""The templates of a case: which of its ads share a text, and that text aligned with what each ad has in its slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.cases import Case, Link
from alerts.templates.view import TemplateView, template_view


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTemplate:
    """A text that two or more ads of a case share. `loose` are those of `ads` that it does not tie, and `why_loose`
    says why. All numbers are those of ads, in order.
    """

    value: str
    ads: tuple[int, ...]
    loose: tuple[int, ...]
    why_loose: str


@dataclass(frozen=True, slots=True)
class Aligned:
    """A template with its text and what each ad has in the slots."""

    of: CaseTemplate
    view: TemplateView


def case_templates(case: Case) -> list[CaseTemplate]:
    """The templates that a case's links name, those of the most ads first."""
    links: dict[str, list[Link]] = defaultdict(list)
    for link in case.links:
        if link.kind == "template":
            links[link.value].append(link)
    stored = {ad.ad for ad in case.ads if "text" in ad.fields}
    found = [_template(value, some, stored) for value, some in links.items()]
    return sorted((one for one in found if len(one.ads) > 1), key=lambda one: (-len(one.ads), one.value))


def _template(value: str, links: Sequence[Link], stored: set[int]) -> CaseTemplate:
    refused = [link for link in links if link.contested]
    ads = {ad for link in links for ad in (link.ad, link.other)} & stored
    tied = {ad for link in links if not link.contested for ad in (link.ad, link.other)}
    return CaseTemplate(
        value=value, ads=tuple(sorted(ads)), loose=tuple(sorted(ads - tied)),
        why_loose=refused[0].why if ads - tied else "",
    )  # fmt: skip


def align(case: Case, templates: Iterable[CaseTemplate]) -> list[Aligned]:
    """Each template with the texts of its ads aligned: some 60 to 200 ms of one that has 200 ads or more."""
    texts = {ad.ad: ad.fields["text"] for ad in case.ads if "text" in ad.fields}
    return [Aligned(one, template_view({ad: texts[ad] for ad in one.ads})) for one in templates]
