"""What one hostile server does, and what is to become of the page it does it to."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hostile.wire import Act


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`act` answers what begins with `at`. `kinds`: one of these events is in the store, none where it is empty.

    `states`: what may become of the page; for robots.txt that of the start page. `extra` and `tables` go into the
    site file; `spider` other than listing has no [list] table. `scheme` is that of the start page. `asked` bounds
    the requests for one path, `requests` those in all.
    """

    name: str
    act: Act
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ("failed",)
    at: str = "/"
    extra: str = ""
    tables: str = ""
    spider: str = "listing"
    scheme: str = "http"
    outcome: str = ""
    asked: int = 3
    requests: int = 10
    ads: int | None = None

    @property
    def page(self) -> str:
        """The path of the page that must be closed in time."""
        return "/" if self.at == "/robots.txt" else self.at

    @property
    def site(self) -> str:
        return self.name.replace(" ", "-").replace(",", "").lower() + ".example"
