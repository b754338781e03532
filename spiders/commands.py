"""`varde sites`: what the site files say, how their last crawls went, and whether their selectors still hold."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.console import json_option, say, show, store_option
from crawler.eventlog import last_events
from crawler.onepage import fetch_page
from crawler.pages import PageKind, PageLink
from crawler.sites import Site, load_all, load_sites
from crawler.sitesfolder import BUNDLED, sites_option
from crawler.store import last_crawls, open_store
from spiders.saved import Check, check_page, save_page, saved_pages

SAVED = BUNDLED.parent.parent / "tests" / "sites"


_own_sites = click.option(
    "--sites", "own", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The folder of site files."
)

_saved_option = click.option(
    "--saved",
    type=click.Path(path_type=Path),
    default=SAVED,
    help="The folder of saved pages, one folder a site.",
)


@click.group(invoke_without_command=True)
@sites_option
@store_option
@json_option
@click.pass_context
def sites(ctx: click.Context, *, folder: Path, store: Path, as_json: bool) -> None:
    """List the site files with legal basis and health; check their selectors."""
    ctx.obj = folder
    if ctx.invoked_subcommand:
        return
    db = open_store(store, create=False) if store.exists() else None
    crawls, events = (last_crawls(db), last_events(db)) if db else ({}, {})
    good, faults = load_all(folder)
    empty = f"no good site file in {folder}" if faults else f"no site files in {folder}"
    show([_row(site, crawls.get(site.name), events.get(site.name, 0)) for site in good], as_json=as_json, empty=empty)
    _say_faults(faults)


def _say_faults(faults: list[str]) -> None:
    """What is wrong with site files, a line each fault; ends with exit code 1 if there is any."""
    for line in "\n".join(faults).splitlines():
        say(f"Error: {line}")
    if faults:
        raise click.exceptions.Exit(1)


def _row(site: Site, crawl: tuple[str, str, str] | None, events: int) -> dict[str, object]:
    started, outcome, note = crawl or ("never", "", "")
    return {
        "site": site.name, "country": site.country, "kind": site.kind, "delay_s": site.delay,
        "browser": "yes" if site.needs_browser else "no", "last_crawl": started[:16], "events": events,
        "health": note or outcome or "not crawled yet", "legal_basis": site.legal_basis,
        "images": site.images.legal_basis if site.images else "not fetched",
    }  # fmt: skip


@sites.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@_own_sites
@_saved_option
@json_option
@click.pass_obj
def check(folder: Path, *, names: tuple[str, ...], own: Path | None, saved: Path, as_json: bool) -> None:
    """Try the selectors of site files against their saved pages.

    Exits with 1 when one finds something else than expected, or a site has no saved page.
    """
    folder = own or folder
    good, faults = (load_sites(folder, names), []) if names else load_all(folder)
    checks = {site.name: _checks(site, saved) for site in good}
    show(
        [_summary(name, found) for name, found in checks.items()],
        as_json=as_json,
        empty=f"no site files in {folder}",
    )
    failures = [(name, item) for name, found in checks.items() for item in found if not item.passed]
    for name, item in failures:
        say(f"{name}/{item.name}: expected {item.expected!r}, found {item.found!r}")
    _say_faults(faults)
    if failures or not all(checks.values()):
        raise click.exceptions.Exit(1)


def _checks(site: Site, saved: Path) -> list[Check]:
    return [found for page in saved_pages(saved / site.name) for found in check_page(page, site)]


def _summary(name: str, checks: list[Check]) -> dict[str, object]:
    failed = sum(not item.passed for item in checks)
    verdict = "no saved page" if not checks else "ok" if not failed else "selectors fail"
    return {"site": name, "checks": len(checks), "failed": failed, "verdict": verdict}


@sites.command()
@click.argument("name", metavar="SITE")
@click.argument("url", metavar="URL")
@click.option("--kind", type=click.Choice(["ad", "list"]), default="ad", show_default=True, help="What the page shows.")
@_own_sites
@_saved_option
@click.pass_obj
def save(folder: Path, *, name: str, url: str, kind: PageKind, own: Path | None, saved: Path) -> None:
    """Fetch one page of a site, as a crawl would, and keep it with what is read on it.

    `varde sites check` then tells when the site file no longer reads the same. A page of a real site holds real
    people's ads: keep such a folder outside of the repository (--saved).
    """
    (site,) = load_sites(own or folder, [name])
    link = PageLink(url, kind)
    page = fetch_page(site, link)
    path = save_page(saved / name, page, link)
    say(f"{path} and its .json: ads read: {len(page.ads)}, links: {len(page.links)}; look whether that is right")
