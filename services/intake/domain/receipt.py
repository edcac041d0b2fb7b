"""Receipt codes: 80 bits in sixteen signs that can be read aloud and copied by hand."""

import unicodedata

# Crockford's base 32: no I, L, O or U.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
# The same shapes on a Cyrillic or Greek keyboard, in capitals: who copies by sight types what they see.
_OTHER_ALPHABETS = str.maketrans(
    "АВСЕНКМОРТХУЅІЈЗ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABCEHKMOPTXYSIJ3" + "ABEZHIKMNOPTYX",
)
_BETWEEN = ("Pd", "Zs", "Zl", "Zp", "Cc", "Cf")
"""Dashes, spaces and what cannot be seen."""
_BYTES = 10
_LENGTH = 16


def code_of(random: bytes) -> str:
    """Ten random bytes as `K7QF-2MZ0-9XTC-41RD`."""
    if len(random) != _BYTES:
        raise ValueError("a receipt has ten bytes")
    number = int.from_bytes(random)
    signs = "".join(_SIGNS[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def normal(typed: str) -> str | None:
    """The sixteen signs of a code as somebody typed it; None when it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_OTHER_ALPHABETS).translate(_LOOKALIKES)
    bare = "".join(sign for sign in plain if unicodedata.category(sign) not in _BETWEEN)
    return bare if len(bare) == _LENGTH and set(bare) <= set(_SIGNS) else None
