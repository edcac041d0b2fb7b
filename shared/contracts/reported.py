"""A situation as it enters the platform: stricter than what travels inside it, so that nothing slips in unseen."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.contracts.common import OBSERVED_ON, Observations, Site, Situation
from shared.reference.addresses import house_number, postcode
from shared.reference.model import District
from shared.reference.tables import read_districts
from shared.vocabulary import Theme

UNKNOWN = "unknown"
"""Says of a district that nobody knows it; the same as leaving it out."""

_WRITTEN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST_NAMED = 20
_WHOLES = {"positive": "tested", "vans_in_breach": "vans_checked"}

# Errors of a type `fault_<code>` have that code on pages and in answers; their text here is the reason that a sender
# on a topic gets back.


@cache
def known_districts() -> Mapping[str, District]:
    """The Kreise, cities and provinces of the reference data by party id; read when first asked for."""
    return {district.party: district for district in read_districts()}


def _known_district(party: str) -> str:
    if party != UNKNOWN and party not in known_districts():
        raise PydanticCustomError("fault_choice", "one of {choices}", {"choices": ", ".join(_choices())})
    return party


def _choices() -> list[str]:
    return [*known_districts(), UNKNOWN]


def _name_choices(schema: JsonDict) -> None:
    schema["enum"] = list(_choices())


def text_of_lines(text: str | None) -> str | None:
    """Refuses text that says nothing, or holds a control character that is no line break or tab."""
    if text is not None and not text.strip():
        raise PydanticCustomError("fault_blank", "says nothing: leave it out if it is not known")
    if text is not None and not _WRITTEN.fullmatch(text):
        raise PydanticCustomError("fault_characters", "holds a control character, such as NUL")
    return text


def line_of_text(text: str | None) -> str | None:
    """The same for names, places and references: no line break either."""
    text = text_of_lines(text)
    if text is not None and (text.splitlines() != [text] or "\t" in text):
        raise PydanticCustomError("fault_one_line", "must stand on one line")
    return text


KnownDistrict = Annotated[str, AfterValidator(_known_district), Field(json_schema_extra=_name_choices)]
"""The party id of a district that the reference data know, or `unknown`."""


class ReportedSite(Site):
    """A site whose Dutch postcode and house number are in their normal form, and whose district is a known one."""

    model_config = ConfigDict(extra="forbid")

    district: KnownDistrict | None = None

    @model_validator(mode="before")
    @classmethod
    def _country_of_district(cls, given: Any) -> Any:
        """Who names a district need not name its country as well."""
        if not isinstance(given, Mapping) or "country" in given:
            return given
        party = given.get("district")
        known = known_districts().get(party) if isinstance(party, str) else None
        return {**given, "country": known.country} if known else given

    _one_line = field_validator("name", "postcode", "house_number", "place", "municipality")(line_of_text)

    @field_validator("postcode")
    @classmethod
    def _normal_postcode(cls, text: str | None) -> str | None:
        return text and (postcode(text) or text)

    @field_validator("house_number")
    @classmethod
    def _normal_house_number(cls, text: str | None) -> str | None:
        if text is None:
            return None
        found = house_number(text)
        if found is None:
            raise PydanticCustomError(
                "fault_house_number", "a number, with an addition if there is one, such as 12 or 12a"
            )
        return str(found)

    @field_validator("district")
    @classmethod
    def _district_of_country(cls, party: str | None, info: ValidationInfo) -> str | None:
        known = known_districts().get(party or "")
        if known and info.data.get("country", known.country) != known.country:
            raise PydanticCustomError("fault_district", "lies in another country")
        return known.party if known else None

    @field_validator("registration", mode="before")
    @classmethod
    def _bare_registration(cls, text: object) -> object:
        """`1234 5678` and `12.34.56.78` are `12345678`."""
        return re.sub(r"[\s.-]", "", text) or None if isinstance(text, str) else text

    @model_validator(mode="after")
    def _dutch_postcode(self) -> Self:
        # Checked here because the country comes after the postcode.
        if self.country == "NL" and self.postcode and postcode(self.postcode) is None:
            raise PydanticCustomError(
                "fault_postcode",
                "postcode: four digits, or four digits and two letters, such as 7141 AB",
                {"field": "postcode"},
            )
        return self


class ReportedObservations(Observations):
    """Observations that do not contradict each other; a number is a number, and yes or no is true or false."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator(*_WHOLES)
    @classmethod
    def _part_within_whole(cls, part: int | None, info: ValidationInfo) -> int | None:
        whole = info.data.get(_WHOLES[info.field_name or ""])
        if part is not None and whole is not None and part > whole:
            raise PydanticCustomError("fault_part", "cannot be more than the whole it is a part of")
        return part


