"""The browser for pages that need JavaScript: finding one, and starting it as a user who may do little."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from crawler.errors import VardeError

# The headless shell comes first: it opens a page in less than half the time of the whole browser.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "microsoft-edge",
)  # fmt: skip
# Of two --disable-features Chromium takes the last, so those that Playwright turns off are named too.
_FEATURES = (
    "OptimizationHints", "MediaRouter", "Translate", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "NetworkTimeServiceQuerying", "PreconnectToSearch", "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect",
    "ThirdPartyStoragePartitioning", "PaintHolding", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
)  # fmt: skip
# Chromium calls home at every start, and WebRTC sends UDP past any proxy; nothing but the site's own
# hosts is to be contacted.
FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--disable-domain-reliability", "--no-pings", "--dns-prefetch-disable", "--no-first-run", "--disable-gpu",
    f"--disable-features={','.join(_FEATURES)}", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)  # fmt: skip
NO_BROWSER = "needs a browser, and none was found (see `varde doctor`)"  # why a page is left out
USERS = ("varde-browser", "nobody")  # whom root starts the browser as, the first there is
NOWHERE = "http://nowhere.invalid:9"  # the proxy of what the browser would say on its own account
FOLDER = "varde-browser-"  # how the names of folders for browsers begin
PID_FILE = "pid"  # in the folder of a started browser: its process, which leads a group
_PATIENCE = 20  # seconds in which a browser opens an empty page
_FOOTER = (
    '<div style="font: 8px sans-serif; color: #6b7780; width: 100%; text-align: right; padding-right: 15mm">'
    '<span class="title"></span> · <span class="pageNumber"></span>/<span class="totalPages"></span></div>'
)


class CannotPrint(VardeError):
    """A page cannot be printed; the message is what the browser said."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the browser is started: as `user` ("" is our own), with its sandbox or, for the reason `why`, without."""

    user: str
    sandbox: bool
    why: str = ""


def find_browser() -> str | None:
    """The executable to render with: VARDE_CHROMIUM, else Playwright's own, else the system's.

    VARDE_CHROMIUM=none says there is none.
    """
    if named := os.environ.get("VARDE_CHROMIUM"):
        return named if Path(named).is_file() else None
    return _playwright_browser() or next(filter(None, map(shutil.which, NAMES)), None)


def _playwright_browser() -> str | None:
    """What `playwright install chromium` brought: its headless shell if that came too, else the browser."""
    try:
        with sync_playwright() as playwright:
            browser = Path(playwright.chromium.executable_path)
    except PlaywrightError:
        return None
    shells = sorted(browser.parents[2].glob("chromium_headless_shell-*/*/*headless*shell"))
    return next((str(path) for path in (*shells[::-1], browser) if path.is_file()), None)


