"""What `brandmeester triage grade` answers: each field of the JSON, described."""

from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.triage.domain.explanation import assess
from services.triage.domain.factors import Factor
from services.triage.domain.facts import conflicts_in
from services.triage.domain.grading import judge
from services.triage.domain.ruleset import Ruleset
from services.triage.use_cases.reading import Facts, grading_facts
from shared.vocabulary import Grade, Theme


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactorAnswer(_Part):
    """A factor that counted."""

    factor: str = Field(description="its id in the ruleset")
    points: int = Field(description="what it gives")
    theme: Theme | None = Field(description="null: it belongs to every theme")
    because: str = Field(description="the fact in a Dutch sentence")
    short: str = Field(description="the same in a few Dutch words")
    source: str = Field(description="the norm or study that the factor comes from")
    valid_from: date | None = Field(
        description="the day from which the norm in `source` holds; null: that source has no such day, and the factor "
        "counts as long as the ruleset holds"
    )
    valid_until: date | None = Field(description="the last day on which that norm holds; null: no end is set")
    rests_on: dict[str, Any] = Field(description="the facts that were given and made it count, by their names there")


class UnknownAnswer(_Part):
    """A fact nobody gave."""

    input: str = Field(description="its name among the facts")
    asks: str = Field(description="what to find out, in Dutch, going on after 'onbekend is'")


class GradeAnswer(_Part):
    """The grade of a file with facts, and everything it follows from."""

    grade: Grade = Field(description="what holds: matrix, then unknowns, then trigger, then a cluster clause if any")
    by_matrix: Grade = Field(
        description="the grade of the matrix of likelihood and impact, before unknowns and before the trigger"
    )
    ruleset: str = Field(description="the version of the rules")
    points: int = Field(description="likelihood points, all factors together")
    likelihood: int = Field(description="the likelihood band, 1 to 4 by the published rules")
    impact: int = Field(description="the impact band, 1 to 3 by the published rules")
    impact_assumed: bool = Field(description="true: how many people are exposed is unknown, the middle band is taken")
    factors: list[FactorAnswer] = Field(description="what counted, the heaviest first")
    unknowns: list[UnknownAnswer] = Field(description="the likelihood inputs of the themes that are unknown")
    raised_for_unknowns: bool = Field(
        description="true: one up from `by_matrix`, since too much is unknown while people are ill"
    )
    trigger: str | None = Field(description="what the trigger of linked infections did, in Dutch; null: not reached")
    smallest_change: str | None = Field(
        description="the nearest single fact that would alter the grade, in Dutch; null: no single fact would"
    )
    summary: str = Field(description="the reasons in one or two Dutch sentences")
    input_hash: str = Field(description="SHA-256 of facts and ruleset version: equal input, equal answer")
    cluster: str | None = Field(description="what a detected cluster did, in Dutch; null: nothing")
    positive_share_lower_bound: float | None = Field(
        description="Wilson 95% lower bound of positive over tested, 0 to 1; null: not both known, or in conflict"
    )
    conflicts: list[str] = Field(description="facts that cannot both be so and what the rules make of them, in Dutch")
    themes: list[Theme] = Field(description="the themes the situation was graded for")


def answer_to(told: Facts, rules: Ruleset) -> GradeAnswer:
    """The grade of facts as they were told, with its whole explanation."""
    facts = grading_facts(told, rules)
    found, verdict = assess(facts, rules), judge(facts, rules)
    by_id = {factor.id: factor for factor in rules.factors}
    factors = [{**asdict(one), "rests_on": _rests_on(by_id[one.factor], told)} for one in found.factors]
    return GradeAnswer.model_validate(
        {
            **asdict(found),
            "by_matrix": verdict.by_matrix,
            "factors": factors,
            "positive_share_lower_bound": verdict.positive_share,
            "conflicts": conflicts_in(facts.tested, facts.positive, facts.people_exposed, facts.infections),
            "themes": facts.themes,
        }
    )


def _rests_on(factor: Factor, told: Facts) -> dict[str, Any]:
    names = [name for entry in factor.inputs for name in _given_as(entry.name, told)]
    return {name: value for name in names if (value := getattr(told, name)) is not None}


def _given_as(name: str, told: Facts) -> list[str]:
    """Under which names a fact was given: infections may have come as positive tests, the larger of both counts."""
    if name != "infections":
        return [name]
    both = {given: getattr(told, given) or 0 for given in ("infections", "positive")}
    return [given for given, count in both.items() if count == max(both.values())]
