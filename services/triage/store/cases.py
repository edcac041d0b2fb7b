"""Loading cases: for a person's decision, for a page, for ops."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from services.triage.domain.case import Case
from services.triage.domain.clock import TERM, Threshold
from services.triage.domain.progress import Progress
from services.triage.domain.searching import number_forms, patterns
from services.triage.domain.visits import Visit
from services.triage.store.documents import CASES, LINK_SUGGESTIONS, PROGRESS, VISITS, Room
from services.triage.store.urgency import CLOCK, MOST_URGENT, holding
from shared.bus.documents import Document
from shared.mongo import Database
from shared.reference.names import fold
from shared.vocabulary import Grade, Theme


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed down to; `open` None means open and closed alike, so `merged`."""

    signal: str | None = None
    grade: Grade | None = None
    region: str | None = None
    theme: Theme | None = None
    open: bool | None = None
    text: str = ""
    merged: bool | None = None

    def query(self) -> dict[str, Any]:
        """The same as a query on stored documents."""
        fields = {
            "state.signals.id": self.signal,
            "state.signals.situation.site.region": self.region,
            "state.situation.themes": self.theme and self.theme.value,
        }
        query: dict[str, Any] = {path: value for path, value in fields.items() if value}
        if self.open is not None:
            query["state.closure"] = None if self.open else {"$ne": None}
        if self.merged is not None:
            query["state.merged"] = {"$ne": None} if self.merged else None
        if self.text:
            searched = [{"words": {"$regex": pattern}} for pattern in patterns(self.text)]
            query["$and"] = searched or [{"words": {"$in": []}}]
        # All of it in each alternative, so that each is led to by an index of its own.
        return {"$or": [{**query, **one} for one in holding(self.grade)]} if self.grade else query


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_OPEN_IN = 200
_MOST_NAMED_ALIKE = 20
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """How many open cases there are per grade and from nowhere known, and how many clocks run and ran out."""

    open_by_grade: dict[Grade, int]
    clocks_running: int
    clocks_breached: int
    from_nowhere: int


