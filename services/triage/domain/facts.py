"""The only inputs that a grade may rest on; whatever has no field here cannot reach the rules."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from shared.situation import Observations, Situation
from shared.vocabulary import Sector, Theme


@dataclass(frozen=True, slots=True)
class GradingFacts:
    """A situation stripped to what may count.

    There is no place here for who reported it, by which door or in which language, for where workers come from or
    live, for the site's name or address, or for the number of signals: none of those may ever move a grade.
    `infections` holds confirmed infections and positive tests alike; `linked_sites` counts the other sites;
    `cluster_recurrence_days` is how seldom chance makes the detected cluster that the site lies in, in days.
    """

    themes: tuple[Theme, ...]
    sector: Sector | None = None
    people_exposed: int | None = None
    linked_sites: int | None = None
    infections: int | None = None
    tested: int | None = None
    positive: int | None = None
    people_with_symptoms: int | None = None
    sick_people_at_work: bool | None = None
    distance_not_kept: bool | None = None
    cold_or_poorly_ventilated: bool | None = None
    no_screens: bool | None = None
    shared_breaks: bool | None = None
    people_per_bedroom: int | None = None
    square_metres_per_person: float | None = None
    people_per_toilet_or_shower: int | None = None
    no_room_to_isolate: bool | None = None
    van_mixed_households: bool | None = None
    van_mixed_sites: bool | None = None
    same_workers_as_outbreak: bool | None = None
    cluster_recurrence_days: float | None = None

    @property
    def somebody_ill(self) -> bool:
        """Whether at least one infection or one person with symptoms is known."""
        return bool(self.infections) or bool(self.people_with_symptoms)

    def otherwise(self, **facts: Any) -> "GradingFacts":
        """The same, but with these facts different."""
        return replace(self, **facts)

    def digest(self, ruleset: str) -> str:
        """SHA-256 over these facts and the version of the rules: equal input, equal assessment."""
        known = asdict(self)
        if self.cluster_recurrence_days is None:
            # Came later than the rest: what was assessed without it keeps its hash.
            del known["cluster_recurrence_days"]
        canonical = json.dumps({"ruleset": ruleset, **known}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


NOT_GRADED = {"confirmed_infections", "vans_checked", "vans_in_breach"}
"""Observations that enter in another form (infections) or only inform the visit (vans)."""


def facts_of(situation: Situation) -> GradingFacts:
    """What of a situation may count; positive tests are infections too."""
    seen = situation.observations
    passed_on = {name: value for name, value in asdict(seen).items() if name not in NOT_GRADED}
    return GradingFacts(
        themes=situation.themes,
        sector=situation.sector,
        infections=most(seen.confirmed_infections, seen.positive),
        **passed_on,
    )


def most(*counts: int | None) -> int | None:
    """The largest known count, or None when none is known."""
    return max((count for count in counts if count is not None), default=None)


def conflicts_in(
    tested: int | None, positive: int | None, exposed: int | None = None, infections: int | None = None
) -> tuple[str, ...]:
    """Which of these facts cannot both be so, and what the rules make of them, in Dutch.

    The rules take the number of people exposed as it was told, also where fewer are exposed than infected or tested.
    """
    found = []
    if tested is not None and positive is not None and positive > tested:
        found.append(
            f"Er zijn meer mensen positief ({positive}) dan getest ({tested}); dat kan niet allebei kloppen. "
            "De positieve testen tellen als besmettingen, het aandeel positieven telt niet mee."
        )
    ill = most(infections, positive)
    if exposed is not None and ill is not None and ill > exposed:
        found.append(
            f"Er zijn meer besmettingen ({ill}) dan mensen blootgesteld ({exposed}); dat kan niet allebei kloppen. "
            f"De omvang rekent met {exposed}. Vraag na hoeveel mensen het zijn: de inschatting kan te laag zijn."
        )
    return tuple(found)


def conflicts_among(seen: Observations) -> tuple[str, ...]:
    """The same of what was seen at a site."""
    return conflicts_in(seen.tested, seen.positive, seen.people_exposed, seen.confirmed_infections)
