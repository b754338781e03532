"""The site files in docs/feeds.md are ones: each block loads, and its family finds where to begin."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from crawler.parsing import FAMILIES
from crawler.sites import FeedRules, load_site

PAGE = (Path(__file__).parents[3] / "docs" / "feeds.md").read_text(encoding="utf-8")
BLOCKS = {tomllib.loads(block)["name"]: block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)}


@pytest.mark.parametrize("name", BLOCKS)
def test_documented_site_file_is_a_good_one(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.toml").write_text(BLOCKS[name], encoding="utf-8")
    site = load_site(tmp_path / f"{name}.toml")
    family = importlib.import_module(FAMILIES[site.spider])
    assert all(link.url.startswith(site.start[0]) and link.kind == "list" for link in family.seeds(site, None))
    assert family.seeds(site, None)


def test_every_family_of_feeds_is_documented() -> None:
    families = {tomllib.loads(block)["spider"] for block in BLOCKS.values()}
    assert families == {name for name, module in FAMILIES.items() if module.startswith("spiders.feeds.")}


def test_every_key_of_a_feed_is_documented() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(FeedRules.model_fields)
