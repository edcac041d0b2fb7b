"""Facts as a person writes them in a file: checked as a whole, with every fault named."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from services.triage.domain.backtest import PastCase
from services.triage.domain.facts import GradingFacts, most
from services.triage.domain.ruleset import Ruleset
from shared.vocabulary import Sector, Theme

Count = Annotated[int | None, Field(default=None, ge=0, le=1_000_000)]
YesOrNo = Annotated[bool | None, Field(default=None)]


class BadFacts(ValueError):
    """The facts cannot be read; `faults` says everything that is wrong, without repeating any value.

    `errors` are the same as pydantic tells them, for who says it in other words.
    """

    def __init__(self, faults: Sequence[str], errors: Sequence[Any]) -> None:
        self.faults = tuple(faults)
        self.errors = tuple(errors)
        super().__init__("; ".join(self.faults))


class Facts(BaseModel):
    """The facts a grade may rest on. All may be left out or null: that means unknown, which is never read as no.

    Counts are people; infections and positives are those of the last 14 days. Without themes, a situation is about
    those that its known facts belong to.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        title="FACTS.json",
        json_schema_extra={"examples": [{"sector": "meat", "people_exposed": 657, "tested": 212, "positive": 45}]},
    )

    themes: tuple[Theme, ...] | None = None
    sector: Sector | None = None
    people_exposed: Count
    linked_sites: Annotated[Count, Field(description="other sites known to share workers, housing or vans")]
    infections: Annotated[
        Count,
        Field(
            validation_alias=AliasChoices("infections", "confirmed_infections"),
            description="confirmed infections; positives count as infections too",
        ),
    ]
    tested: Count
    positive: Count
    people_with_symptoms: Count
    sick_people_at_work: YesOrNo
    distance_not_kept: YesOrNo
    cold_or_poorly_ventilated: YesOrNo
    no_screens: YesOrNo
    shared_breaks: YesOrNo
    people_per_bedroom: Count
    square_metres_per_person: Annotated[float | None, Field(default=None, ge=0, le=10_000, allow_inf_nan=False)]
    people_per_toilet_or_shower: Count
    no_room_to_isolate: YesOrNo
    van_mixed_households: YesOrNo
    van_mixed_sites: YesOrNo
    same_workers_as_outbreak: YesOrNo
    cluster_recurrence_days: Annotated[
        float | None,
        Field(
            default=None,
            gt=0,
            le=1_000_000,
            allow_inf_nan=False,
            description="how seldom chance makes the detected cluster the site lies in; counts where the rules say so",
        ),
    ]


class PastCaseLine(BaseModel):
    """A case of the past: its facts, and whether a visit found an outbreak."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str = Field(min_length=1, max_length=100)
    facts: Facts
    found: bool | None = None


class BadCases(ValueError):
    """Lines that cannot be read, each by its number with what is wrong in it."""

    def __init__(self, lines: Sequence[tuple[int, BadFacts]]) -> None:
        self.lines = tuple(lines)
        super().__init__(f"{len(lines)} lines cannot be read")


def past_cases_from(content: bytes, rules: Ruleset) -> list[PastCase]:
    """The cases of a file with one in each line that is not empty; raises BadCases with every line that is wrong."""
    found, bad = [], []
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(past_case_from(line, rules))
        except BadFacts as faults:
            bad.append((number, faults))
    if bad:
        raise BadCases(bad)
    return found


def past_case_from(text: str | bytes, rules: Ruleset) -> PastCase:
    """A past case in a line of JSON; raises BadFacts with every fault at once."""
    try:
        line = PastCaseLine.model_validate_json(text)
    except ValidationError as error:
        raise _bad(error) from None
    return PastCase(line.id, grading_facts(line.facts, rules), line.found)


def facts_from(text: str | bytes, rules: Ruleset) -> GradingFacts:
    """The facts in a piece of JSON; raises BadFacts with every fault at once."""
    try:
        return grading_facts(Facts.model_validate_json(text), rules)
    except ValidationError as error:
        raise _bad(error) from None


def grading_facts(told: Facts, rules: Ruleset) -> GradingFacts:
    """The same as rules read them: positive tests are infections, and themes follow from what is known."""
    known = told.model_dump(exclude={"themes"})
    known["infections"] = most(told.infections, told.positive)
    themes = told.themes
    if themes is None:
        themes = tuple(theme for theme in Theme if _touched(theme, known, rules))
    return GradingFacts(themes=tuple(theme for theme in Theme if theme in themes), **known)


def facts_schema() -> dict[str, Any]:
    """The JSON Schema of such a file."""
    schema = Facts.model_json_schema(by_alias=False)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _touched(theme: Theme, known: dict[str, Any], rules: Ruleset) -> bool:
    return any(entry.theme == theme and known.get(entry.name) is not None for entry in rules.inputs.values())


def _bad(error: ValidationError) -> BadFacts:
    errors = error.errors(include_input=False, include_url=False)
    return BadFacts([_said(fault) for fault in errors], errors)


def _said(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "the file"
    if fault["type"] == "extra_forbidden":
        return f"{where}: no grade may rest on this; --schema lists the facts that count"
    return f"{where}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
