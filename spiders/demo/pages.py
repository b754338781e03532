"""Every page of the sample market's sites, rendered once: path -> reply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spiders.demo.numbers import spaced
from spiders.demo.patterns import pattern
from spiders.demo.posts import ARBEID, FJORD, NORDLYS, Post, Sample
from spiders.demo.schemaorg import json_ld

PER_PAGE = 20
ROBOTS = "User-agent: *\nDisallow: /intern/\n"
_HTML = "text/html; charset=utf-8"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers to one path."""

    body: bytes
    type: str = _HTML
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How one site presents itself."""

    title: str
    claim: str
    accent: str
    list_path: str
    ad_path: str


FACES = {
    NORDLYS: Face(title="Nordlys annonser", claim="Selskap og massasje etter avtale", accent="#2f5d7c",
                  list_path="/annonser", ad_path="/annonse/"),
    FJORD: Face(title="Fjord kontakt", claim="Annonser fra hele kysten", accent="#3c6e57",
                list_path="/annonser", ad_path="/annonse/"),
    ARBEID: Face(title="Arbeid nord", claim="Ledige stillinger", accent="#7a4b2b",
                 list_path="/stillinger", ad_path="/stilling/"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One ad page and the row that leads to it."""

    path: str
    title: str
    line: str
    reply: Reply
    image: str = ""


def site_pages(sample: Sample, site: str) -> dict[str, Reply]:
    """All paths of one site, query string included; whatever is not here is a 404."""
    face, posts = FACES[site], sample.on(site)
    leaves = list(_job_leaves(face, posts) if site == ARBEID else _escort_leaves(face, posts, drawn=site == FJORD))
    pages = {
        "/": _page("home.html", face, heading="Forside", total=len(posts)),
        "/robots.txt": Reply(ROBOTS.encode(), "text/plain"),
    }
    pages |= {leaf.path: leaf.reply for leaf in leaves} | dict(_list_pages(face, leaves))
    pages |= {
        path: _page("note.html", face, heading="Internt", note="Bare for ansatte.")
        for path in ("/intern/statistikk", "/intern/utkast")
    }
    if site != ARBEID:
        pages |= {f"/img/{post.image}.svg": Reply(pattern(post.image), "image/svg+xml") for post in posts}
    if site == FJORD:
        pages |= {f"/api/phone/{post.ad_id}": _phone_reply(post) for post in posts}
    return pages


def not_found(site: str) -> Reply:
    page = _page("note.html", FACES[site], heading="Ikke funnet", note="Siden finnes ikke.")
    return Reply(page.body, page.type, 404)


def paragraphs(text: str) -> list[list[str]]:
    return [block.split("\n") for block in text.split("\n\n")]


def _page(template: str, face: Face, **values: Any) -> Reply:
    return Reply(_TEMPLATES.get_template(template).render(site=face, lang="nb", **values).encode())


def _phone_reply(post: Post) -> Reply:
    shown = (
        {"phone": spaced(post.phone.e164), "e164": post.phone.e164}
        if post.phone.written == "field"
        else {"phone": None}
    )
    return Reply(json.dumps(shown).encode(), "application/json")


def _escort_leaves(face: Face, posts: Sequence[Post], *, drawn: bool) -> Iterator[_Leaf]:
    for post in posts:
        if drawn:
            reply = _page("drawn.html", face, heading="Annonse", data=_drawn_data(post))
        else:
            phone = post.phone.shown if post.phone.written == "field" else ""
            reply = _page("ad.html", face, heading=post.title, post=post, phone=phone, paragraphs=paragraphs(post.text))
        line = f"{post.city} · {post.posted_at}"
        yield _Leaf(face.ad_path + post.ad_id, post.title, line, reply, image=f"/img/{post.image}.svg")


def _drawn_data(post: Post) -> dict[str, Any]:
    """What the page's script draws; the number is not in it."""
    return {
        "id": post.ad_id, "title": post.title, "name": post.name, "age": post.age, "city": post.city,
        "price": post.price, "handle": f"@{post.handle}" if post.handle else "", "posted_at": post.posted_at,
        "language": post.language, "text": paragraphs(post.text), "image": f"/img/{post.image}.svg",
    }  # fmt: skip


def _job_leaves(face: Face, posts: Sequence[Post]) -> Iterator[_Leaf]:
    """One page a posting in three notations in turn; staffing agencies put three postings on a page."""
    for group in _grouped(posts):
        first = group[0]
        shape = "several" if len(group) > 1 else ("single", "microdata", "graph")[int(first.ad_id[2:]) % 3]
        template = "microdata.html" if shape == "microdata" else "jobs.html"
        jobs = [{"post": post, "paragraphs": paragraphs(post.text)} for post in group]
        title = first.title if len(group) == 1 else f"{len(group)} stillinger hos {first.employer}"
        reply = _page(template, face, heading=title, jobs=jobs, blocks=json_ld(group, shape))
        yield _Leaf(face.ad_path + first.ad_id, title, f"{first.city} · {first.posted_at}", reply)


def _grouped(posts: Sequence[Post]) -> Iterator[Sequence[Post]]:
    agencies: dict[str, list[Post]] = {}
    for post in posts:
        if post.operator.kind != "staffing_agency":
            yield [post]
            continue
        waiting = agencies.setdefault(post.operator.id, [])
        waiting.append(post)
        if len(waiting) == 3:
            yield agencies.pop(post.operator.id)
    yield from agencies.values()


def _list_pages(face: Face, leaves: Sequence[_Leaf]) -> Iterator[tuple[str, Reply]]:
    count = -(-len(leaves) // PER_PAGE)
    for number in range(1, count + 1):
        rows = [*leaves[(number - 1) * PER_PAGE : number * PER_PAGE], *_traps(face, number)]
        yield _list_path(face, number), _page(
            "list.html", face, heading=face.claim, rows=rows, number=number, count=count,
            previous=_list_path(face, number - 1) if number > 1 else "",
            next=_list_path(face, number + 1) if number < count else "",
        )  # fmt: skip


def _list_path(face: Face, number: int) -> str:
    return face.list_path if number == 1 else f"{face.list_path}?side={number}"


def _traps(face: Face, number: int) -> Iterable[_Leaf]:
    """A link that is dead, and one that robots.txt forbids: every real site has both."""
    nothing = Reply(b"", status=404)
    if number == 1:
        yield _Leaf(f"{face.ad_path}borte", "Utgått annonse", "Fjernet", nothing)
    if number == 2:
        yield _Leaf("/intern/utkast", "Utkast", "Ikke publisert", nothing)
