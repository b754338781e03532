"""What lists are made of: a span of days, the unit that is counted, and what makes a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from alerts.reading.keys import MIN_CONFIDENCE
from crawler.database import utc_text
from crawler.errors import VardeError

UNITS = ("contact", "ad", "persona", "cluster")
BY = ("site", "period", "site-period")
CONTACT_KINDS = ("phone", "email", "handle", "payment", "url")
WINDOW = 7  # days
_NOUNS = {"phone": "telephone numbers", "email": "mail addresses", "handle": "accounts", "payment": "payment accounts",
          "url": "web addresses"}  # fmt: skip
MOST_LISTS = 200


class NoLists(VardeError):
    """The store gives no lists for what was asked; the message says why, and what it would give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is looked at. Days are of UTC; `last` is the last day that counts.

    Lists are `by` site, by period of `window` days, or one for each site and period. A contact is one of these
    `kinds`, read with this `confidence` or more; ads are of one cluster where ties of this `strength` or more hold
    them. Without `sites` or `ad_kinds` all count.
    """

    first: date
    last: date
    by: str = BY[0]
    window: int = WINDOW
    unit: str = UNITS[0]
    kinds: tuple[str, ...] = CONTACT_KINDS[:1]
    sites: tuple[str, ...] = ()
    ad_kinds: tuple[str, ...] = ()
    confidence: float = MIN_CONFIDENCE
    strength: float = 0.0

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise NoLists(f"lists are of {', '.join(UNITS)}; an {self.unit} is on one list by its nature")
        if self.last < self.first:
            raise NoLists(f"the period ends on {self.last} before it begins on {self.first}; change the two round")

    def check_lists(self) -> None:
        """Raises NoLists where the lists could say nothing, whatever was seen."""
        if self.unit == "ad" and self.by != "period":
            raise NoLists("an ad is on one site only, so lists of sites never share one; take lists by period")
        if self.by != "site" and self.windows < 1:
            raise NoLists(f"the period has {self.days} days and no whole window of {self.window}; a shorter window")
        if self.by == "period" and self.windows < 2:
            raise NoLists(
                f"{self.days} days give one window of {self.window}: what was not seen shows only between two lists or "
                "more; a longer period, a shorter window, or lists by site"
            )

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def windows(self) -> int:
        """The whole windows of the period; one where lists are by site."""
        return 1 if self.by == "site" else self.days // self.window

    @property
    def used_days(self) -> int:
        """The days that are in a window."""
        return self.days if self.by == "site" else self.windows * self.window

    @property
    def window_days(self) -> int:
        return self.days if self.by == "site" else self.window

    @property
    def since(self) -> str:
        """The first moment that counts, as the store writes it."""
        return self._moment(0)

    @property
    def until(self) -> str:
        """The first moment that is in no window any more."""
        return self._moment(self.used_days)

    @property
    def after(self) -> str:
        """The first moment after the period."""
        return self._moment(self.days)

    def _moment(self, day: int) -> str:
        return utc_text(datetime.combine(self.first + timedelta(days=day), time(), UTC))

    @property
    def second(self) -> int:
        """The first moment, in seconds since 1970."""
        return int(datetime.combine(self.first, time(), UTC).timestamp())

    def start_of(self, window: int) -> date:
        return self.first + timedelta(days=window * self.window_days)

    def name(self, site: str, window: int) -> str:
        """The list that a site and a window belong to."""
        names = {"site": site, "period": f"{self.start_of(window)}", "site-period": f"{site}/{self.start_of(window)}"}
        return names[self.by]

    def noun(self, *, many: bool = True) -> str:
        """What is counted, in words."""
        if self.unit != "contact":
            return f"{self.unit}s" if many else self.unit
        return f"contacts ({', '.join(_NOUNS[kind] for kind in self.kinds)})" if many else "contact"
