"""A situation as it enters the platform: stricter than what travels inside it, so that nothing slips in unseen."""

from typing import Self

from pydantic import ConfigDict, ValidationInfo, field_validator, model_validator

from shared.contracts.common import Observations, Site, Situation
from shared.reference.addresses import house_number, postcode

_WHOLES = {"positive": "tested", "vans_in_breach": "vans_checked"}


class ReportedSite(Site):
    """A site whose Dutch postcode and house number are in their normal form."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("postcode")
    @classmethod
    def _normal_postcode(cls, text: str | None) -> str | None:
        return (postcode(text) or text) if text else None

    @field_validator("house_number")
    @classmethod
    def _normal_house_number(cls, text: str | None) -> str | None:
        if not text:
            return None
        found = house_number(text)
        if found is None:
            raise ValueError("a number, with an addition if there is one, such as 12 or 12a")
        return str(found)

    @model_validator(mode="after")
    def _dutch_postcode(self) -> Self:
        # Checked here because the country comes after the postcode.
        if self.country == "NL" and self.postcode and postcode(self.postcode) is None:
            raise ValueError("postcode: four digits, or four digits and two letters, such as 7141 AB")
        return self


class ReportedObservations(Observations):
    """Observations that do not contradict each other."""

    model_config = ConfigDict(extra="forbid")

    @field_validator(*_WHOLES)
    @classmethod
    def _part_within_whole(cls, part: int | None, info: ValidationInfo) -> int | None:
        whole = info.data.get(_WHOLES[info.field_name or ""])
        if part is not None and whole is not None and part > whole:
            raise ValueError("cannot be more than the whole it is a part of")
        return part


class ReportedSituation(Situation):
    """What a form, a program or an integration may say; plain free text is refused by having no place."""

    model_config = ConfigDict(extra="forbid")

    site: ReportedSite
    observations: ReportedObservations
