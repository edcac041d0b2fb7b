"""Why a grade is what it is, in plain Dutch, and the smallest change of one fact that would alter it."""

from services.triage.domain.assessment import Assessment, FactorPoints
from services.triage.domain.changes import turns
from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import (
    Verdict,
    cluster_clause,
    counted_factors,
    impact_of,
    judge,
    mostly_unknown,
    unknowns_of,
)
from services.triage.domain.ruleset import Ruleset
from shared.vocabulary import Grade

WORDS = {Grade.LOW: "laag", Grade.MODERATE: "matig", Grade.HIGH: "hoog", Grade.CRITICAL: "kritiek"}

_NAMED_IN_SUMMARY = 3


def assess(facts: GradingFacts, rules: Ruleset) -> Assessment:
    """The grade of these facts under these rules, with everything that explains it."""
    verdict = judge(facts, rules)
    factors = counted_factors(facts, rules)
    return Assessment(
        grade=verdict.grade,
        ruleset=rules.version,
        points=verdict.points,
        likelihood=verdict.likelihood,
        impact=verdict.impact,
        impact_assumed=verdict.impact_assumed,
        factors=factors,
        unknowns=unknowns_of(facts, rules),
        raised_for_unknowns=verdict.raised_for_unknowns,
        trigger=_trigger(facts, rules, verdict) if verdict.triggered else None,
        smallest_change=smallest_change(facts, rules),
        summary=_summary(facts, rules, verdict, factors),
        input_hash=facts.digest(rules.version),
        cluster=_cluster(facts, rules),
    )


def smallest_change(facts: GradingFacts, rules: Ruleset) -> str | None:
    """The nearest single fact that would alter the grade; of equals one that can still be found out.

    The sentence holds for every value that its words cover.
    """
    found = turns(facts, judge(facts, rules), rules)
    nearest = min(found, key=lambda turn: (turn.distance, getattr(facts, turn.input) is not None), default=None)
    if nearest is None:
        return None
    least = "minstens " if nearest.at_least else ""
    return f"Als blijkt dat {nearest.found}, wordt de inschatting {least}{WORDS[nearest.then.grade]}."


def _summary(facts: GradingFacts, rules: Ruleset, verdict: Verdict, factors: tuple[FactorPoints, ...]) -> str:
    grade = WORDS[verdict.grade].capitalize()
    if verdict.triggered:
        return f"{grade}, omdat {_trigger_reasons(facts, rules, verdict)}.{_further(factors)}"
    named = _listed([factor.short for factor in factors])
    reason = f"{_points(verdict.points)} door {named}" if factors else "niets van wat bekend is telt mee als risico"
    summary = f"{grade}: {reason}, {_exposed(facts)}."
    if verdict.raised_for_unknowns:
        summary += f" {_unknowns_reason(facts, rules)}"
    return f"{summary} De locatie ligt in een cluster van meldingen." if verdict.clustered else summary


def _further(factors: tuple[FactorPoints, ...]) -> str:
    others = [factor.short for factor in factors if factor.factor != "infections"]
    if not others:
        return ""
    return f" Ook {'telt' if len(others) == 1 else 'tellen'} mee: {_listed(others)}."


def _trigger(facts: GradingFacts, rules: Ruleset, verdict: Verdict) -> str:
    lowest = f"{_number(facts.infections)} besmettingen die bij elkaar horen: minstens {WORDS[rules.trigger.at_least]}."
    reasons = _critical_reasons(facts, rules, verdict)
    if not reasons:
        return lowest
    return f"{lowest} {WORDS[Grade.CRITICAL].capitalize()}, omdat {_joined(reasons)}."


def _cluster(facts: GradingFacts, rules: Ruleset) -> str | None:
    """What lying in a cluster does, as far as the rules have a clause for it."""
    clause, days = cluster_clause(facts, rules), facts.cluster_recurrence_days
    if clause is None or days is None:
        return None
    effects = []
    if clause.impact_at_least is not None:
        effects.append(f"omvang minstens {clause.impact_at_least}")
    if clause.at_least is not None:
        effects.append(f"inschatting minstens {WORDS[clause.at_least]}")
    rarity = f"bij toeval eens in {_number(round(days))} dagen"
    return f"De locatie ligt in een cluster van meldingen ({rarity}): {_joined(effects)}."


def _trigger_reasons(facts: GradingFacts, rules: Ruleset, verdict: Verdict) -> str:
    infections = f"er {_number(facts.infections)} besmettingen zijn die bij elkaar horen"
    return _joined([infections, *_critical_reasons(facts, rules, verdict)])


def _critical_reasons(facts: GradingFacts, rules: Ruleset, verdict: Verdict) -> list[str]:
    """Why the trigger makes it critical, each as the rest of a sentence with "omdat"."""
    reasons = []
    if verdict.impact >= rules.trigger.critical_from_impact:
        reasons.append(_impact_reason(facts, rules, verdict))
    share = verdict.positive_share
    if share is not None and share >= rules.trigger.critical_from_share:
        tests = f"{_number(facts.positive)} van de {_number(facts.tested)} geteste mensen positief zijn"
        reasons.append(f"{tests} (ondergrens {_percent(share)})")
    return reasons


def _impact_reason(facts: GradingFacts, rules: Ruleset, verdict: Verdict) -> str:
    if impact_of(facts.otherwise(cluster_recurrence_days=None), rules)[0] < verdict.impact:
        return "de locatie in een cluster van meldingen ligt"
    if verdict.impact_assumed:
        return "onbekend is hoeveel mensen zijn blootgesteld"
    if facts.linked_sites and (facts.people_exposed or 0) < rules.impact_from[-1]:
        return "meer locaties werknemers, huisvesting of vervoer delen"
    return f"{_number(facts.people_exposed)} mensen zijn blootgesteld"


def _unknowns_reason(facts: GradingFacts, rules: Ruleset) -> str:
    if mostly_unknown(facts, rules):
        return "De inschatting is één stap hoger, omdat meer dan de helft van de feiten onbekend is."
    return (
        "De inschatting is één stap hoger: zonder de bevestigde risico's is meer dan de helft van de feiten onbekend."
    )


def _exposed(facts: GradingFacts) -> str:
    if facts.people_exposed is None:
        return "bij een onbekend aantal mensen"
    return "bij 1 persoon" if facts.people_exposed == 1 else f"bij {_number(facts.people_exposed)} mensen"


def _points(points: int) -> str:
    return "1 punt" if points == 1 else f"{points} punten"


def _listed(names: list[str]) -> str:
    """At most three names; more than that are counted, not named."""
    if len(names) > _NAMED_IN_SUMMARY:
        rest = len(names) - _NAMED_IN_SUMMARY + 1
        names = [*names[: _NAMED_IN_SUMMARY - 1], f"{rest} andere feiten"]
    return _joined(names)


def _joined(parts: list[str]) -> str:
    return " en ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _number(count: int | None) -> str:
    return f"{count or 0:,}".replace(",", ".")


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace(".", ",")
