"""How well our comparisons link: over datasets that everybody has, over signals of our own making, and over a file."""

Pair = tuple[str, str]
"""Two ids, the lesser first."""


def pair(one: str, other: str) -> Pair:
    """The two in their order."""
    return (one, other) if one < other else (other, one)
