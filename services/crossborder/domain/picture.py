"""What a notice may tell about a case: nothing that leads to a person, a company or an address."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from services.crossborder.domain.history import Changed
from shared.vocabulary import Grade, Sector, Theme

LOWEST_GRADE = Grade.MODERATE
"""From here up a notice is drafted: below it there is nothing a foreign health service could act on."""

POSTCODE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """A case in the few facts that may cross the border; None is unknown, `site_here` the site lies over there."""

    grade: Grade
    themes: tuple[Theme, ...]
    sector: Sector | None = None
    site_here: bool = False
    municipality: str | None = None
    region: str | None = None
    postcode_area: str | None = None
    people_exposed: int | None = None
    confirmed_infections: int | None = None
    tested: int | None = None
    positive: int | None = None
    people_with_symptoms: int | None = None

    def __post_init__(self) -> None:
        if self.postcode_area is not None and len(self.postcode_area) > POSTCODE_DIGITS:
            raise ValueError("a postcode area has three digits at most")

    @property
    def worth_telling(self) -> bool:
        """Whether the grade is high enough to tell a foreign authority."""
        return self.grade.rank >= LOWEST_GRADE.rank

    def changes_since(self, earlier: "Picture") -> tuple[Changed, ...]:
        """Each fact that is otherwise than in an earlier picture."""
        pairs = [(field.name, getattr(earlier, field.name), getattr(self, field.name)) for field in fields(self)]
        return tuple(Changed(name, _text(old), _text(new)) for name, old, new in pairs if old != new)


def postcode_area(postcode: str | None) -> str | None:
    """The first three digits of a Dutch, German or Belgian postcode: `7141 AB` → `714`."""
    digits = "".join(char for char in postcode or "" if char.isdigit())
    return digits[:POSTCODE_DIGITS] or None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else str(value)
    return " ".join(str(part) for part in value) if isinstance(value, Iterable) else str(value)
