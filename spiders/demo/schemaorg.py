"""The sample job board's postings as schema.org JSON-LD: alone, nested in a graph, or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

from spiders.demo.posts import Post

_OPEN_DAYS = 45


def json_ld(posts: Sequence[Post], shape: str) -> list[Any]:
    """The JSON-LD blocks of a page. `shape` is single, several, graph or microdata (which has none)."""
    match shape:
        case "single":
            return [{"@context": "https://schema.org"} | job_posting(posts[0])]
        case "several":
            return [[{"@context": "https://schema.org"} | job_posting(post) for post in posts]]
        case "graph":
            page = {"@type": "WebPage", "name": posts[0].title, "mainEntity": job_posting(posts[0])}
            site = {"@type": "WebSite", "name": "Arbeid nord"}
            return [{"@context": "https://schema.org", "@graph": [site, page]}]
    return []


def job_posting(post: Post) -> dict[str, Any]:
    posting: dict[str, Any] = {
        "@type": "JobPosting",
        "title": post.title,
        "description": "".join(f"<p>{escape(block)}</p>" for block in post.text.split("\n\n")),
        "identifier": {"@type": "PropertyValue", "name": "Arbeid nord", "value": post.ad_id},
        "datePosted": post.posted_at,
        "validThrough": (date.fromisoformat(post.posted_at) + timedelta(days=_OPEN_DAYS)).isoformat(),
        "employmentType": "FULL_TIME",
        "inLanguage": post.language,
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": post.city, "addressCountry": "NO"},
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "NOK",
            "value": {"@type": "QuantitativeValue", "value": post.wage, "unitText": "HOUR"},
        },
    }
    if post.employer:
        posting["hiringOrganization"] = _organisation(post)
    return posting


def _organisation(post: Post) -> dict[str, str]:
    return (
        {"@type": "Organization", "name": post.employer}
        | ({"taxID": post.org_number} if post.org_number else {})
        | ({"email": post.email} if post.email else {})
    )
