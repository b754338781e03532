"""The rules of the house: who may import whom, and what no file may hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crawler", "spiders", "nlp", "alerts")
MAX_LINES = 350

ALLOWED = {
    "nlp": {"nlp"},
    "crawler": {"crawler"},
    "spiders": {"crawler", "spiders"},
    "alerts": {"alerts", "crawler", "nlp"},
}

# (library, the modules or packages that may import it)
FENCES = {
    "scrapy": ("crawler", "spiders"),
    "playwright": ("crawler.browser", "crawler.rendering"),
    "sqlite_utils": (
        "crawler.database",
        "crawler.store",
        "crawler.migrations",
        "alerts.store",
        "alerts.migrations",
        "alerts.watch.tables",
        "alerts.pictures.tables",
        "alerts.templates.tables",
        "alerts.decisions.tables",
        "alerts.market.tables",
        "alerts.sampling.tables",
    ),
    "sqlite3": ("crawler.database",),
    "spacy": ("nlp",),
    "warcio": ("crawler.evidence", "crawler.verify", "crawler.wacz", "crawler.warcs"),
    "PIL": ("crawler.picture_worker",),
    "numba": ("alerts.compiled",),
    "imagehash": ("crawler.picture_worker",),
    "matplotlib": ("alerts.reports.charts",),
    "h11": ("crawler.client", "crawler.proxy"),
    "cryptography": ("crawler.signing", "crawler.stamps"),
    "rfc3161_client": ("crawler.stamps",),
    "apscheduler": ("crawler.timetable",),
    "psutil": ("crawler.workers",),
    "feedparser": ("spiders.feeds",),
    "starlette": ("alerts",),
    "phonenumbers": ("nlp",),
    "selectolax": ("crawler.htmltree",),
    "lxml": ("spiders.feeds.sitemap",),
    "msgspec": ("alerts",),
    "scipy": ("alerts.population", "alerts.sampling.audit"),
    "statsmodels": (),  # the tests hold our fits against it; loading it takes longer than all estimators
}


@cache
def modules() -> dict[str, Path]:
    """The Python files of the four packages by their dotted names."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Every module that `name` imports, in full, with the line; `from a import b` gives a and a.b."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}:{node.lineno}: relative import"
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def is_within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_all_four_packages_are_looked_at() -> None:
    assert {name.partition(".")[0] for name in modules()} == set(PACKAGES)
    assert len(modules()) > 40


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_only_the_rooms_below(package: str) -> None:
    wrong = {
        f"{name}:{line} imports {target}"
        for name in modules()
        if is_within(name, (package,))
        for target, line in imports(name)
        if target.partition(".")[0] in PACKAGES and target.partition(".")[0] not in ALLOWED[package]
    }
    assert wrong == set()


@pytest.mark.parametrize(("library", "places"), FENCES.items(), ids=FENCES)
def test_library_stays_behind_its_fence(library: str, places: tuple[str, ...]) -> None:
    users = {name for name in modules() for target, _ in imports(name) if target.partition(".")[0] == library}
    assert {name for name in users if not is_within(name, places)} == set()


def deferred(name: str) -> list[int]:
    """Lines of imports inside a function."""
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node.lineno for f in functions for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_import_is_deferred() -> None:
    assert {name: lines for name in modules() if (lines := deferred(name))} == {}


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name: {target for target, _ in imports(name) if target in modules()} - {name} for name in modules()}
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & set(left)]:
        for name in free:
            del left[name]
    assert left == {}


def test_no_file_is_too_long() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def broad_handlers(name: str) -> list[int]:
    """Lines of `except:`, `except Exception` and `except BaseException` that do not raise again."""
    return [node.lineno for node in ast.walk(tree(name)) if isinstance(node, ast.ExceptHandler) and is_broad(node)]


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    raises = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return not raises and (handler.type is None or bool(names & {"Exception", "BaseException"}))


def test_no_exception_is_caught_blindly() -> None:
    assert {name: lines for name in modules() if (lines := broad_handlers(name))} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name in modules() if not ast.get_docstring(tree(name))] == []


@pytest.mark.parametrize(
    ("code", "broad"),
    [
        ("except Exception: pass", True),
        ("except: pass", True),
        ("except (OSError, BaseException): x = 1", True),
        ("except BaseException:\n  x = 1\n  raise", False),
        ("except OSError: pass", False),
    ],
)
def test_broad_handler_is_recognised(code: str, broad: bool) -> None:
    (node,) = [node for node in ast.walk(ast.parse(f"try: x = 0\n{code}")) if isinstance(node, ast.ExceptHandler)]
    assert is_broad(node) is broad
