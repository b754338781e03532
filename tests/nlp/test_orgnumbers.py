from __future__ import annotations

import pytest

from nlp.orgnumbers import is_org_number


# Two public bodies' numbers that the Brønnøysund register publishes as examples of the check digit.
@pytest.mark.parametrize("number", ["889640782", "974760673", "974 760 673"])
def test_valid(number: str) -> None:
    assert is_org_number(number)


@pytest.mark.parametrize("number", ["889640783", "123456785", "97476067", "9747606730", "", "abc", "٩٧٤٧٦٠٦٧٣"])
def test_not_valid(number: str) -> None:
    assert not is_org_number(number)
