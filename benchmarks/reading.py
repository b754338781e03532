"""The whole reading of ads, by stage, with three peers in the same run that each do one part of it."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import spacy
from lingua import IsoCode639_1, LanguageDetectorBuilder
from phonenumbers import PhoneNumberMatcher
from spacy.matcher import PhraseMatcher

from nlp import reader
from nlp.catalog_file import catalogue
from nlp.language import identify
from spiders.demo.market import build_sample

LENGTH = 600  # characters of an ad; shorter ones are joined, so that the figures can be held against others'
ADS = 2000
LINGUA = ("en", "nb", "nn", "sv", "da", "fi", "de", "pl", "lt", "lv", "et", "ro", "bg", "hu", "uk", "ru", "es", "th")
STAGES = {
    "text": "_plain_fields", "language": "identify", "stretches": "find_stretches", "ages": "find_ages",
    "phones": "find_phones", "split phones": "find_split_phones", "contacts": "find_contacts",
    "places": "find_localities", "names": "find_names", "persons": "count_persons", "pay": "find_pay",
    "tours": "find_tours", "traits": "find_traits", "indicators": "find_indicators",
}  # fmt: skip


def run(_: Path | None) -> None:
    began = time.process_time()
    reader.read(["Everything is loaded, ring 42 00 00 17."])
    print(f"loaded in {time.process_time() - began:.1f} CPU s, after the imports")
    ads, kinds = _ads()
    gc.freeze()  # as the processes that read do once they are loaded
    whole = _seconds(lambda: reader.read(ads, kinds=kinds))
    print(f"{len(ads)} generated ads of {sum(map(len, ads)) / len(ads):.0f} characters on one core")
    print(f"  whole reading: {len(ads) / whole:,.0f} ads a CPU second (goal: 400 or more)")
    print(f"  one ad by itself: {_one(ads, kinds):.1f} ms (goal: 5 or less)")
    print("by stage, CPU microseconds an ad (measured one by one, so the sum is a little above the whole):")
    for stage, seconds in _stages(ads, kinds).most_common():
        print(f"  {seconds / len(ads) * 1e6:7.0f}  {stage}")
    print("peers on the same ads, ads a CPU second:")
    for name, peer in PEERS.items():
        work = peer()
        work(ads[:50])
        print(f"  {len(ads) / _seconds(lambda work=work: work(ads)):9,.0f}  {name}")  # type: ignore[misc]


def _ads() -> tuple[list[str], list[str]]:
    """Ads of LENGTH characters, each in one language, of the sample market's wording, no two the same."""
    texts: list[str] = []
    kinds: list[str] = []
    parts: dict[tuple[str, str], str] = {}
    for seed in count():
        for post in build_sample(seed).posts:
            form = (post.kind, post.language)
            parts[form] = f"{parts.get(form, '')}{post.title}. {post.text}\n"
            if len(parts[form]) >= LENGTH:
                texts.append(parts.pop(form)[:LENGTH])
                kinds.append(post.kind)
        if len(texts) >= ADS:
            break
    return texts[:ADS], kinds[:ADS]


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _one(ads: Sequence[str], kinds: Sequence[str]) -> float:
    """Milliseconds for one ad, the median of a hundred."""
    each = sorted(_seconds(lambda n=n: reader.read([ads[n]], kinds=[kinds[n]])) for n in range(100))  # type: ignore[misc]
    return each[50] * 1000


def _stages(ads: Sequence[str], kinds: Sequence[str]) -> Counter[str]:
    """CPU seconds of each stage of one whole reading."""
    spent: Counter[str] = Counter()
    kept = {name: getattr(reader, name) for name in STAGES.values()}
    try:
        for stage, name in STAGES.items():
            setattr(reader, name, _timed(kept[name], stage, spent))
        spent["the rest"] = _seconds(lambda: reader.read(list(ads), kinds=list(kinds)))
    finally:
        for name, function in kept.items():
            setattr(reader, name, function)
    spent["the rest"] -= sum(seconds for stage, seconds in spent.items() if stage != "the rest")
    return spent


def _timed(inner: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return inner(*args, **kwargs)
        finally:
            spent[stage] += time.process_time() - began

    return timed


Peer = Callable[[Sequence[str]], object]


def _phone_peer() -> Peer:
    return lambda ads: [[match.number for match in PhoneNumberMatcher(ad, "NO")] for ad in ads]


def _lingua() -> Peer:
    codes = [getattr(IsoCode639_1, code.upper()) for code in LINGUA]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
    return lambda ads: [detector.detect_language_of(ad) for ad in ads]


def _spacy() -> Peer:
    """The catalogue's phrases as they stand, without their choices: what the library does by itself."""
    language = spacy.blank("xx")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for entry in catalogue().values():
        phrases = [phrase for texts in entry.phrases.values() for phrase in texts if not set("[](|.") & set(phrase)]
        if phrases:
            matcher.add(entry.id, list(language.tokenizer.pipe(phrases)))
    return lambda ads: [matcher(doc) for doc in language.tokenizer.pipe(ads)]


PEERS: dict[str, Callable[[], Peer]] = {
    "libphonenumber's matcher, phones alone": _phone_peer,
    "lingua, language alone": _lingua,
    "our language alone": lambda: identify,
    "spaCy tokens and PhraseMatcher": _spacy,
}
