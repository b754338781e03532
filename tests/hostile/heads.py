"""Status lines, headers and connections that are no honest HTTP."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

from tests.crawler.samples import ad_page
from tests.hostile.behaviour import Behaviour
from tests.hostile.wire import Act, Talk, answer, head, says, streams

OK = b"HTTP/1.1 200 OK\r\n"
PAGE = ad_page(1).encode()
BAD = ("bad_response",)
FLOOD = ("header_flood",)


def headers(count: int, line: str) -> Callable[[], Iterator[bytes]]:
    def parts() -> Iterator[bytes]:
        for start in range(0, count, 1000):
            yield "".join(line.format(i) for i in range(start, min(count, start + 1000))).encode()

    return parts


def slowloris(talk: Talk) -> None:
    talk.send(OK)
    for i in itertools.count():
        talk.send(b"X-%d: a\r\n" % i)
        time.sleep(0.5)
        if talk.stopping.is_set():
            return


def slow_early_hints(talk: Talk) -> None:
    while not talk.stopping.is_set():
        talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        time.sleep(1.7)


def with_length(*lengths: str) -> Act:
    return says(head(*(f"Content-Length: {length}" for length in lengths)) + PAGE)


def reset_at_once(talk: Talk) -> None:
    talk.reset()


def reset_in_the_middle(talk: Talk) -> None:
    talk.send(head("Content-Length: 99999") + PAGE)
    time.sleep(0.1)
    talk.reset()


def two_answers(talk: Talk) -> None:
    """The second would be taken for the answer to the next request."""
    kept = answer(ad_page(1)).replace(b"Connection: close\r\n", b"")
    talk.send(kept + answer(ad_page("smuggled")).replace(b"Connection: close\r\n", b""))
    talk.wait(3)


FLOODS = (
    Behaviour("a million headers", streams(OK, headers(1_000_000, "X-{}: a\r\n")), FLOOD),
    Behaviour("endless headers", streams(OK, lambda: itertools.repeat(b"a: b\r\n" * 9999)), FLOOD),
    Behaviour("as many headers as are taken", says(OK + b"a:\r\n" * 32_000 + b"Content-Length: 0\r\n\r\n"), (),
              ("excluded",)),
    Behaviour("header line of a megabyte", says(OK + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n" + PAGE), FLOOD),
    Behaviour("status line of a megabyte", says(b"HTTP/1.1 200 " + b"a" * 1_000_000 + b"\r\n\r\n" + PAGE), FLOOD),
    Behaviour("cookie flood", streams(OK, headers(2000, "Set-Cookie: c{}=" + "x" * 4000 + "\r\n")), FLOOD),
    Behaviour("endless early hints", streams(b"", lambda: itertools.repeat(b"HTTP/1.1 103 x\r\n\r\n" * 999)), BAD),
    Behaviour("folded header", says(OK + b"X: a\r\n" + b" a\r\n" * 200_000 + b"\r\n"), FLOOD),
)  # fmt: skip

SLOW = (
    Behaviour("slowloris", slowloris, ("too_slow",)),
    Behaviour("early hints for ever", slow_early_hints, ("too_slow", "bad_response")),
)

NO_HTTP = (
    Behaviour("header without colon", says(OK + b"nonsense\r\n\r\n" + PAGE), BAD),
    Behaviour("NUL in a header", says(OK + b"X: a\0b\r\n\r\n" + PAGE), BAD),
    Behaviour("length that is no number", with_length("abc"), BAD),
    Behaviour("negative length", with_length("-1"), BAD),
    Behaviour("two lengths", with_length("10", "500"), BAD),
    Behaviour("length of a thousand digits", with_length("9" * 1000), (*BAD, "too_large")),
    Behaviour("same length twice", with_length(str(len(PAGE)), str(len(PAGE))), at="/ad/1", states=("done",), ads=1),
    Behaviour("length and chunks", says(head("Content-Length: 3", "Transfer-Encoding: chunked") + b"%x\r\n" % len(PAGE)
              + PAGE + b"\r\n0\r\n\r\n"), at="/ad/1", states=("done",), ads=1),
    Behaviour("unknown transfer encoding", says(head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n"), BAD),
    Behaviour("HTTP 0.9", says(PAGE), BAD),
    Behaviour("garbage", says(bytes(range(256)) * 40), BAD),
    Behaviour("status of five digits", says(b"HTTP/1.1 20000 OK\r\n\r\n"), BAD),
    Behaviour("status 999", says(answer(PAGE, status="999 Denied"))),
    Behaviour("upgrade nobody asked for", says(b"HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), BAD),
    Behaviour("HTTP 2 preface", says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), BAD),
    Behaviour("reset", reset_at_once),
    Behaviour("reset in the middle", reset_in_the_middle),
    Behaviour("closed without a word", says(b"")),
    Behaviour("two answers to one request", two_answers, at="/ad/1", states=("done",), ads=1),
    Behaviour("not modified without a question", says(answer(b"", status="304 Not Modified"))),
    Behaviour("partial content", says(answer(b"", status="206 Partial Content")), states=("excluded",)),
    Behaviour("plain HTTP where TLS is asked for", says(answer(PAGE)), ("tls", "robots"), ("queued",), scheme="https"),
)  # fmt: skip
