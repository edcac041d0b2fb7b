"""The order of the work list, as MongoDB computes it: what waits for somebody on site comes first."""

from datetime import UTC, datetime
from typing import Any

from services.triage.store.documents import PROGRESS
from shared.vocabulary import ClockStage, Grade

HOLDS: dict[str, Any] = {"$ifNull": ["$state.override.grade", "$state.assessment.grade"]}
"""The grade that holds: a person's before that of the rules."""


def holding(grade: Grade) -> list[dict[str, Any]]:
    """The same as alternatives that an index leads to; older documents have no place for a person's grade."""
    return [
        {"state.override.grade": grade.value},
        {"state.override": None, "state.assessment.grade": grade.value},
    ]


_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_ABSORBED: dict[str, Any] = {"$ifNull": ["$state.absorbed", []]}
_MARKS: dict[str, Any] = {
    "$reduce": {
        "input": "$progress.state.marks",
        "initialValue": [],
        "in": {"$concatArrays": ["$$value", "$$this"]},
    }
}
CLOCK: list[dict[str, Any]] = [
    {"$set": {"clock": {"$last": "$state.clocks"}}},
    {
        "$set": {
            "running": {"$and": [{"$gt": ["$clock.started_at", None]}, {"$lte": ["$clock.stopped_at", None]}]},
            "started_at": "$clock.started_at",
        }
    },
    # Looked up for running clocks alone: most cases have none. What was merged into a case is part of it.
    {"$set": {"progress_of": {"$cond": ["$running", {"$concatArrays": [["$_id"], _ABSORBED]}, [None]]}}},
    {"$lookup": {"from": PROGRESS.name, "localField": "progress_of", "foreignField": "_id", "as": "progress"}},
    {
        "$set": {
            "on_site": {
                "$anyElementTrue": {
                    "$map": {
                        "input": _MARKS,
                        "in": {
                            "$and": [
                                {"$eq": ["$$this.stage", ClockStage.ON_SITE.value]},
                                {"$gte": ["$$this.at", "$clock.graded_at"]},
                            ]
                        },
                    }
                }
            }
        }
    },
]
"""Adds to each case whether its clock runs, since when, and whether somebody is on site."""

MOST_URGENT: list[dict[str, Any]] = [
    *CLOCK,
    {
        "$set": {
            "waits": {"$and": ["$running", {"$not": "$on_site"}]},
            "rank": {"$indexOfArray": [[grade.value for grade in Grade], HOLDS]},
            "since": {"$cond": ["$running", "$started_at", _FAR]},
        }
    },
    {"$sort": {"waits": -1, "rank": -1, "since": 1, "state.opened_at": -1, "_id": 1}},
    {"$project": {"_id": 1}},
]
