"""The fields of a stored ad by the names that spans use."""

from __future__ import annotations

from crawler.observation import Observation

TEXT_FIELDS = ("title", "text", "location", "name", "age", "price", "salary", "employer", "org_number")
LIST_FIELDS = ("phones", "emails", "handles")


def ad_fields(observation: Observation) -> dict[str, str]:
    """Field name -> stored text of one version: title, text …; a list item is phones.0, phones.1 …"""
    document = observation.document
    fields = {name: document[name] for name in TEXT_FIELDS if document.get(name)}
    for name in LIST_FIELDS:
        fields |= {f"{name}.{i}": value for i, value in enumerate(document.get(name, ()))}
    return fields
