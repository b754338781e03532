"""Street addresses of the Nordic countries."""

from __future__ import annotations

import pytest

from nlp.contacts import find_contacts
from nlp.unicode import plain

HITS = [
    ("Storgata 12B, 0184 Oslo", "storgata 12b, 0184 oslo", "Storgata 12B, 0184 Oslo"),
    ("Storgata 12 B 0184 OSLO", "storgata 12b, 0184 oslo", "Storgata 12 B 0184 OSLO"),
    ("møt meg i storgata 12, 0184 oslo i dag", "storgata 12, 0184 oslo", "storgata 12, 0184 oslo"),
    ("Adresse: Storgt. 5, 4006 Stavanger", "storgt 5, 4006 stavanger", "Storgt. 5, 4006 Stavanger"),
    ("Markveien 5 på Grünerløkka", "markveien 5", "Markveien 5"),
    ("Bogstadvn. 12, 0355 Oslo", "bogstadvn 12, 0355 oslo", "Bogstadvn. 12, 0355 Oslo"),
    ("Karl Johans gate 22, Oslo", "karl johans gate 22, oslo", "Karl Johans gate 22, Oslo"),
    ("vi er i Sankt Olavs vei 3", "sankt olavs vei 3", "Sankt Olavs vei 3"),
    ("Strandgata 7, 8622 Mo i Rana", "strandgata 7, 8622 mo i rana", "Strandgata 7, 8622 Mo i Rana"),
    ("Storgata 12, H0203, 0184 Oslo", "storgata 12, 0184 oslo", "Storgata 12, H0203, 0184 Oslo"),
    ("Storgata 12, 3. etg, 0184 Oslo", "storgata 12, 0184 oslo", "Storgata 12, 3. etg, 0184 Oslo"),
    ("Storgata 12\n0184 Oslo", "storgata 12, 0184 oslo", "Storgata 12\n0184 Oslo"),
    ("Storgata 12, NO-0184 Oslo", "storgata 12, 0184 oslo", "Storgata 12, NO-0184 Oslo"),
    ("Storgata 12-14, 0184 Oslo", "storgata 12, 0184 oslo", "Storgata 12-14, 0184 Oslo"),
    ("Jernbanetorget 1, 0154 Oslo", "jernbanetorget 1, 0154 oslo", "Jernbanetorget 1, 0154 Oslo"),
    ("Bryggen 3, 5003 Bergen", None, None),
    ("Sjøbakken 4, Bergen", "sjøbakken 4, bergen", "Sjøbakken 4, Bergen"),
    ("Kungsgatan 5, 111 43 Stockholm", "kungsgatan 5, 111 43 stockholm", "Kungsgatan 5, 111 43 Stockholm"),
    ("Kungsgatan 5, 11143 Stockholm", "kungsgatan 5, 111 43 stockholm", "Kungsgatan 5, 11143 Stockholm"),
    ("Storgatan 8 B, lgh 1102, S-903 26 Umeå", "storgatan 8b, 903 26 umeå", "Storgatan 8 B, lgh 1102, S-903 26 Umeå"),
    ("Södra vägen 10 i Göteborg", "södra vägen 10, göteborg", None),
    ("Vesterbrogade 10, 2. tv, 1620 København V", "vesterbrogade 10, 1620 københavn v",
     "Vesterbrogade 10, 2. tv, 1620 København V"),
    ("Nørregade 4, 8000 Aarhus C", "nørregade 4, 8000 aarhus c", "Nørregade 4, 8000 Aarhus C"),
    ("Parkvej 17", "parkvej 17", "Parkvej 17"),
    ("Mannerheimintie 12 A 3, 00100 Helsinki", "mannerheimintie 12a, 00100 helsinki",
     "Mannerheimintie 12 A 3, 00100 Helsinki"),
    ("Hämeenkatu 5, Tampere", "hämeenkatu 5, tampere", "Hämeenkatu 5, Tampere"),
    ("Adresse Drammens vei 5 b, Oslo", "drammens vei 5b, oslo", "Drammens vei 5 b, Oslo"),
    ("Ｓｔｏｒｇａｔａ　１２, 0184 Oslo", "storgata 12, 0184 oslo", "Ｓｔｏｒｇａｔａ　１２, 0184 Oslo"),
]  # fmt: skip

MISSES = [
    "Vei 5 er stengt",
    "gate 7 på flyplassen",
    "Gate 7, Oslo lufthavn",
    "Jobb på veien 40 timer i uken",
    "Postboks 12, 0184 Oslo",
    "0184 Oslo",
    "Hovedvei 5 km unna",
    "Riksvei 4 er stengt",
    "Fylkesveg 20 går der",
    "Arbeidsplassen 40 ansatte",
    "Lekeplass 3 år",
    "Parken 3 timer",
    "Storgata 40 min unna",
    "Storgata 10:30",
    "Storgata 12.5",
    "Minētie 70 ir",
    "investigate 5 cases",
    "Ved gata 5",
    "2 timer 3000, Oslo 1500",
    "Alder 24, Oslo",
    "",
]


@pytest.mark.parametrize(("text", "value", "quote"), HITS, ids=[text for text, *_ in HITS])
def test_addresses(text: str, value: str | None, quote: str | None) -> None:
    found = find_contacts(plain(text), "text")
    if value is None:
        assert found == []
        return
    [contact] = found
    assert (contact.kind, contact.value) == ("address", value)
    assert contact.quote == (quote or text)


@pytest.mark.parametrize("text", MISSES)
def test_no_addresses(text: str) -> None:
    assert find_contacts(plain(text), "text") == []
