"""Block pages and captchas: a site that shows one does not want to be crawled now, and is left alone."""

from __future__ import annotations

_LOOK = 128 * 1024  # bytes of a page that are looked through
# Marks of the pages that stand in front of a site, by what sends them (names as in their own scripts and headers).
_MARKS = {
    b"/cdn-cgi/challenge-platform/": "a Cloudflare challenge",
    b"cf-chl-": "a Cloudflare challenge",
    b"attention required! | cloudflare": "a Cloudflare block page",
    b"captcha-delivery.com": "a DataDome captcha",
    b"_incapsula_resource": "an Imperva challenge",
    b"px-captcha": "a PerimeterX captcha",
    b"g-recaptcha": "a reCAPTCHA",
    b"recaptcha/api.js": "a reCAPTCHA",
    b"h-captcha": "an hCaptcha",
    b"hcaptcha.com/1/api.js": "an hCaptcha",
    b"challenges.cloudflare.com/turnstile": "a Turnstile captcha",
    b"awswafcaptcha": "an AWS captcha",
    b"are you a robot": "a question whether we are a robot",
    b"er du en robot": "a question whether we are a robot",
}
_REFUSALS = {401, 403, 405, 406, 429, 503}


def find_block(status: int, body: bytes, *, gave_nothing: bool) -> str:
    """What stands in front of the site, in words; "" where nothing does.

    An ordinary page may carry a captcha for its contact form: a page with status 200 is a block page
    only if it `gave_nothing`, neither ads nor links.
    """
    if status not in _REFUSALS and not (status == 200 and gave_nothing):
        return ""
    page = body[:_LOOK].lower()
    return next((name for mark, name in _MARKS.items() if mark in page), "")
