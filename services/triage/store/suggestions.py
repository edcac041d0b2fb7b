"""Loading suggestions: the questions that wait for a person, and those about certain cases."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from services.triage.domain.case import Case
from services.triage.domain.suggestion import LinkSuggestion
from services.triage.store.documents import CASES, LINK_SUGGESTIONS
from shared.bus.documents import Document
from shared.mongo import Database


@dataclass(frozen=True, slots=True)
class Question:
    """An open suggestion with the cases that hold its signals now, in the order of its `signals`."""

    id: str
    suggestion: LinkSuggestion
    cases: tuple[Document[Case], Document[Case]]


class Suggestions:
    """Pairs of cases that may be the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id_: str) -> Document[LinkSuggestion] | None:
        """One suggestion."""
        return await self._database.get(LINK_SUGGESTIONS, id_)

    async def touching(self, cases: Collection[str], signals: Collection[str] = ()) -> list[Document[LinkSuggestion]]:
        """Every suggestion, answered or not, that was found about one of these cases or rests on one of these signals.

        Give the ids of merged cases with those that hold their signals now (`regrouping.Filed.holds`).
        """
        either = [{"state.cases": {"$in": sorted(cases)}}, {"state.signals": {"$in": sorted(signals)}}]
        return await self._database.find(LINK_SUGGESTIONS, {"$or": either})

    async def page(self, region: str | None, skip: int, limit: int) -> tuple[list[Question], int]:
        """One page of the questions that can be answered now, the likeliest first, and how many there are in all."""
        (found,) = [row async for row in self._raw.aggregate([*_open(region), _paged(skip, limit)])]
        questions = await self._questions(found["rows"])
        return questions, found["counted"][0]["n"] if found["counted"] else 0

    async def question(self, id_: str) -> Question | None:
        """One question, or None when it cannot be answered now: it was, or its signals are in one case by now."""
        rows = [row async for row in self._raw.aggregate([{"$match": {"_id": id_}}, *_open(None), _ONLY_IDS])]
        questions = await self._questions(rows)
        return questions[0] if questions else None

    async def answered(self, limit: int) -> list[Document[LinkSuggestion]]:
        """Those that a person answered, the last one first."""
        newest = [("state.settlement.at", -1), ("_id", 1)]
        return await self._database.find(
            LINK_SUGGESTIONS, {"state.settlement.at": {"$ne": None}}, sort=newest, limit=limit
        )

    async def about(self, signals: Collection[str]) -> list[Question]:
        """The questions that can be answered now about a case with these signals."""
        among = {"state.signals": {"$in": sorted(signals)}}
        rows = [row async for row in self._raw.aggregate([{"$match": among}, *_open(None), _ONLY_IDS])]
        return await self._questions(rows)

    async def _questions(self, rows: list[dict[str, Any]]) -> list[Question]:
        ids = [row["_id"] for row in rows]
        found = {one.id: one for one in await self._database.find(LINK_SUGGESTIONS, {"_id": {"$in": ids}})}
        signals = [signal for one in found.values() for signal in one.state.signals]
        cases = await self._database.find(CASES, {"state.signals.id": {"$in": signals}})
        holder = {signal.id: case for case in cases for signal in case.state.signals}
        questions = []
        for id_ in ids:
            state = found[id_].state if id_ in found else None
            if state is not None and all(signal in holder for signal in state.signals):
                one, other = (holder[signal] for signal in state.signals)
                questions.append(Question(id_, state, (one, other)))
        return questions

    @property
    def _raw(self) -> Any:
        return self._database.raw[LINK_SUGGESTIONS.name]


_ONLY_IDS: dict[str, Any] = {"$project": {"_id": 1}}


def _open(region: str | None) -> list[dict[str, Any]]:
    """Unanswered, and its two signals count in two different cases that are open; the likeliest first."""
    here = {"$in": [region, "$state.signals.situation.site.region"]} if region else {"$literal": True}
    counts = {
        "$anyElementTrue": {
            "$map": {
                "input": "$state.signals",
                "in": {"$and": [{"$in": ["$$this.id", "$$asked"]}, {"$eq": ["$$this.withdrawn_at", None]}]},
            }
        }
    }
    return [
        {"$match": {"state.settlement": None}},
        {"$sort": {"state.likeness.probability": -1, "state.found_at": 1, "_id": 1}},
        {
            "$lookup": {
                "from": CASES.name,
                "localField": "state.signals",
                "foreignField": "state.signals.id",
                "let": {"asked": "$state.signals"},
                "pipeline": [
                    {"$match": {"state.closure": None, "$expr": counts}},
                    {"$project": {"here": here}},
                ],
                "as": "held_by",
            }
        },
        {"$match": {"held_by": {"$size": 2}, "held_by.here": True}},
    ]


def _paged(skip: int, limit: int) -> dict[str, Any]:
    return {"$facet": {"rows": [{"$skip": skip}, {"$limit": limit}, _ONLY_IDS], "counted": [{"$count": "n"}]}}