def _named_again(themes: Any) -> list[InitErrorDetails]:
    """A fault for each theme that was named before, beside whatever else is wrong with the list."""
    known, twice = set(Theme), PydanticCustomError("fault_twice", "names one twice")
    named, faults = set[str](), list[InitErrorDetails]()
    for place, theme in enumerate(themes if isinstance(themes, (list, tuple)) else ()):
        if isinstance(theme, str) and theme in known:
            if theme in named:
                faults.append(InitErrorDetails(type=twice, loc=(place,), input=theme))
            named.add(theme)
    return faults


class ReportedSituation(Situation):
    """What a form, a program or an integration may say; plain free text is refused by having no place.

    Only what it is about must be said: without a site somebody has to find out where it is.
    """

    model_config = ConfigDict(extra="forbid")

    # How many there are is checked last: beside a theme that nobody knows, "too few" would be a second fault.
    themes: tuple[Theme, ...] = Field(json_schema_extra={"minItems": 1, "uniqueItems": True})
    site: ReportedSite = Field(default_factory=ReportedSite)
    observations: ReportedObservations = Field(default_factory=ReportedObservations)
    workers_live_in: tuple[KnownDistrict, ...] = Field(
        default=(), max_length=_MOST_NAMED, description="foreign districts where workers live: for routing only"
    )
    observed_on: date | None = Field(
        default=None, description=f"{OBSERVED_ON}. Not in the future, and not more than a year ago"
    )

    def content(self) -> str:
        """All it says, as text by which it is known again.

        A field that came later is left out where nothing is said, so that what was handed in before it stays the same.
        """
        return self.model_dump_json(exclude=None if self.observed_on else {"observed_on"})

    @field_validator("observed_on", mode="before")
    @classmethod
    def _day_as_written(cls, given: object) -> object:
        """A day is a day: neither a number of seconds nor a moment, which would be one in some zone."""
        is_day = isinstance(given, date) and not isinstance(given, datetime)
        if given is None or is_day or (isinstance(given, str) and _DAY.fullmatch(given)):
            return given
        raise PydanticCustomError("fault_date", "a day, such as 2020-11-23")

    @field_validator("themes", mode="wrap")
    @classmethod
    def _one_at_least_and_each_once(cls, given: Any, read: ValidatorFunctionWrapHandler) -> Any:
        faults = _named_again(given)
        try:
            themes = read(given)
        except ValidationError as error:
            faults += [
                InitErrorDetails(type=one["type"], loc=one["loc"], input=one["input"], ctx=one.get("ctx", {}))
                for one in error.errors(include_url=False)
            ]
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        if not themes:
            raise PydanticCustomError("fault_too_few", "at least {limit}", {"limit": 1})
        return themes

    @field_validator("themes", "workers_live_in", mode="before")
    @classmethod
    def _no_flood(cls, given: Any) -> Any:
        """What cannot be a list of these is not looked through: each place of it would be a fault."""
        if isinstance(given, (list, tuple)) and len(given) > _MOST_NAMED:
            raise PydanticCustomError("fault_too_many", "at most {limit}", {"limit": _MOST_NAMED})
        return given

    @field_validator("workers_live_in")
    @classmethod
    def _each_known_once(cls, parties: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(party for party in parties if party != UNKNOWN))
