"""Pages built so that parsers stall, give up, or lose text; and sites that ask to be left alone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from tests.crawler.browser_pages import ENDLESS
from tests.crawler.samples import ad_page, list_page
from tests.hostile.behaviour import Behaviour
from tests.hostile.wire import HTML, Act, Talk, answer, head, says

READ = ("done",)
LIMIT = ("parse_limit",)
EITHER = ("done", "failed")


def ad(name: str, make: Callable[[], str | bytes], kinds: tuple[str, ...] = (), **more: object) -> Behaviour:
    """A page of one ad; `make` makes it when it is asked for."""
    kind = str(more.pop("kind", HTML))
    told = {"states": READ, "ads": 1} | more
    return Behaviour(name, lambda talk: talk.send(answer(make(), kind=kind)), kinds, at="/ad/1", **told)  # type: ignore[arg-type]


def around(before: str, after: str = "") -> str:
    return before + ad_page(1) + after


def labelled(*labels: str) -> Act:
    """A list of ads, each in an encoding that is none."""

    def act(talk: Talk) -> None:
        number = talk.path.removeprefix("/ad/")
        if number.isdecimal():
            talk.send(answer(ad_page(number), kind=f"text/html; charset={labels[int(number)]}"))
        else:
            talk.send(answer(list_page(f"/ad/{i}" for i in range(len(labels)))))

    return act


CHARSETS = ("hex", "zip", "rot13", "idna", "utf-7", "unicode_escape", "punycode", "undefined", "x" * 300, "utf-8\x01")

PAGES = (
    ad("200,000 attributes", lambda: around("<b " + " ".join(f"a{i}=1" for i in range(200_000)) + ">x</b>"), LIMIT),
    ad("5,000 nested tags", lambda: around("<div>" * 5000, "</div>" * 5000)),
    ad("100,000 nested tags", lambda: around("<div>" * 100_000), LIMIT),
    ad("a million comment openers", lambda: around("", "<!--" * 1_000_000)),
    ad("text of 7 MB", lambda: around("", "<p>" + "tekst " * 1_200_000)),
    ad("1.2 million entities", lambda: around("", "<p>" + "&nbsp;" * 1_200_000), (), states=EITHER, ads=None),
    ad("NULs", lambda: ad_page(1).replace(" ", " \0\0\0 ").encode()),
    ad("half a million forms", lambda: around("", "<form>" * 500_000), (), states=EITHER, ads=None),
    ad("half a million open paragraphs", lambda: around("", "<p><a href=A>" * 300_000), (), states=EITHER, ads=None),
    ad("misnested tables", lambda: around("", "<table><tr><b>" * 200_000), (), states=EITHER, ads=None),
    ad("misnested formatting", lambda: around("<b i><i i>x</b>" * 100_000), (), states=EITHER, ads=None),
    ad("doctype of 5 MB", lambda: around("<!doctype " + "a" * 5_000_000 + ">"), (), states=EITHER, ads=None),
    ad("script of 7 MB", lambda: around("", "<script>" + "a(1);" * 1_400_000)),
    ad("UTF-16 in a meta tag", lambda: around('<meta charset="utf-16">')),
    ad("charset of 300 letters in a meta tag", lambda: around(f'<meta charset="{"x" * 300}">')),
    Behaviour("ten encodings that are none", labelled(*CHARSETS), ("charset",), READ, requests=14, ads=10),
    Behaviour("image as HTML", says(answer(b"\x89PNG\r\n\x1a\n" + bytes(9000))), (), EITHER),
    Behaviour("HTML as an image", says(answer(ad_page(1), kind="image/png")), (), ("excluded",)),
    Behaviour("bytes of no type", says(answer(bytes(9999), kind="")), (), ("excluded",)),
    Behaviour("empty page", says(answer("")), (), ("excluded",)),
    Behaviour("type of 60 KB", says(answer(ad_page(1), kind="text/html; " + "a=b; " * 12_000)), (), READ, at="/ad/1",
              ads=1),
    Behaviour("gzip file as HTML", says(answer(gzip.compress(bytes(9_000_000)))), (), EITHER),
)  # fmt: skip


def jobposting(body: str) -> str:
    return f'<!doctype html><script type="application/ld+json">{body}</script><p>Work.</p>'


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def postings(count: int) -> bytes:
    """A page of many jobs."""
    jobs = [{"@type": "JobPosting", "identifier": str(i), "title": "x", "description": "Work."} for i in range(count)]
    return answer(jobposting(json.dumps(jobs)))


def emoji(talk: Talk) -> None:
    """7 MB that take 21 MB as JSON, twice."""
    talk.send(answer(jobposting(json.dumps({"@type": "JobPosting", "identifier": "1", "title": "x", "description":
                                            "<p>" + "\U0001f600" * 1_700_000}, ensure_ascii=False))))  # fmt: skip


JSON_LIST = '[json]\nads = "ads[].url"\n'
DATA = (
    ad("JSON-LD of 100,000 levels", lambda: jobposting(nested(100_000)), (), states=EITHER, ads=None),
    Behaviour("job pages of nested JSON-LD", says(answer(jobposting("[" * 100_000))), (), EITHER, spider="jobposting"),
    Behaviour("job page of a million numbers", says(answer(jobposting(json.dumps([1] * 1_000_000)))), (), EITHER,
              spider="jobposting"),
    Behaviour("job page of 5,000 postings", lambda talk: talk.send(postings(5000)), (), EITHER, spider="jobposting"),
    Behaviour("job page of emoji", emoji, (), EITHER, spider="jobposting"),
    Behaviour("JSON list of 100,000 levels", says(answer(nested(100_000), kind="application/json")), (), ("failed",),
              tables=JSON_LIST),
    Behaviour("JSON list with a huge number", says(answer('{"ads": ' + "9" * 1_000_000 + "}",
              kind="application/json")), (), ("failed",), tables=JSON_LIST),
    Behaviour("JSON list of 100,000 links", says(answer(json.dumps({"ads": [{"url": f"/ad/{i}"} for i in
              range(100_000)]}), kind="application/json")), ("link_flood", "page_flood"), READ, extra="max_pages = 5",
              tables=JSON_LIST, requests=10),
    Behaviour("JSON list of odd links", says(answer(json.dumps({"ads": [{"url": u} for u in ("file:///etc/hostname",
              "http://[", "//", "\ud800", "javascript:x", "")]}), kind="application/json")), (), EITHER,
              tables=JSON_LIST),
)  # fmt: skip


def later(after: str, status: str = "503 Busy") -> Act:
    return says(answer("<p>later</p>", f"Retry-After: {after}", status=status))


def first_busy(after: str) -> Act:
    """Busy once, then an ad."""
    return lambda talk: talk.send(
        answer(ad_page(1)) if talk.number > 1
        else answer("", f"Retry-After: {after}", status="429 Too Many")
    )  # fmt: skip


QUEUED = ("queued",)
POLITE = (
    Behaviour("retry after 30 years", later("999999999"), (), QUEUED, outcome="halted"),
    Behaviour("retry after 400 digits", later("9" * 400, "429 Too Many"), (), QUEUED, outcome="halted"),
    Behaviour("retry after a date far away", later("Fri, 31 Dec 9999 23:59:59 -1200"), (), QUEUED, outcome="halted"),
    Behaviour("retry after a date in the past", first_busy("Wed, 21 Oct 2015 07:28:00 GMT"), (), READ, at="/ad/1",
              ads=1),
    Behaviour("retry at once for ever", later("0"), (), QUEUED, outcome="halted", asked=12),
    Behaviour("captcha", says(answer('<script src="https://www.google.com/recaptcha/api.js"></script>')),
              ("blocked",), QUEUED, outcome="blocked"),
    Behaviour("block page", says(answer("<title>Attention Required! | Cloudflare</title>", status="403 Forbidden")),
              ("blocked",), QUEUED, outcome="blocked"),
)  # fmt: skip


def drawn(name: str, page: str) -> Behaviour:
    """A page of one ad that is rendered. What becomes of it is the renderer's to say: it ends, and costs no other."""
    tables = "[browser]\nad = true\nscreenshot = false\n"
    act = says(answer(around("", page)))
    return Behaviour(f"browser, {name}", act, (), EITHER, at="/ad/1", tables=tables, asked=500, requests=500)


def download(talk: Talk) -> None:
    """200 MB that are to be saved."""
    talk.send(head("Content-Disposition: attachment", "Content-Length: 200000000", kind="application/zip"))
    talk.stream(bytes(1 << 20) for _ in range(190))


SAVED = Behaviour("browser, download", download, (), ("failed",), at="/ad/1",
                  tables="[browser]\nad = true\nscreenshot = false\n", requests=20)  # fmt: skip
DRAWN = (*(drawn(name, ENDLESS[name]) for name in ("while", "alerts", "reloads", "popups", "memory", "dom")), SAVED)
