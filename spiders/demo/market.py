"""The sample market, whole: `build_sample(seed)` makes the same operators and ads every time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from spiders.demo.escorts import escort_posts
from spiders.demo.jobs import job_posts
from spiders.demo.networks import network_posts
from spiders.demo.numbers import NumberBook
from spiders.demo.posts import ARBEID, FJORD, NORDLYS, Operator, Post, Sample

SEED = 20261110
_PREFIX = {NORDLYS: ("n", 1001), FJORD: ("f", 2001), ARBEID: ("a", 3001)}


def build_sample(seed: int = SEED) -> Sample:
    """About sixty operators and three hundred ads; equal seeds give equal samples."""
    rng = random.Random(seed)
    book = NumberBook(rng)
    shared = {"bridge-scene": book.take()}
    posts = [*escort_posts(rng, book), *network_posts(rng, book, shared), *job_posts(rng, book, shared)]
    operators: dict[str, Operator] = {post.operator.id: post.operator for post in posts}
    return Sample(tuple(operators.values()), _numbered(posts))


def _numbered(posts: Iterable[Post]) -> tuple[Post, ...]:
    """The posts with the ad numbers that their sites gave them, in the order of posting."""
    seen: Counter[str] = Counter()
    numbered = []
    for post in sorted(posts, key=lambda p: (p.site, p.posted_at, p.operator.id)):
        letter, first = _PREFIX[post.site]
        numbered.append(replace(post, ad_id=f"{letter}-{first + seen[post.site]}"))
        seen[post.site] += 1
    return tuple(numbered)
