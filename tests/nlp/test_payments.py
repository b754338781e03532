"""What an ad asks to be paid to."""

from __future__ import annotations

import pytest

from nlp.contacts import find_contacts
from nlp.payments import is_account, is_birth_number, is_iban
from nlp.unicode import plain

HITS = [
    ("Vipps 123456", "vipps", "123456", "123456"),
    ("vipps: 54321", "vipps", "54321", "54321"),
    ("Vipps #54321 takk", "vipps", "54321", "#54321"),
    ("Vippsnummer 98 765", "vipps", "98765", "98 765"),
    ("betal med Vipps til 123456.", "vipps", "123456", "123456"),
    ("Vipps bedrift nr. 123456", "vipps", "123456", "123456"),
    ("Vipps 42 00 00 17", "vipps", "+4742000017", "42 00 00 17"),
    ("Vipps １２３４５６", "vipps", "123456", "１２３４５６"),
    ("Swish 123 456 78 90", "swish", "1234567890", "123 456 78 90"),
    ("swisha till 1230001112", "swish", "1230001112", "1230001112"),
    ("Swish-nummer: 123-000 11 12", "swish", "1230001112", "123-000 11 12"),
    ("Swish 070-174 06 05", "swish", "+46701740605", "070-174 06 05"),
    ("MobilePay 123456", "mobilepay", "123456", "123456"),
    ("MobilePay box 12345", "mobilepay", "12345", "12345"),
    ("mobile pay: 654321", "mobilepay", "654321", "654321"),
    ("IBAN NO93 8601 1117 947", "iban", "NO9386011117947", "NO93 8601 1117 947"),
    ("iban: no9386011117947", "iban", "NO9386011117947", "no9386011117947"),
    ("SE45 5000 0000 0583 9825 7466", "iban", "SE4550000000058398257466", "SE45 5000 0000 0583 9825 7466"),
    ("DK50 0040 0440 1162 43", "iban", "DK5000400440116243", "DK50 0040 0440 1162 43"),
    ("FI21 1234 5600 0007 85", "iban", "FI2112345600000785", "FI21 1234 5600 0007 85"),
    ("PL61 1090 1014 0000 0712 1981 2874", "iban", "PL61109010140000071219812874",
     "PL61 1090 1014 0000 0712 1981 2874"),
    ("LT12.1000.0111.0100.1000", "iban", "LT121000011101001000", "LT12.1000.0111.0100.1000"),
    ("RO49AAAA1B31007593840000", "iban", "RO49AAAA1B31007593840000", "RO49AAAA1B31007593840000"),
    ("GB82 WEST 1234 5698 7654 32", "iban", "GB82WEST12345698765432", "GB82 WEST 1234 5698 7654 32"),
    ("DE89-3704-0044-0532-0130-00", "iban", "DE89370400440532013000", "DE89-3704-0044-0532-0130-00"),
    ("Betal til 8601.11.17947", "account", "86011117947", "8601.11.17947"),
    ("Kontonr 8601 11 17947", "account", "86011117947", "8601 11 17947"),
    ("konto: 86011117947", "account", "86011117947", "86011117947"),
    ("depositum til 86011117947 (bankkonto)", "account", "86011117947", "86011117947"),
    ("pay to account 1234.56.78903", "account", "12345678903", "1234.56.78903"),
    ("BTC 1111111111111111111114oLvT2", "bitcoin", "1111111111111111111114oLvT2", "1111111111111111111114oLvT2"),
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
     "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ("ETH:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ethereum", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
     "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
]  # fmt: skip

MISSES = [
    "Vipps eller kontant, 1500 kr timen",
    "Vipps 15000 kr",
    "Vipps 10 000",
    "Vipps 1500",
    "Vipps 25000,-",
    "Vipps ok. Ref 123456",
    "vi har Vipps, 200000 kunder",
    "Swish 1234567",
    "Swish 500 kr",
    "MobilePay 500 kr",
    "mobile pay is fine",
    "IBAN NO93 8601 1117 948",
    "NO93 8601 1117 9471",
    "XNO9386011117947",
    "NO12 timer om dagen",
    "Kontonummer 8601.11.17948",
    "Ref 86011117947",
    "8601 11 17947",
    "konto: 860111179471",
    "konto: 01419010029",
    "org.nr 123 456 785",
    "BTC 1111111111111111111114oLvT3",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "ETH 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
    "internasjonaliseringsprosjektene",
]


@pytest.mark.parametrize(("text", "kind", "value", "quote"), HITS, ids=[text for text, *_ in HITS])
def test_payments(text: str, kind: str, value: str, quote: str) -> None:
    [contact] = find_contacts(plain(text), "text")
    assert (contact.kind, contact.value, contact.quote) == (kind, value, quote)


@pytest.mark.parametrize("text", MISSES)
def test_no_payments(text: str) -> None:
    assert find_contacts(plain(text), "text") == []


@pytest.mark.parametrize(
    ("value", "is_valid"), [("NO9386011117947", True), ("NO9386011117948", False), ("NO3986011117947", False)]
)
def test_iban(value: str, is_valid: bool) -> None:
    assert is_iban(value) is is_valid


def test_accounts_and_birth_numbers_share_their_last_check() -> None:
    assert [is_account("86011117947"), is_birth_number("86011117947")] == [True, False]
    assert [is_account("01419010029"), is_birth_number("01419010029")] == [True, True]  # a made one: month + 40
