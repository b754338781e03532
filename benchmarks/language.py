"""The language reader: right answers by language, confusions and texts per CPU second, beside others."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nlp.language import UNDETERMINED, identify
from spiders.demo.market import build_sample

Identify = Callable[[Sequence[str]], list[str]]

GENERATED = 8  # sample markets, each from its own seed
NORWEGIAN = dict.fromkeys(("nb", "nn", "no"), "no")


def run(data: Path | None) -> None:
    """Measure on lid/sentences/<language>.txt of `data` (a sentence a line), else on the speed of generated ads."""
    rows = [row for path in sorted((data / "lid" / "sentences").glob("*.txt")) for row in _load(path)] if data else []
    if not rows:
        _speed([post.text for seed in range(GENERATED) for post in build_sample(seed).posts])
        return
    languages = sorted({language for language, _ in rows})
    for name, one in {"varde": identify, "py3langid": _py3langid(languages), "lingua": _lingua(languages)}.items():
        if one is None:
            print(f"{name:10} not installed")
        else:
            _report(name, rows, one)


def _load(path: Path) -> list[tuple[str, str]]:
    return [(path.stem, line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _speed(texts: list[str]) -> None:
    identify(texts[:1])
    began = time.process_time()
    found = identify(texts)
    seconds = time.process_time() - began
    print(f"{len(texts)} ads, {len(texts) / seconds:,.0f} per CPU second: {dict(Counter(found).most_common(8))}")


def _report(name: str, rows: list[tuple[str, str]], one: Identify) -> None:
    one([rows[0][1]])
    began = time.process_time()
    found = one([text for _, text in rows])
    seconds = time.process_time() - began
    told = [(gold, said) for (gold, _), said in zip(rows, found, strict=True) if said != UNDETERMINED]
    merged = sum(NORWEGIAN.get(gold, gold) == NORWEGIAN.get(said, said) for gold, said in told) / len(told)
    forms = [(gold, "nb" if said == "no" else said) for gold, said in told if gold in NORWEGIAN and said in NORWEGIAN]
    by_form = {form: _share([gold == said for gold, said in forms if gold == form]) for form in ("nb", "nn")}
    wrong = Counter(pair for pair in told if NORWEGIAN.get(pair[0], pair[0]) != NORWEGIAN.get(pair[1], pair[1]))
    print(f"{name:10} {merged:.4f} with Norwegian as one; {len(told)} of {len(rows)} told")
    print(f"           nb {by_form['nb']:.3f}, nn {by_form['nn']:.3f} of those told as Norwegian")
    print(f"           {len(rows) / seconds:,.0f} texts per CPU second")
    print("           " + ", ".join(f"{gold}>{said} {count}" for (gold, said), count in wrong.most_common(10)))
    if name == "varde":
        _by_language(told)


def _by_language(told: list[tuple[str, str]]) -> None:
    for language in sorted({gold for gold, _ in told}):
        share = _share([gold == said for gold, said in told if gold == language])
        print(f"           {language} {share:.3f}")


def _share(right: list[bool]) -> float:
    return sum(right) / max(1, len(right))


def _py3langid(languages: Sequence[str]) -> Identify:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["no" if language == "nb" else language for language in languages])
    return lambda texts: [str(identifier.classify(text)[0]) for text in texts]


def _lingua(languages: Sequence[str]) -> Identify | None:
    """lingua over the same languages, where it is installed: no part of the project."""
    try:
        lingua = importlib.import_module("lingua")
    except ImportError:
        return None
    codes = [getattr(lingua.IsoCode639_1, language.upper()) for language in languages]
    detector = lingua.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def identify_with_lingua(texts: Sequence[str]) -> list[str]:
        found = [detector.detect_language_of(text) for text in texts]
        return [each.iso_code_639_1.name.lower() if each else UNDETERMINED for each in found]

    return identify_with_lingua
