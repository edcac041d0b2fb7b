"""Facts as a person writes them in a file: checked as a whole, with every fault named."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from services.triage.domain.backtest import PastCase
from services.triage.domain.facts import GradingFacts, most
from services.triage.domain.ruleset import Ruleset
from shared.json_keys import given_twice
from shared.vocabulary import Sector, Theme

ALSO_INFECTIONS = "confirmed_infections"
"""What signals call the infections; a file may name them so."""

MOST = 1_000_000
MOST_SQUARE_METRES = 10_000


def _described(description: str, **bounds: Any) -> Any:
    return Field(default=None, description=f"{description}; left out or null: unknown", **bounds)


def _count(description: str, **more: Any) -> Any:
    return _described(f"{description}, a whole number from 0 to 1,000,000", ge=0, le=MOST, **more)


def _yes_or_no(description: str) -> Any:
    return _described(f"true: {description}; false: not so")


M = TypeVar("M", bound=BaseModel)


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

    A name may stand in the file once; `confirmed_infections` is another name of `infections`.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        title="FACTS.json",
        json_schema_extra={"examples": [{"sector": "meat", "people_exposed": 657, "tested": 212, "positive": 45}]},
    )

    themes: tuple[Theme, ...] | None = Field(
        default=None,
        description="what the situation is about; left out or null: the themes that the other facts belong to",
    )
    sector: Sector | None = _described("what kind of work is done")
    people_exposed: int | None = _count(
        "how many people can be infected here: who work, live or ride together; decides the impact, unknown counts as "
        "the middle band and is shown as assumed"
    )
    linked_sites: int | None = _count(
        "other sites known to share workers, housing or vans, this one not counted; one or more give the highest impact"
    )
    infections: int | None = _count(
        "people with a confirmed infection in the last 14 days; of infections and positive the larger counts",
        validation_alias=AliasChoices("infections", ALSO_INFECTIONS),
    )
    tested: int | None = _count("people tested in the last 14 days; only with positive does it count")
    positive: int | None = _count(
        "those of the people tested who were positive; they are infections too, and more of them than tested is told "
        "as a conflict and gives no share"
    )
    people_with_symptoms: int | None = _count("people with symptoms that fit COVID-19 in the last 14 days")
    sick_people_at_work: bool | None = _yes_or_no("people work while they are sick")
    distance_not_kept: bool | None = _yes_or_no("less than 1.5 metres apart is usual")
    cold_or_poorly_ventilated: bool | None = _yes_or_no("the workroom or cutting line is cold or poorly ventilated")
    no_screens: bool | None = _yes_or_no("there are no screens between workplaces")
    shared_breaks: bool | None = _yes_or_no("groups have their breaks together")
    people_per_bedroom: int | None = _count("how many people share one bedroom, in the fullest one")
    square_metres_per_person: float | None = _described(
        "living space in square metres per person, from 0 to 10,000", ge=0, le=MOST_SQUARE_METRES, allow_inf_nan=False
    )
    people_per_toilet_or_shower: int | None = _count("how many people share one toilet or one shower")
    no_room_to_isolate: bool | None = _yes_or_no("there is no room for somebody ill to stay apart")
    van_mixed_households: bool | None = _yes_or_no("people of different households ride in one van")
    van_mixed_sites: bool | None = _yes_or_no("people of different workplaces ride in one van")
    same_workers_as_outbreak: bool | None = _yes_or_no("the same people work here as at a site with an active outbreak")
    cluster_recurrence_days: float | None = _described(
        "how seldom chance makes the detected cluster that the site lies in, in days, above 0 up to 1,000,000; counts "
        "only where the rules have a clause for clusters",
        gt=0,
        le=MOST,
        allow_inf_nan=False,
    )


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
    ids: set[str] = set()
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            case = past_case_from(line, rules)
        except BadFacts as faults:
            bad.append((number, faults))
            continue
        if case.id in ids:
            bad.append((number, _same_id()))
        ids.add(case.id)
        found.append(case)
    if bad:
        raise BadCases(bad)
    return found


def past_case_from(text: str | bytes, rules: Ruleset) -> PastCase:
    """A past case in a line of JSON; raises BadFacts with every fault at once."""
    line = _read(PastCaseLine, text)
    return PastCase(line.id, grading_facts(line.facts, rules), line.found)


def facts_told(text: str | bytes) -> Facts:
    """The facts in a piece of JSON as they were told; raises BadFacts with every fault at once."""
    return _read(Facts, text)


def _read(model: type[M], text: str | bytes) -> M:
    faults: list[Any] = []
    read = None
    try:
        read = model.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
    if not any(fault["type"] == "json_invalid" for fault in faults):
        twice = dict.fromkeys(given_twice(text, _meant))
        faults = [fault for fault in faults if fault["loc"] not in twice]
        faults += [{"type": "fault_twice", "loc": place, "msg": "is given twice", "ctx": {}} for place in twice]
    if read is None or faults:
        raise BadFacts([_said(fault) for fault in faults], faults)
    return read


def _meant(key: str) -> str:
    return "infections" if key == ALSO_INFECTIONS else key


def _same_id() -> BadFacts:
    """Two lines about one case would count it twice."""
    fault = {"type": "fault_twice", "loc": ("id",), "msg": "stands in an earlier line too", "ctx": {}}
    return BadFacts([_said(fault)], [fault])


def grading_facts(told: Facts, rules: Ruleset) -> GradingFacts:
    """Told facts as rules read them: positive tests are infections, and themes follow from what is known."""
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


def _said(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "the file"
    if fault["type"] == "extra_forbidden":
        return f"{where}: no grade may rest on this; --schema lists the facts that count"
    return f"{where}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