class Cases:
    """Cases with their progress."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_one(self, id_: str) -> Room:
        """One case, for a person's decision."""
        return Room(await self._database.find(CASES, {"_id": id_}))

    async def load_to_regroup(self, *ids: str) -> Room:
        """These cases with those they hold, came from or went into, and what was asked of them."""
        found = await self._with_homes({"_id": {"$in": sorted(ids)}})
        near = {id_ for document in found for id_ in _near(document.state)} - {document.id for document in found}
        found += await self._with_homes({"_id": {"$in": sorted(near)}})
        signals = [signal.id for document in found for signal in document.state.signals]
        asked = {"state.signals": {"$in": signals}}
        return Room([*found, *await self._database.find(LINK_SUGGESTIONS, asked)])

    async def several(self, ids: Iterable[str]) -> list[Document[Case]]:
        """These cases, as far as they are there."""
        return await self._database.find(CASES, {"_id": {"$in": sorted(ids)}})

    async def numbered(self, number: str) -> Document[Case] | None:
        """The case that people call so, in whole or by the last part of its number; None where that may be several."""
        found = await self._database.find(CASES, {"state.number": number.upper()}, limit=1)
        if found or not (asked := "".join(fold(number).split())):
            return found[0] if found else None
        near = await self._database.find(CASES, {"words": {"$regex": rf"(^| ){asked}( |$)"}}, limit=_MOST_NAMED_ALIKE)
        meant = [one for one in near if asked in number_forms(one.state.number)]
        return meant[0] if len(meant) == 1 else None

    async def add_words(self) -> int:
        """Make some cases of older releases searchable; returns how many there were."""
        return await self._database.add_words(CASES, _AT_ONCE)

    async def get(self, id_: str) -> Document[Case] | None:
        """One case."""
        return await self._database.get(CASES, id_)

    async def open_in(self, postcodes: Sequence[str]) -> list[Document[Case]]:
        """Open cases in these areas of four digits, at most so many; of more, any."""
        inside = [re.compile(f"^{code}") for code in postcodes]
        query = {"state.closure": None, "state.situation.site.postcode": {"$in": inside}}
        return await self._database.find(CASES, query, limit=MOST_OPEN_IN)

    async def with_thresholds_due(self, now: datetime) -> list[str]:
        """Open cases whose clock runs, and has passed something that was not told."""
        due = [
            {
                "state.clocks": {
                    "$elemMatch": {
                        "stopped_at": None,
                        "started_at": {"$lte": now - TERM * threshold.share},
                        "escalated": {"$ne": threshold.value},
                    }
                }
            }
            for threshold in Threshold
        ]
        # Said beside, so that the index of clocks may be used, which not every case is in.
        started = {"state.clocks.started_at": {"$lte": now - TERM * Threshold.HALF.share}}
        query = {"state.closure": None, **started, "$or": due}
        return [row["_id"] async for row in self._raw.find(query, {"_id": 1})]

    async def progress(self, cases: Sequence[Document[Case]]) -> dict[str, Progress]:
        """What planning made of each of these cases, and of those that are part of it."""
        parts = {case.id: (*case.state.absorbed[::-1], case.id) for case in cases}
        ids = sorted({id_ for of_case in parts.values() for id_ in of_case})
        known = {one.id: one.state for one in await self._database.find(PROGRESS, {"_id": {"$in": ids}})}
        return {
            id_: _together(id_, [known[part] for part in of_case if part in known]) for id_, of_case in parts.items()
        }

    async def visits(self, *cases: str) -> dict[str, Visit]:
        """The visits to these cases, each by its intervention."""
        found = await self._database.find(VISITS, {"state.case": {"$in": sorted(cases)}})
        return {document.id: document.state for document in found}

    async def page(self, wanted: Filter, skip: int, limit: int) -> tuple[list[Document[Case]], int]:
        """One page of cases and how many there are: open ones, what burns first, then closed ones, the newest first.

        What burns first goes by grade, then by time left, then the newest. Closed ones, which may be many, are not
        sorted but read in the order in which they are kept.
        """
        burning, closed = replace(wanted, open=True).query(), replace(wanted, open=False).query()
        open_ones = await self._database.count(CASES, burning) if wanted.open is not False else 0
        closed_ones = await self._database.count(CASES, closed) if not wanted.open else 0
        found: list[Document[Case]] = []
        if skip < open_ones:
            found = await self._most_urgent(burning, skip, limit)
        if closed_ones and len(found) < limit:
            found += await self._database.find(
                CASES,
                closed,
                sort=[("state.opened_at", -1)],
                skip=max(0, skip - open_ones),
                limit=limit - len(found),
            )
        return found, open_ones + closed_ones

    async def _most_urgent(self, query: Mapping[str, Any], skip: int, limit: int) -> list[Document[Case]]:
        ids = [
            row["_id"]
            async for row in self._raw.aggregate([{"$match": query}, *MOST_URGENT, {"$skip": skip}, {"$limit": limit}])
        ]
        found = {document.id: document for document in await self._database.find(CASES, {"_id": {"$in": ids}})}
        return [found[id_] for id_ in ids if id_ in found]

    async def figures(self, now: datetime) -> Figures:
        """The numbers that ops watch."""
        by_grade = {grade: await self._database.count(CASES, Filter(grade=grade, open=True).query()) for grade in Grade}
        ever_ran = {"state.closure": None, "state.clocks.started_at": {"$gt": _EPOCH}}
        clocks = [{"$match": ever_ran}, *CLOCK, {"$match": {"running": True}}]
        rows = [row async for row in self._raw.aggregate([*clocks, {"$project": {"started_at": 1, "on_site": 1}}])]
        waiting = [row["started_at"] for row in rows if not row["on_site"]]
        nowhere = {"state.closure": None, "state.situation.site.region": None, "state.situation.site.country": "NL"}
        return Figures(
            by_grade,
            len(waiting),
            sum(started_at + TERM < now for started_at in waiting),
            await self._database.count(CASES, nowhere),
        )

    async def _with_homes(self, query: Mapping[str, Any]) -> list[Document[Case]]:
        """The cases that a query selects, and where they were merged into."""
        found = {document.id: document for document in await self._database.find(CASES, query)}
        homes = _homes(found.values()) - found.keys()
        while homes:
            more = await self._database.find(CASES, {"_id": {"$in": sorted(homes)}})
            found |= {document.id: document for document in more}
            homes = _homes(more) - found.keys()
        return list(found.values())

    @property
    def _raw(self) -> Any:
        return self._database.raw[CASES.name]


def _together(case: str, parts: Sequence[Progress]) -> Progress:
    return reduce(lambda earlier, later: replace(later, case=case).after(earlier), parts, Progress(case))


def _homes(documents: Iterable[Document[Case]]) -> set[str]:
    return {document.state.merged.into.id for document in documents if document.state.merged}


def _near(case: Case) -> tuple[str, ...]:
    return (*case.absorbed, case.split_from.id) if case.split_from else case.absorbed
