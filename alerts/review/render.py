"""Draws the pages: a view in, one HTML document out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from alerts.cases import Level
from alerts.decisions.verdicts import REASON_MAX, held_words
from alerts.referral import Directory
from alerts.review import text, views
from alerts.review.forms import Draft
from alerts.review.words import Words


class Pages:
    """The templates with the words they need. No expression reaches a page but through `_harmless`."""

    def __init__(self, words: Words, directory: Directory) -> None:
        self.environment = Environment(
            loader=PackageLoader("alerts.review"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_harmless,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters.update(
            visible=text.visible,
            defang=text.defang,
            named_clusters=text.named_clusters,
            moment=text.moment,
            day=text.day,
            weight=weight,
            side=side,
            record=held_words,
        )
        self.environment.tests.update(linkable=views.is_id, state=views.is_state)
        self.environment.globals.update(words=words, directory=directory)

    def queue(self, view: views.QueueView) -> str:
        return self._draw("queue.html", view=view)

    def case(self, view: views.CaseView, draft: Draft, *, user: str, token: str) -> str:
        return self._draw(
            "cluster.html", view=view, alert=view.case.alert, draft=draft, user=user, token=token, most=REASON_MAX
        )

    def template(self, view: views.TemplatePage) -> str:
        return self._draw("template.html", view=view)

    def about(self, levels: tuple[Level, ...] = ("L3", "L2", "L1")) -> str:
        return self._draw("about.html", levels=levels)

    def error(self, status: int, heading: str, advice: str) -> str:
        return self._draw("error.html", status=status, heading=heading, advice=advice)

    def _draw(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(values)


def side(what: str, speaks: Mapping[str, str]) -> str:
    """For a mark: does its indicator speak for or against the alert, or is it a mere fact?"""
    return speaks.get(what, "fact")


def weight(value: float) -> str:
    """A weight with its sign, in words' typography: +1.5, −0.5, 0."""
    return f"{value:+.1f}".replace("-", "−") if value else "0"


def _harmless(value: Any) -> Any:
    """What every expression of every template passes, before it is escaped."""
    return text.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
