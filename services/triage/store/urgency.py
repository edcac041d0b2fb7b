"""The order of the work list, as MongoDB computes it: what waits for somebody on site comes first."""

from datetime import UTC, datetime
from typing import Any

from services.triage.store.documents import PROGRESS
from shared.vocabulary import ClockStage, Grade

HOLDS: dict[str, Any] = {"$ifNull": ["$state.override.grade", "$state.assessment.grade"]}
"""The grade that holds: a person's before that of the rules."""
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
CLOCK: list[dict[str, Any]] = [
    {"$set": {"clock": {"$last": "$state.clocks"}}},
    {
        "$set": {
            "running": {"$and": [{"$gt": ["$clock.started_at", None]}, {"$lte": ["$clock.stopped_at", None]}]},
            "started_at": "$clock.started_at",
        }
    },
    # Looked up for running clocks alone: most cases have none.
    {"$set": {"progress_of": {"$cond": ["$running", "$_id", None]}}},
    {"$lookup": {"from": PROGRESS.name, "localField": "progress_of", "foreignField": "_id", "as": "progress"}},
    {
        "$set": {
            "on_site": {
                "$anyElementTrue": {
                    "$map": {
                        "input": {"$ifNull": [{"$first": "$progress.state.marks"}, []]},
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
