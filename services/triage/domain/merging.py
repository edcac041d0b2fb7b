"""Several signals about one site as one situation: the worst that is known, never a sum.

Anonymous signals may describe the same people, and nothing may tell whether they do. So counts are the largest one
known, not added up; a yes outweighs a no, and a no outweighs not knowing. Infections, tests and illness count for
the ruleset's window before the newest signal; the rest stays known until somebody says otherwise.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.triage.domain.facts import most
from services.triage.domain.linkage.likeness import Likeness
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.numbers import CaseRef
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.wilson import lower_bound
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Channel, Sector, Theme

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The case a signal was in before, and its place there, so that it can go back to it."""

    case: CaseRef
    place: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Why a signal was put into its case without a person: the signal it was found alike to, and how alike."""

    to: str
    relation: Relation
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class CaseSignal:
    """A signal of a case: its situation as last known, and what a member needs to follow it.

    `known_at` is the receipt of the newest facts about it, `received_at` that of the signal itself. `came_by` is a case
    that was merged away and one of whose signals led this one here, `moved_from` where it was before a person moved it;
    `link` is why it came without a person, and stays when a person moves it.
    """

    id: str
    channel: Channel
    party: str | None
    situation: Situation
    received_at: datetime
    known_at: datetime
    dataref: str
    withdrawn_at: datetime | None = None
    came_by: str | None = None
    moved_from: Earlier | None = None
    link: Linked | None = None


def merge(signals: Sequence[CaseSignal], rules: Ruleset) -> Situation:
    """The situation of a case. Where everything was withdrawn the site stays, and nothing is known of it."""
    live = [signal for signal in signals if signal.withdrawn_at is None]
    situations = [signal.situation for signal in live or signals]
    return Situation(
        themes=tuple(theme for theme in Theme if any(theme in situation.themes for situation in situations)),
        sector=_riskiest([signal.situation.sector for signal in live], rules),
        site=site_of(signals),
        observations=_observations(_within_window(live, rules), rules),
        workers_live_in=tuple(
            dict.fromkeys(district for situation in situations for district in situation.workers_live_in)
        ),
    )


def counting(signals: Sequence[CaseSignal], rules: Ruleset) -> list[CaseSignal]:
    """The signals that were not withdrawn, each with what of it still counts."""
    live = [signal for signal in signals if signal.withdrawn_at is None]
    return [
        replace(signal, situation=replace(signal.situation, observations=seen))
        for signal, seen in zip(live, _within_window(live, rules), strict=True)
    ]


def site_of(signals: Sequence[CaseSignal]) -> Site:
    """Where it is: the first signal's site, its gaps filled by the later ones; withdrawn ones only if all are."""
    live = [signal for signal in signals if signal.withdrawn_at is None]
    sites = [signal.situation.site for signal in live or signals]
    filled: dict[str, Any] = {
        field.name: next((value for site in sites if (value := getattr(site, field.name)) is not None), None)
        for field in fields(Site)
    }
    return Site(**filled)


def newest(signals: Iterable[CaseSignal]) -> datetime:
    """When the case last heard anything."""
    return newest_signal(signals).known_at


def newest_signal(signals: Iterable[CaseSignal]) -> CaseSignal:
    """The signal that the case last heard of."""
    return max(signals, key=lambda signal: signal.known_at)


def _within_window(signals: Sequence[CaseSignal], rules: Ruleset) -> list[Observations]:
    if not signals:
        return []
    horizon = newest(signals) - timedelta(days=rules.window_days)
    return [
        signal.situation.observations if signal.known_at >= horizon else _without_illness(signal.situation.observations)
        for signal in signals
    ]


def _without_illness(seen: Observations) -> Observations:
    return replace(
        seen,
        confirmed_infections=None,
        tested=None,
        positive=None,
        people_with_symptoms=None,
        sick_people_at_work=None,
    )


def _observations(seen: Sequence[Observations], rules: Ruleset) -> Observations:
    merged: dict[str, Any] = {
        field.name: _RULES.get(field.name, _largest)([getattr(one, field.name) for one in seen])
        for field in fields(Observations)
    }
    most_positive = merged["positive"]
    merged |= _tests(seen, rules)
    if most_positive != merged["positive"]:
        # Another signal's tests say more about the share; the positives not shown there stay infections.
        merged["confirmed_infections"] = most(merged["confirmed_infections"], most_positive)
    return Observations(**merged)


def _tests(seen: Sequence[Observations], rules: Ruleset) -> dict[str, int | None]:
    """Positive and tested of one and the same signal: the pair that says most."""
    pairs = [
        (one.positive, one.tested)
        for one in seen
        if one.positive is not None and one.tested and one.positive <= one.tested
    ]
    if not pairs:
        return {}
    z = rules.trigger.confidence_z
    positive, tested = max(pairs, key=lambda pair: (lower_bound(pair[0], pair[1], z), pair))
    return {"positive": positive, "tested": tested}


def _largest(values: Sequence[T | None]) -> T | None:
    """Of counts the largest; of yes and no, yes: both are the worst that is known."""
    known = [value for value in values if value is not None]
    return max(known, default=None)  # type: ignore[type-var]


def _smallest(values: Sequence[T | None]) -> T | None:
    known = [value for value in values if value is not None]
    return min(known, default=None)  # type: ignore[type-var]


_RULES: dict[str, Callable[[Sequence[object]], object]] = {"square_metres_per_person": _smallest}


def _riskiest(sectors: Sequence[Sector | None], rules: Ruleset) -> Sector | None:
    # Of equal ones the same in whatever order the signals came: the one with the stricter norms first.
    known = [sector for sector in Sector if sector in sectors]
    return max(known, key=lambda one: (rules.sector_points(one), one in rules.high_risk_sectors), default=None)
