"""Pages that mean harm to the browser that shows them, for every suite that renders."""

from __future__ import annotations

import selectors
import socket
import threading
from types import TracebackType
from typing import Self

_LATER = "<p class='id'>1</p><div class='text'>A text.</div><p class='phone'>42 00 00 17</p>"


class Canary:
    """A TCP and a UDP socket on one port of loopback, in a `with` block: every byte or connection is a leak."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self._tcp, self._udp = self._pair()
        self.netloc = f"127.0.0.1:{self._tcp.getsockname()[1]}"
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @staticmethod
    def _pair() -> tuple[socket.socket, socket.socket]:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(tcp.getsockname())
        return tcp, udp

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.close()
        self._thread.join(5)
        for each in (self._tcp, self._udp, self._stopped):
            each.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as chosen:
            for each in (self._tcp, self._udp, self._stopped):
                chosen.register(each, selectors.EVENT_READ)
            while self._stopped not in (ready := [key.fileobj for key, _ in chosen.select()]):
                for each in ready:
                    self._take(each)

    def _take(self, ready: object) -> None:
        """Note what came; answer what would tempt a browser."""
        if ready is self._udp:
            self.leaks.append(f"udp {self._udp.recv(2000)!r}")
        else:
            with self._tcp.accept()[0] as connection:
                connection.settimeout(1)
                try:
                    self.leaks.append(f"tcp {connection.recv(2000)!r}")
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nSECRET")
                except OSError as error:
                    self.leaks.append(f"tcp connection ({error})")


def escapes(canary: str) -> dict[str, str]:
    """Pages by the way in which each tries to reach http://`canary` (host:port), or a file."""
    url = f"http://{canary}"
    return {
        "img": f"<img src='{url}/a.gif'><img srcset='{url}/b.gif 2x'><picture><source srcset='{url}/c'><img></picture>",
        "script": f"<script src='{url}/a.js'></script><script type=module src='{url}/b.js'></script>",
        "css": f"<link rel=stylesheet href='{url}/a.css'><style>@import '{url}/b.css'; p {{background: url({url}/c)}}"
        f"@font-face {{font-family: x; src: url({url}/d)}} p {{font-family: x}}</style><p>x</p>",
        "iframe": f"<iframe src='{url}/a'></iframe><object data='{url}/b'></object><embed src='{url}/c'>",
        "srcdoc": f"<iframe srcdoc=\"<script>fetch('{url}/a')</script><img src='{url}/b'>\"></iframe>",
        "fetch": _script(f"fetch('{url}/a', {{mode: 'no-cors'}}); const x = new XMLHttpRequest();"
                         f"x.open('POST', '{url}/b'); x.send('x');"),
        "beacon": _script(f"navigator.sendBeacon('{url}/a', 'x')"),
        "websocket": _script(f"new WebSocket('ws://{canary}/a'); new WebSocket('wss://{canary}/b')"),
        "eventsource": _script(f"new EventSource('{url}/a')"),
        "worker": _script(f"new Worker(URL.createObjectURL(new Blob([\"fetch('{url}/a', {{mode: 'no-cors'}})\"])))"),
        "hints": "".join(f"<link rel={rel} href='{url}/{rel}'>" for rel in (
            "prefetch", "preconnect", "dns-prefetch", "preload", "modulepreload", "prerender", "icon", "manifest")),
        "speculation": f"<script type=speculationrules>{{\"prerender\": [{{\"urls\": [\"{url}/a\"]}}]}}</script>",
        "redirected-frame": "<iframe src='/to-canary'></iframe><script src='/to-canary'></script>",
        # the frame whose document is open holds the page's load event until the answer has come
        "redirected-fetch": "<body>" + _script(
            "const f = document.createElement('iframe'); document.body.append(f); f.contentDocument.open();"
            "fetch('/to-canary', {mode: 'no-cors'}).then(r => r.text()).then(t => document.body.append(t))"
            ".catch(() => 0).finally(() => f.contentDocument.close())"),
        "meta-refresh": f"<meta http-equiv=refresh content='0; url={url}/a'>",
        "location": _script(f"setTimeout(() => location.href = '{url}/a')"),
        "popup": _script(f"open('{url}/a'); open('/to-canary'); const a = document.createElement('a');"
                         f"a.href = '{url}/b'; a.target = '_blank'; document.body.append(a); a.click();"),
        "service-worker": _script("navigator.serviceWorker?.register('/service.js').catch(() => 0)"),
        "webrtc": _script(f"const p = new RTCPeerConnection({{iceServers: [{{urls: ['stun:{canary}', "
                          f"'turn:{canary}?transport=udp', 'turn:{canary}?transport=tcp'], username: 'x', "
                          f"credential: 'x'}}]}}); p.createDataChannel('x'); p.createOffer().then(o => "
                          f"p.setLocalDescription(o));"),
        "webtransport": _script(f"new WebTransport('https://{canary}/a').ready.catch(() => 0)"),
        "form": f"<form id=f method=post action='{url}/a'><input name=x value=y></form>" + _script("f.submit()"),
        "base": f"<base href='{url}/'><script src='a.js'></script><img src='b.gif'>" + _script("fetch('c')"),
        "ping": f"<a id=a href='#x' ping='{url}/a'>x</a>" + _script("a.click()"),
        "javascript": f"<iframe src=\"javascript:fetch('{url}/a')\"></iframe>"
                      + _script(f"location.href = \"javascript:void fetch('{url}/b')\""),
        "data-frame": f"<iframe src=\"data:text/html,<script>fetch('{url}/a')</script><img src='{url}/b'>\"></iframe>",
        "download": f"<a id=a href='{url}/a' download>x</a>" + _script("a.click()"),
        "file-frame": "<iframe src='file:///etc/hostname'></iframe>"
                      + _script("fetch('file:///etc/hostname').then(r => r.text()).then(t => document.body.append(t))"),
        "file-location": _script("setTimeout(() => location.href = 'file:///etc/hostname')"),
    }  # fmt: skip


