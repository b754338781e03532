"""Poisoning: what attacks on linking achieve with the defence and without, and whether spam hides true alerts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alerts.linking.clusters import find_groups
from alerts.linking.rulings import Rulings
from alerts.linking.ties import find_ties
from alerts.linking.uses import OPEN, Card, Carrier, Guard, KeyUse
from alerts.reading.keys import KeyKind
from alerts.templates.finding import find_templates
from benchmarks.attacks import ATTACKS, HARDER, Attack, Market, Post, base_market
from benchmarks.clustering_scores import PairScores, largest, pair_scores
from benchmarks.flooded_queue import flooded_queues
from benchmarks.market.dice import Dice

SEED = 1
PRECISION, TIMES, LOSS = 0.95, 3, 0.05  # goals: pair precision, largest against true, recall lost


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the ads that were there before.

    `pairs`: those of two such ads. `with_attackers`: precision of the pairs of one such ad or two; an attacker's ad
    beside it is wrong. `largest`: the largest cluster that holds such an ad, attackers' ads in it counted.
    `intruders`: attackers' ads in clusters of such ads.
    """

    pairs: PairScores
    with_attackers: float
    largest: int
    intruders: int


def run(_: Path | None) -> None:
    """Five attacks and two harder ones on linking; then a flood of spam on the queue of the whole program."""
    print_attacks()
    for how, queue in flooded_queues(SEED).items():
        print(f"queue, 5,000 spam ads ({how}): {queue}")


def print_attacks() -> None:
    market = base_market(SEED)
    true_largest = largest([post.owner for post in market])
    print(f"{len(market):,} ads of {len({post.owner for post in market}):,} true clusters, largest {true_largest}")
    attacks: dict[str, Attack] = {"no attack": _nothing, **ATTACKS, **HARDER}
    at_peace = 0.0
    for name, attack in attacks.items():
        posts = [*market, *attack(market, Dice(SEED, name))]
        for guard, words in ((OPEN, "no defence"), (Guard(), "defended")):
            found = outcome(len(market), posts, guard)
            at_peace = at_peace or found.pairs.recall
            title = f"({name})" if name in HARDER else name
            print(f"  {title:24} {words:11} {_measured(found, at_peace, true_largest)}")
    print("Pairs are those of the ads that were there before; recall is lost against no attack and no defence.")
    print("The largest cluster is counted with the attackers' ads in it.")
    print("Attacks in brackets are harder ones, for information.")


def outcome(before: int, posts: Sequence[Post], guard: Guard) -> Outcome:
    """What linking makes of `posts`, of which the first `before` were there before the attack."""
    labels = cluster_labels(posts, guard)
    own, added = Counter(labels[:before]), Counter(labels[before:])
    pairs = pair_scores(labels[:before], [post.owner for post in posts[:before]])
    tied = sum(size * (size - 1) // 2 for size in own.values())
    beside = sum(size * added[label] for label, size in own.items())
    return Outcome(
        pairs=pairs,
        with_attackers=pairs.precision * tied / (tied + beside) if tied + beside else 1.0,
        largest=max(size + added[label] for label, size in own.items()),
        intruders=sum(added[label] for label in own),
    )


def cluster_labels(posts: Sequence[Post], guard: Guard) -> list[str]:
    """The cluster of each ad: the one place that knows how linking is called."""
    templates = _templates(tuple(post.text for post in posts))
    cards = {number: _card(number, post, templates) for number, post in enumerate(posts)}
    ties = list(find_ties(_uses(posts, templates), cards, Rulings(), guard))
    groups = find_groups(range(len(posts)), cards, ties, Rulings(), guard)
    label = {ad: group.id for group in groups for ad in group.ads}
    return [label[number] for number in range(len(posts))]


@lru_cache(maxsize=1)
def _templates(texts: tuple[str, ...]) -> Mapping[int, str]:
    return find_templates(dict(enumerate(texts)))


def _nothing(_: Market, __: Dice) -> Iterator[Post]:
    return iter(())


def _card(number: int, post: Post, templates: Mapping[int, str]) -> Card:
    return Card(
        ad=number, site="a.example", ad_id=str(number), first_seen=post.at, last_seen=post.at,
        owner=post.name.casefold() or templates.get(number, str(number)), listed=len(post.phones),
    )  # fmt: skip


def _uses(posts: Sequence[Post], templates: Mapping[int, str]) -> list[KeyUse]:
    carried: dict[tuple[KeyKind, str], list[Carrier]] = defaultdict(list)
    for number, post in enumerate(posts):
        for kind, value, sure in _keys(post, templates.get(number, "")):
            carried[kind, value].append(Carrier(number, post.at, post.at, sure, "plain"))
    return [KeyUse(kind, value, tuple(found)) for (kind, value), found in sorted(carried.items()) if len(found) > 1]


def _keys(post: Post, template: str) -> list[tuple[KeyKind, str, float]]:
    keys: list[tuple[KeyKind, str, float]] = [("phone", phone, 0.97) for phone in dict.fromkeys(post.phones)]
    keys += [("handle", f"telegram:{post.handle}", 0.9)] if post.handle else []
    return keys + ([("template", template, 0.9)] if template else [])


def _measured(found: Outcome, at_peace: float, true_largest: int) -> str:
    loss = at_peace - found.pairs.recall
    holds = found.pairs.precision >= PRECISION and found.largest <= TIMES * true_largest and loss <= LOSS
    return (
        f"pairs P {found.pairs.precision:.3f} R {found.pairs.recall:.3f} (lost {100 * loss:4.1f} points)  "
        f"largest {found.largest:5,} ({found.largest / true_largest:4.1f} x true)  {'holds' if holds else 'FAILS'}; "
        f"attackers' ads in their clusters {found.intruders:5,}, P with those {found.with_attackers:.3f}"
    )
