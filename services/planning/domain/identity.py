"""Ids and numbers that follow from what they are about, so that a rebuild gives the same ones."""

from uuid import NAMESPACE_URL, uuid5

from shared.numbers import spoken


def intervention_id(case: str, ordinal: int) -> str:
    """The id of a case's first, second … intervention."""
    return str(uuid5(NAMESPACE_URL, f"intervention/{case}/{ordinal}"))


def intervention_number(id_: str, year: int) -> str:
    """The number that people say, for example I-2020-7K4Q2."""
    return f"I-{year}-{spoken(id_)}"
