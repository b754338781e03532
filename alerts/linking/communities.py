"""Communities: the readable inner structure of a large cluster, as groups of ads that share more with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import networkx as nx

from alerts.cases import Community, Link

LEAST = 20  # ads; a smaller cluster is read as it is
MOST = 5_000  # ads; beyond that it is a market, and no picture of it would be read
_KEYS = 4  # named of each community
_SEED = 7
_COARSE = 0.5  # modularity's resolution: at 1 a picture and its two ads are a group of their own


def find_communities(ads: Sequence[int], links: Iterable[Link]) -> list[Community]:
    """The communities of one cluster, the largest first; none where it is too small, or too large, to be parted.

    By modularity (Blondel et al. 2008, "Fast unfolding of communities in large networks") over ads and keys, each tie
    weighing as much as it is strong; with a fixed seed, so that the same cluster is always parted alike.
    """
    if not LEAST <= len(ads) <= MOST:
        return []
    graph = _graph(ads, [link for link in links if not link.contested])
    parts = nx.community.louvain_communities(graph, weight="weight", resolution=_COARSE, seed=_SEED)
    found = [_community(part, graph) for part in parts]
    return sorted((one for one in found if one.ads), key=lambda one: (-len(one.ads), one.ads))


def _graph(ads: Sequence[int], links: Sequence[Link]) -> Any:
    graph = nx.Graph()
    graph.add_nodes_from(sorted(ads))
    for link in sorted(links, key=lambda link: (link.kind, link.value, link.ad)):
        for ad in (link.other, link.ad):
            graph.add_edge(ad, f"{link.kind}:{link.value}", weight=max(link.strength, 0.01))
    return graph


def _community(part: Iterable[int | str], graph: Any) -> Community:
    ads = frozenset(node for node in part if isinstance(node, int))
    carried = Counter(key for ad in ads for key in graph[ad])
    ranked = [key for key, _ in sorted(carried.items(), key=lambda item: (-item[1], item[0]))]
    outside = tuple(key for key in ranked if not ads.issuperset(graph[key]))
    return Community(tuple(sorted(ads)), tuple(ranked[:_KEYS]), outside[:_KEYS])
