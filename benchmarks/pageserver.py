"""A quick loopback server for benchmarks, in a process of its own: python -m benchmarks.pageserver ADS BYTES."""

from __future__ import annotations

import asyncio
import sys
from asyncio import StreamReader, StreamWriter

A_LIST = 100  # ads on one list page


def pages(ads: int, size: int) -> dict[bytes, bytes]:
    """Every answer by its path: list pages that lead to ad pages of about `size` bytes."""
    found = {b"/robots.txt": _answer(b"User-agent: *\nDisallow: /private\n", b"text/plain")}
    for first in range(0, ads, A_LIST):
        links = "".join(f'<li><a class="ad" href="/ad/{n}">ad {n}</a>' for n in range(first, min(ads, first + A_LIST)))
        after = f'<a class="next" href="/list/{first + A_LIST}">next</a>' if first + A_LIST < ads else ""
        found[f"/list/{first}".encode()] = _answer(f"<!doctype html><title>list</title>{links}{after}".encode())
    for number in range(ads):
        found[f"/ad/{number}".encode()] = _answer(_ad(number, size).encode())
    return found


def _ad(number: int, size: int) -> str:
    phone = f"42 00 {number // 100 % 100:02} {number % 100:02}"
    text = f"Room {number} near the harbour, by the day or the week, call before noon. "
    page = (
        f'<!doctype html><html><head><title>Ad {number}</title></head><body><h1>Ad {number}</h1><p class="id">{number}'
        f'</p><div class="text"><p>{text * 8}</p></div><p class="phone">{phone}</p>'
    )
    row = '<div class="row"><a href="/about/{}">about</a> <span data-x="{}">more of the site</span></div>\n'
    rows = "".join(row.format(n, n) for n in range(max(0, size - len(page)) // len(row)))
    return f"{page}<nav>{rows}</nav></body></html>"


def _answer(body: bytes, kind: bytes = b"text/html; charset=utf-8") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(body), body)


async def serve(answers: dict[bytes, bytes]) -> None:
    async def talk(reader: StreamReader, writer: StreamWriter) -> None:
        while head := await reader.readline():
            path = head.split()[1]
            while (await reader.readline()).strip():
                pass
            writer.write(answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(pages(int(sys.argv[1]), int(sys.argv[2]))))
