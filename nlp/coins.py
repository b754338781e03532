"""Checks addresses of cryptocurrencies by the check digits that each scheme builds in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from nlp.reading import ContactKind

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)  # BIP 173
_BECH32_ENDS = {"bech32": 1, "bech32m": 0x2BC830A3}  # BIP 173, BIP 350
_VERSIONS: dict[int, ContactKind] = {0x00: "bitcoin", 0x05: "bitcoin", 0x30: "litecoin", 0x32: "litecoin", 0x41: "tron"}
_PREFIXES: dict[str, ContactKind] = {"bc": "bitcoin", "ltc": "litecoin"}
_MONERO = {95: 69, 106: 77}  # characters of an address and its bytes; standard and sub-addresses, integrated
_MONERO_PREFIXES = frozenset({18, 19, 42})
_MONERO_BLOCK = 11  # characters that stand for eight bytes
_MONERO_REST = {7: 5, 11: 8}  # characters of a block and its bytes; the two lengths leave 7 and 7

_MASK = (1 << 64) - 1
_RATE = 136  # bytes that Keccak-256 takes at once
_KECCAK_ROUNDS = 24


@lru_cache(maxsize=256)
def coin_of(address: str) -> ContactKind | None:
    """Which currency an address belongs to, or None where it is none or its check digits fail."""
    if address.startswith(("0x", "0X")):
        return "ethereum" if _is_ethereum(address) else None
    if len(address) in _MONERO:
        return "monero" if _is_monero(address) else None
    prefix, one, rest = address.lower().partition("1")
    if one and prefix in _PREFIXES and address in {address.lower(), address.upper()}:
        return _PREFIXES[prefix] if _is_bech32(prefix, rest) else None
    return _base58_coin(address)


def _base58_coin(address: str) -> ContactKind | None:
    """Version byte, 20 bytes and the first four of their double SHA-256."""
    number = _base58_number(address)
    if number is None or number >= 1 << 200:
        return None
    raw = number.to_bytes(25, "big")
    if hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] != raw[21:]:
        return None
    ones = len(address) - len(address.lstrip("1"))
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return _VERSIONS.get(raw[0]) if ones == zeros else None


def _base58_number(text: str) -> int | None:
    number = 0
    for char in text:
        digit = _BASE58.find(char)
        if digit < 0:
            return None
        number = number * 58 + digit
    return number


def _is_bech32(prefix: str, rest: str) -> bool:
    digits = [_BECH32.find(char) for char in rest]
    if len(digits) < 8 or min(digits) < 0:
        return False
    spread = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    end = _BECH32_ENDS["bech32m" if digits[0] else "bech32"]  # the version of the witness decides
    return digits[0] <= 16 and _bech32_sum([*spread, *digits]) == end


def _bech32_sum(digits: Iterable[int]) -> int:
    check = 1
    for digit in digits:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ digit
        for bit, step in enumerate(_BECH32_STEPS):
            check ^= step if top >> bit & 1 else 0
    return check


def _is_ethereum(address: str) -> bool:
    """Forty hexadecimal digits; where their case is mixed, it is the check (EIP-55)."""
    digits = address[2:]
    if digits in {digits.lower(), digits.upper()}:
        return True
    check = keccak256(digits.lower().encode()).hex()
    return all(
        not char.isalpha() or char.isupper() == (int(mark, 16) > 7) for char, mark in zip(digits, check, strict=False)
    )


def _is_monero(address: str) -> bool:
    """Network byte, two public keys, and the first four bytes of their Keccak-256."""
    raw = _monero_bytes(address)
    if raw is None or raw[0] not in _MONERO_PREFIXES:
        return False
    return keccak256(raw[:-4])[:4] == raw[-4:]


def _monero_bytes(address: str) -> bytes | None:
    raw = b""
    for start in range(0, len(address), _MONERO_BLOCK):
        block = address[start : start + _MONERO_BLOCK]
        number, size = _base58_number(block), _MONERO_REST[len(block)]
        if number is None or number >= 1 << (8 * size):
            return None
        raw += number.to_bytes(size, "big")
    return raw


def keccak256(message: bytes) -> bytes:
    """Keccak-256 with its first padding, which Ethereum and Monero use; hashlib has only the later SHA-3."""
    padded = bytearray(message + b"\x01" + b"\0" * (-(len(message) + 1) % _RATE))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            place = start + 8 * lane
            state[lane] ^= int.from_bytes(padded[place : place + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permute(state: list[int]) -> None:
    """Keccak-f[1600] in place; lane x, y is `state[x + 5 * y]` (FIPS 202, section 3.2)."""
    shift = 1
    for _ in range(_KECCAK_ROUNDS):
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for at in range(25):
            state[at] ^= columns[(at + 4) % 5] ^ _turn(columns[(at + 1) % 5], 1)
        x, y, lane = 1, 0, state[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lane, state[x + 5 * y] = state[x + 5 * y], _turn(lane, (step + 1) * (step + 2) // 2 % 64)
        for row in range(0, 25, 5):
            old = state[row : row + 5]
            for at in range(5):
                state[row + at] = old[at] ^ (~old[(at + 1) % 5] & old[(at + 2) % 5])
        for bit in range(7):
            shift = (shift << 1 ^ (shift >> 7) * 0x71) % 256
            if shift & 2:
                state[0] ^= 1 << ((1 << bit) - 1)


def _turn(lane: int, bits: int) -> int:
    return (lane << bits | lane >> (64 - bits)) & _MASK
