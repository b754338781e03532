"""A unit's own list of wording about youth, read in place of the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.youth_list import OWN_LIST, SHIPPED, with_own_list

FILES = [Path("catalogue/a_age.toml"), Path("catalogue") / SHIPPED]


def test_the_shipped_list_stays_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OWN_LIST, raising=False)
    assert with_own_list(FILES) == FILES


def test_the_named_list_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OWN_LIST, "/secured/youth_terms.toml")
    assert with_own_list(FILES) == [FILES[0], Path("/secured/youth_terms.toml")]


def test_another_folder_without_such_a_list_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OWN_LIST, "/secured/youth_terms.toml")
    assert with_own_list(FILES[:1]) == FILES[:1]
