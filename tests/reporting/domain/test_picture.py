"""The operational picture: where each intervention is, and how long it took until the team was there."""

from datetime import datetime, timedelta

import pytest

from services.reporting.domain.picture import Seen
from shared.vocabulary import Grade, InterventionKind, InterventionState
from tests.reporting.builders import NOON

DUE = NOON + timedelta(hours=24)


def seen(state: InterventionState, at: datetime, before: Seen | None = None) -> Seen:
    picture = Seen(
        "I-2020-7K4Q2",
        InterventionKind.REPRESSIVE,
        state,
        Grade.CRITICAL,
        "VR06",
        "Oost Gelre",
        "GGD Noord- en Oost-Gelderland",
        DUE,
        at,
    )
    return picture.following(before)


@pytest.mark.plan("S04")
def test_the_lead_time_runs_until_the_team_is_on_site() -> None:
    proposed = seen(InterventionState.PROPOSED, NOON)
    assert proposed.lead_time(NOON + timedelta(hours=5)) == timedelta(hours=5)
    on_site = seen(InterventionState.UNDER_WAY, NOON + timedelta(hours=9), proposed)
    done = seen(InterventionState.COMPLETED, NOON + timedelta(hours=12), on_site)
    assert done.lead_time(NOON + timedelta(days=3)) == timedelta(hours=9)
    assert done.on_time(NOON + timedelta(days=3)) is True


def test_a_visit_that_is_not_there_when_the_24_hours_end_is_late() -> None:
    proposed = seen(InterventionState.PROPOSED, NOON)
    assert proposed.on_time(DUE) is True
    assert proposed.on_time(DUE + timedelta(minutes=1)) is False


def test_what_was_stood_down_has_no_lead_time() -> None:
    ended = seen(InterventionState.STOOD_DOWN, NOON, seen(InterventionState.PROPOSED, NOON))
    assert (ended.lead_time(NOON), ended.on_time(NOON), ended.unfinished) == (None, None, False)


def test_a_revision_keeps_the_moment_of_the_proposal() -> None:
    proposed = seen(InterventionState.PROPOSED, NOON)
    revised = seen(InterventionState.PROPOSED, NOON + timedelta(hours=1), proposed)
    assert revised.when(InterventionState.PROPOSED) == NOON
    assert revised.unfinished
