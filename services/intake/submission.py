"""A signal as programs send it in JSON and files in their lines: the situation, and what only intake keeps."""

from pydantic import ConfigDict, Field, JsonValue, field_validator
from pydantic.alias_generators import to_camel

from services.intake.domain.signal import MOST_WORDS
from shared.contracts.reported import ReportedSituation, line_of_text, text_of_lines

EXAMPLE: dict[str, JsonValue] = {
    "themes": ["work", "transport"],
    "sector": "meat",
    "site": {"name": "Slachterij Voorbeeld", "postcode": "7141 AB", "houseNumber": "12", "place": "Groenlo"},
    "observations": {
        "peopleExposed": 120,
        "confirmedInfections": 3,
        "distanceNotKept": True,
        "sharedBreaks": True,
        "vanMixedHouseholds": True,
    },
    "workersLiveIn": ["kreis-borken"],
    "text": "Wij staan de hele dag schouder aan schouder.",
}


class SignalSubmission(ReportedSituation):
    """A situation somebody reports. What is not known is left out; unknown is never read as "no"."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    reference: str | None = Field(default=None, max_length=100, description="the sender's own number for it")
    text: str | None = Field(
        default=None, max_length=MOST_WORDS, description="own words; stay encrypted in intake, unseen by partners"
    )
    contact: str | None = Field(
        default=None, max_length=200, description="how to reach the reporter, only if they want that"
    )

    _one_line = field_validator("reference")(line_of_text)
    _lines = field_validator("text", "contact")(text_of_lines)

    def situation(self) -> ReportedSituation:
        # Validated already, as a part of this.
        return ReportedSituation.model_construct(
            **{name: getattr(self, name) for name in ReportedSituation.model_fields}
        )
