"""Check digits of cryptocurrency addresses."""

from __future__ import annotations

import hashlib

import pytest

from nlp.coins import coin_of, keccak256

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(raw: bytes) -> str:
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def checked(version: int, body: bytes = bytes(range(1, 21))) -> str:
    raw = bytes([version]) + body
    return base58(raw + hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4])


def monero(prefix: int, size: int = 64) -> str:
    raw = bytes([prefix]) + bytes(index * 7 % 256 for index in range(size))
    raw += keccak256(raw)[:4]
    blocks = [raw[at : at + 8] for at in range(0, len(raw), 8)]
    return "".join(base58(block).rjust(11 if len(block) == 8 else 7, "1") for block in blocks)


def test_keccak() -> None:
    """Values that the makers of Keccak publish for no message and for "abc"."""
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert keccak256(b"a" * 136) != keccak256(b"a" * 137)


ADDRESSES = [
    (checked(0x00), "bitcoin"),
    (checked(0x05), "bitcoin"),
    ("1111111111111111111114oLvT2", "bitcoin"),
    (checked(0x30), "litecoin"),
    (checked(0x32), "litecoin"),
    (checked(0x41), "tron"),
    # Test vectors of BIP 173 and BIP 350, and of EIP-55.
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bitcoin"),
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bitcoin"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bitcoin"),
    ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ethereum"),
    ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "ethereum"),
    ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ethereum"),
    (monero(18), "monero"),
    (monero(42), "monero"),
    (monero(19, 72), "monero"),
]


@pytest.mark.parametrize(("address", "coin"), ADDRESSES)
def test_addresses(address: str, coin: str) -> None:
    assert coin_of(address) == coin


@pytest.mark.parametrize("address", [address for address, _ in ADDRESSES if address != address.lower()])
def test_one_letter_else(address: str) -> None:
    middle = len(address) // 2
    other = "x" if address[middle] not in "xX" else "z"
    assert coin_of(address[:middle] + other + address[middle + 1 :]) is None


@pytest.mark.parametrize(
    "address",
    [
        checked(0x6F),  # a test network
        monero(53),  # another one
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # the sum of bech32 where bech32m is due
        "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "abcdefghijklmnopqrstuvwxyzabcd",
        "0" * 34,
        "bc1",
        "",
    ],
)
def test_no_addresses(address: str) -> None:
    assert coin_of(address) is None
