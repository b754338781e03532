"""A resolver and sockets that stand in for the internet: names answer from a table, and every wrong way is a canary."""

from __future__ import annotations

import json
import os
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from collections import Counter
from pathlib import Path
from typing import Any

from crawler.egress import Network

TABLE = "TEST_EGRESS_TABLE"  # names the environment variable that holds a Table as JSON
PUBLIC = "93.184.215.14"  # the one address at which sites are

# Inner addresses as hosts of URLs, which no resolver would have to lie about.
SPELLED = {
    "decimal": "2130706433", "hexadecimal": "0x7f.1", "octal": "0177.0.0.1", "short": "127.1",
    "metadata": "169.254.169.254", "carrier": "100.64.0.1", "private": "10.0.0.1",
    "mapped-address": "[::ffff:a00:1]",
}  # fmt: skip
# What the names of hostile sites answer, first, second … and from then on. Nothing of it is ever dialled.
INSIDE = {
    "loopback": ["127.0.0.1"], "loopback-other": ["127.8.8.8"], "private-10": ["10.0.0.8"],
    "private-172": ["172.16.0.1"], "private-192": ["192.168.1.1"], "link-local": ["169.254.169.254"],
    "shared": ["100.64.0.1"], "any": ["0.0.0.0"], "broadcast": ["255.255.255.255"], "multicast": ["224.0.0.1"],
    "documentation": ["192.0.2.1"], "benchmark": ["198.18.0.1"], "reserved": ["240.0.0.1"],
    "loopback-v6": ["::1"], "any-v6": ["::"], "link-local-v6": ["fe80::1"], "link-local-zone": ["fe80::1%lo"],
    "unique-local": ["fd00::1"], "site-local": ["fec0::1"], "multicast-v6": ["ff02::1"], "mapped": ["::ffff:127.0.0.1"],
    "mapped-private": ["::ffff:10.0.0.1"], "compatible": ["::7f00:1"], "nat64": ["64:ff9b::7f00:1"],
    "nat64-local": ["64:ff9b:1::7f00:1"], "six-to-four": ["2002:7f00:1::"],
    "teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe"], "isatap": ["fe80::5efe:7f00:1"],
    "mixed": [PUBLIC, "127.0.0.1"], "mixed-v6": [PUBLIC, "::1"], "no-address": ["nonsense"],
}  # fmt: skip


class FakeNetwork(Network):
    """Only PUBLIC leads to the site's server, at `site`; every other address leads to `canary`. `log` gets a line for
    each name that is asked for and each address that is dialled.
    """

    def __init__(self) -> None:
        self._table: dict[str, Any] = json.loads(os.environ[TABLE])
        self._asked: Counter[str] = Counter()

    async def lookup(self, host: str, port: int) -> list[str]:
        self._asked[host] += 1
        answers = self._table["names"].get(host) or [_literal(host)]
        answer: list[str] = answers[min(self._asked[host], len(answers)) - 1]
        self._log("lookup", host, *answer)
        return answer

    async def dial(
        self, address: str, port: int, *, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[StreamReader, StreamWriter]:
        self._log("dial", address, str(port))
        to = self._table["site" if address == PUBLIC and port == 80 else "canary"]
        return await super().dial("127.0.0.1", to)

    def _log(self, *words: str) -> None:
        with Path(self._table["log"]).open("a") as log:
            log.write(" ".join(words) + "\n")


def _literal(host: str) -> list[str]:
    """What a resolver makes of a host that is an address in some spelling; any other name leads to this machine."""
    try:
        return [str(socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)[0][4][0])]
    except OSError:
        return ["127.0.0.1"]