def open_blank_page(executable: str) -> str:
    """Start `executable` and open an empty page; returns why that failed, or "" when it works."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(executable))
            browser.new_page().goto("about:blank")
            browser.close()
    except PlaywrightError as error:
        return error.message.strip().splitlines()[0]
    return ""


def print_page(executable: str, html: str) -> bytes:
    """A page of our own as PDF, A4, with the number of each page: no script runs and nothing is fetched for it.

    Raises CannotPrint where the browser does not start or does not print.
    """
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(executable))
            context = browser.new_context(java_script_enabled=False, offline=True, service_workers="block")
            page = context.new_page()
            page.route("**/*", lambda route: route.abort())
            page.set_content(html, wait_until="load")
            printed = page.pdf(format="A4", print_background=True, prefer_css_page_size=True, tagged=True, outline=True,
                               display_header_footer=True, header_template="<span></span>",
                               footer_template=_FOOTER)  # fmt: skip
            browser.close()
    except PlaywrightError as error:
        raise CannotPrint(error.message.strip().splitlines()[0]) from error
    return printed


def launch_options(executable: str) -> dict[str, Any]:
    """How the browser is started for pages of our own: sandboxed, but for root, for whom Chromium refuses it."""
    return {"executable_path": executable, "chromium_sandbox": os.geteuid() != 0, "args": list(FLAGS)}


def sandbox_state(executable: str) -> str:
    """How pages of others are rendered with `executable`: "on …", or "off: " and why."""
    way = launch_way(executable)
    user = f" (as user {way.user})" if way.user else ""
    return f"on{user}" if way.sandbox else f"off{user}: {way.why}"


@cache
def launch_way(executable: str) -> Way:
    """The safest way in which `executable` starts on this machine, tried once a process."""
    why = ""
    for way in _ways():
        fault = _start_fault(executable, way)
        if not fault:
            return Way(way.user, way.sandbox, why)
        why = why or fault
        if os.geteuid() != 0 and "sandbox" not in fault:
            return Way("", True)  # it does not start at all, and without a sandbox it would not either
    return Way("", os.geteuid() != 0, why)


def _ways() -> Iterator[Way]:
    if os.geteuid() != 0:
        yield from (Way("", True), Way("", False))
        return
    user = next(filter(_is_user, USERS), None)
    if user and shutil.which("setpriv"):
        yield from (Way(user, True), Way(user, False))
    yield Way("", False)


def _is_user(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid != 0
    except KeyError:
        return False


def _start_fault(executable: str, way: Way) -> str:
    """Why the browser does not open an empty page in this way; "" when it does."""
    with browser_folder() as name:
        profile = Path(name, "profile")
        profile.mkdir(mode=0o700)
        flags = ["--headless", f"--proxy-server={NOWHERE}", *FLAGS, *([] if way.sandbox else ["--no-sandbox"])]
        command = [write_starter(Path(name), executable, way), *flags, f"--user-data-dir={profile}"]
        try:
            done = subprocess.run(
                [*command, "--dump-dom", "about:blank"], env=browser_environment(), timeout=_PATIENCE,
                capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{executable} does not start ({error})"
    if done.returncode == 0 and "<html" in done.stdout:
        return ""
    return _reason(done.stderr) or f"{executable} ended with {done.returncode}"


def _reason(stderr: str) -> str:
    """The line of a browser's complaints that tells why it ended: the one of the sandbox, else the last."""
    lines = [line.rpartition("] ")[2].strip() for line in stderr.splitlines() if line.strip()]
    return next((line for line in lines if "sandbox" in line and "multiple threads" not in line), "".join(lines[-1:]))


def browser_environment() -> dict[str, str]:
    """What the browser sees of our environment: nothing that could hold a secret."""
    kept = ("PATH", "LANG", "LC_ALL", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ}


def browser_folder() -> tempfile.TemporaryDirectory[str]:
    """A new folder for the files of browsers: for another user to pass through, on a disk that programs start from."""
    places = (Path(place) for place in (tempfile.gettempdir(), "/var/tmp", "/run", "/dev/shm"))
    place = next((str(place) for place in places if _is_open(place)), None)
    folder = tempfile.TemporaryDirectory(prefix=FOLDER, dir=place, ignore_cleanup_errors=True)
    Path(folder.name).chmod(0o711)
    return folder


def _is_open(place: Path) -> bool:
    """Can another user reach what lies in a folder, and start a program from there?"""
    if not os.access(place, os.W_OK | os.X_OK) or os.statvfs(place).f_flag & os.ST_NOEXEC:
        return False
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (place.resolve(), *place.resolve().parents))


# Playwright starts one executable and makes the profile as us; this gives the profile to the browser's
# user, leaves its process number for whoever must end it, and ends it when Playwright's own process dies.
_STARTER = """#!/bin/sh -e
for word; do case $word in --user-data-dir=*) HOME=${{word#*=}};; esac; done
export HOME TMPDIR="$HOME"
{own}echo $$ >{pid}
exec {command} "$@"
"""


def write_starter(folder: Path, executable: str, way: Way) -> str:
    """Write a script that starts `executable` in this way; returns its path."""
    command, own = [executable], ""
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "KILL", *_as_user(way.user), executable]
    if way.user:
        own = f'chown -R {shlex.quote(way.user)} "$HOME"\n'
    starter = folder / "start"
    text = _STARTER.format(own=own, pid=shlex.quote(str(folder / PID_FILE)), command=shlex.join(command))
    starter.write_text(text, encoding="utf-8")
    starter.chmod(0o755)
    return str(starter)


def _as_user(user: str) -> list[str]:
    if not user:
        return []
    who = pwd.getpwnam(user)
    return [f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]


if __name__ == "__main__":  # `./dev` asks whether there is a browser that starts
    found = find_browser()
    fault = open_blank_page(found) if found else "no browser"
    print(fault or found)
    raise SystemExit(bool(fault))
