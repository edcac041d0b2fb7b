"""The letters of the numbers that people say on the telephone: made of an id, so that a rebuild repeats them."""

from uuid import UUID

# Digits and letters that cannot be mistaken for one another when read out over the phone.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 5


def spoken(id_: str) -> str:
    """The end of a number such as I-2020-7K4Q2."""
    rest, said = UUID(id_).int, ""
    for _ in range(_LENGTH):
        rest, place = divmod(rest, len(_SYMBOLS))
        said += _SYMBOLS[place]
    return said
