"""Ids and numbers that follow from what they are about, so that a rebuild gives the same ones."""

from uuid import NAMESPACE_URL, UUID, uuid5

# Digits and letters that cannot be mistaken for one another when read out over the phone.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 5


def intervention_id(case: str, ordinal: int) -> str:
    """The id of a case's first, second … intervention."""
    return str(uuid5(NAMESPACE_URL, f"intervention/{case}/{ordinal}"))


def intervention_number(id_: str, year: int) -> str:
    """The number that people say, for example I-2020-7K4Q2."""
    rest, said = UUID(id_).int, ""
    for _ in range(_LENGTH):
        rest, place = divmod(rest, len(_SYMBOLS))
        said += _SYMBOLS[place]
    return f"I-{year}-{said}"
