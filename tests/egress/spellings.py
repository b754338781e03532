"""URLs that lead inwards, as each way of fetching is tempted with them. The first is always the plainest."""

from __future__ import annotations

from collections.abc import Sequence


def spellings(host: str, port: int) -> list[str]:
    """URLs that lead, in some reader's eyes, to a port of 127.0.0.1; `host` is the site's own, as a disguise."""
    names = (
        "127.0.0.1", "localhost", "LOCALHOST", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
        "017700000001", "127.1", "127.0.1", "0", "0.0.0.0", "127.0.0.2", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1",
        "127.0.0.1%2e", "%31%32%37.0.0.1", f"{host}@127.0.0.1", f"{host}:80@127.0.0.1", "127.0.0.1\u00ad",
        "inside.example",
    )  # fmt: skip
    return [
        *(f"http://{name}:{port}/" for name in names),
        f"//127.0.0.1:{port}/", f"\\\\127.0.0.1:{port}\\", f"/\\127.0.0.1:{port}/", f"http:\\\\127.0.0.1:{port}\\",
        f"http:///127.0.0.1:{port}/", f"http:/127.0.0.1:{port}/", f"HTTP://127.0.0.1:{port}/",
        f"https://127.0.0.1:{port}/", f" http://127.0.0.1:{port}/ ", f"ht\ntp://127.0.0.1:{port}/",
        f"http://127.0.\t0.1:{port}/", f"http://{host}#@127.0.0.1:{port}/", f"http://{host}\\@127.0.0.1:{port}/",
        "http://127.0.0.1/", "http://127.0.0.1:22/", "http://127.0.0.1:6379/", "ftp://127.0.0.1/",
        "gopher://127.0.0.1:6379/_x", "ws://127.0.0.1/", "data:text/html,x", "javascript:alert(1)", "http://[::1",
        "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://10.0.0.1/",
    ]  # fmt: skip


def browser_spellings(host: str, port: int) -> list[str]:
    """What a browser may take another way than we do; few, for many routes show a page for each."""
    return [f"http://127.0.0.1:{port}/", f"http://localhost:{port}/"]


def inner_host(route: str) -> str:
    """A host that its site file calls the site's own, and that leads to this machine."""
    return f"in-{route}.example"


def internet_spellings(route: str) -> list[str]:
    """Every one of them names the route, by its host or in its path."""
    inner = inner_host(route)
    return [
        f"http://{inner}/", f"http://2130706433/{route}/", f"http://169.254.169.254/{route}/", f"//0x7f.1/{route}/",
        f"http://100.64.0.1/{route}/", f"http://127.0.0.1/{route}/", f"http://{inner}:22/",
    ]  # fmt: skip


def is_of(route: str, leak: str) -> bool:
    """Does what a canary of that internet heard name the route?"""
    return inner_host(route) in leak or f"/{route}/" in leak


def few(urls: Sequence[str], most: int) -> list[str]:
    """At most `most` of them, from first to last."""
    step = -(-len(urls) // (most - 1)) if len(urls) > most else 1
    return list(dict.fromkeys([*urls[::step], urls[-1]]))