def escape_routes(canary: str) -> dict[str, str]:
    """The pages of `escapes` by path. A server of them also answers /to-canary and /service.js."""
    return {f"/{name}": f"<!doctype html><title>{name}</title>{_LATER}{page}" for name, page in escapes(canary).items()}


def service_script(canary: str) -> str:
    return f"self.oninstall = () => fetch('http://{canary}/service', {{mode: 'no-cors'}})"


def _script(text: str) -> str:
    return f"<body><script>addEventListener('DOMContentLoaded', () => {{ {text} }})</script>"


# Pages that never end, or take what they can get.
ENDLESS = {
    "while": "<script>while (1);</script>",
    "while after load": "<script>onload = () => setTimeout(() => { while (1); })</script>",
    "alerts": "<script>onload = () => setTimeout(() => { while (1) alert(1); })</script>",
    "prompt at leaving": "<script>onbeforeunload = () => 'x'; onload = () => setTimeout(() => location.reload())"
                         "</script>",
    "reloads": "<script>onload = () => location.reload()</script>",
    "popups": "<p>x</p><script>for (let i = 0; i < 50; i++) open('/popup?' + i)</script>",
    "memory": "<script>const kept = []; setInterval(() => { for (let i = 0; i < 8; i++) "
              "kept.push(new Uint8Array(16e6).fill(7)); }, 20)</script>",
    "dom": "<script>onload = () => setInterval(() => { for (let i = 0; i < 20000; i++) "
           "document.body.append(document.createElement('p'), 'x'.repeat(100)); }, 10)</script>",
    "history": "<script>onload = () => { for (let i = 0; ; i++) history.pushState(0, '', '?' + i); }</script>",
    "console": "<script>setInterval(() => { for (let i = 0; i < 99; i++) console.log('x'.repeat(1e5)); }, 9)</script>",
}  # fmt: skip
