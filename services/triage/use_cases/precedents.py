"""Precedents of a case: the earlier ones most alike, what was decided and what was found."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.triage.domain.precedents import Precedent, most_alike, profile_of
from services.triage.store.precedents import Precedents
from services.triage.use_cases.desk import CaseFile

KEPT_FOR = timedelta(minutes=5)
_MOST_KEPT = 200


@dataclass
class Comparing:
    """Compares, and remembers for some minutes: a page that is open asks anew whenever anything changes."""

    precedents: Precedents
    _kept: dict[tuple[str, str], tuple[datetime, list[Precedent]]] = field(default_factory=dict)

    async def precedents_of(self, file: CaseFile, now: datetime) -> list[Precedent]:
        """At most three, the most alike first."""
        key = (file.id, file.case.assessment.input_hash)
        if key not in self._kept or now - self._kept[key][0] > KEPT_FOR:
            found = await self._found(file)
            while len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (now, found)
        return self._kept[key][1]

    async def _found(self, file: CaseFile) -> list[Precedent]:
        case = file.case
        mine = profile_of(case.assessment, case.situation.themes, case.situation.sector)
        alike = most_alike(mine, await self.precedents.like(file.id, case))
        return await self.precedents.outcomes(alike)
