"""Facts from other services: a finished visit opens one report, refused messages and parties are noted."""

from datetime import timedelta
from typing import Any

import pytest

from services.reporting.domain.identity import rejection_notice_id
from services.reporting.store import PARTIES, REPORTS, Room
from services.reporting.use_cases.taking_in import (
    take_in_completed,
    take_in_intervention,
    take_in_party,
    take_in_rejection,
    take_in_revised,
)
from services.reporting.wording import history
from shared.contracts.envelope import Fact
from shared.contracts.examples import examples
from shared.contracts.intake import SignalRejected
from shared.contracts.planning import InterventionProposed, InterventionRevised, PartyDescribed
from shared.contracts.reporting import ReportOpened
from shared.vocabulary import InterventionState, ReportState
from tests.reporting.builders import COMPLETE, GIJS, INTERVENTION, NOON, REPORT, completed, message, snapshot

LATER = NOON + timedelta(minutes=1)


def take(room: Room, incoming: Any, decide: Any) -> list[Fact]:
    changes = decide(room, incoming, LATER)
    room.apply(changes, incoming)
    return [telling.fact for change in changes for telling in change.tellings]


@pytest.mark.plan("S20")
def test_a_finished_visit_opens_its_report_for_the_coordinator() -> None:
    room = Room()
    (fact,) = take(room, message(completed()), take_in_completed)
    assert isinstance(fact, ReportOpened)
    assert (fact.intervention, fact.coordinator, fact.state) == (INTERVENTION, "ggd-vr06", ReportState.OPEN)
    found = room.report(REPORT)
    assert found is not None
    assert found.state.number == fact.number


def test_the_same_visit_told_again_opens_no_second_report() -> None:
    room = Room()
    take(room, message(completed()), take_in_completed)
    assert take(room, message(completed(), 2), take_in_completed) == []


def test_a_rebuild_gives_the_same_report() -> None:
    first, second = Room(), Room()
    take(first, message(completed()), take_in_completed)
    take(second, message(completed()), take_in_completed)
    assert [document.state for document in first] == [document.state for document in second]


def test_the_picture_follows_each_step_and_keeps_when_it_was() -> None:
    room = Room()
    proposed = snapshot(InterventionProposed, happened_at=NOON - timedelta(hours=9))
    take(room, message(proposed), take_in_intervention)
    take(room, message(completed(), 2), take_in_completed)
    picture = room.intervention(INTERVENTION).state
    assert picture.state is InterventionState.COMPLETED
    assert [reached.state for reached in picture.reached] == [InterventionState.PROPOSED, InterventionState.COMPLETED]


def test_a_report_travels_through_the_database_unchanged() -> None:
    room = Room()
    take(room, message(completed()), take_in_completed)
    state = room.report_of(INTERVENTION).state
    assert REPORTS.adapter.validate_python(REPORTS.adapter.dump_python(state)) == state


@pytest.mark.plan("S20")
def test_an_open_report_goes_along_when_the_cases_are_merged_and_a_submitted_one_stays() -> None:
    room = Room()
    take(room, message(completed()), take_in_completed)
    merged = {"state": InterventionState.COMPLETED, "case": "other", "case_number": "Z-2020-OTHER"}
    assert take(room, message(snapshot(InterventionRevised, **merged), 2), take_in_revised) == []
    document = room.report_of(INTERVENTION)
    assert (document.state.visit.case, document.state.visit.case_number) == ("other", "Z-2020-OTHER")
    line = history(document.state)[0]
    assert line["what"] == "Hoort bij een andere zaak, doordat zaken zijn samengevoegd of weer losgemaakt"
    assert line["why"] == "Eerst en nu: Z-2020-3M8TX, Z-2020-OTHER"
    room.apply([document.becomes(document.state.filled_in(COMPLETE, GIJS, LATER).submitted(GIJS, LATER))])
    take(room, message(snapshot(InterventionRevised, state=InterventionState.REPORTED), 3), take_in_revised)
    assert room.report_of(INTERVENTION).state.visit.case == "other"


def test_a_party_is_known_by_name_and_region() -> None:
    room = Room()
    take(room, message(examples()[PartyDescribed], subject="ggd-vr06"), take_in_party)
    party = room.party("ggd-vr06")
    assert party is not None
    assert (party.name, party.region, party.member) == ("GGD Noord- en Oost-Gelderland", "VR06", True)
    assert room.find(PARTIES.name, "ggd-vr06") is not None


def test_a_refused_message_is_noted_once_with_fields_and_reasons() -> None:
    room = Room()
    incoming = message(examples()[SignalRejected], subject="rejection-1", source="intake")
    take(room, incoming, take_in_rejection)
    take(room, incoming, take_in_rejection)
    notice = room.rejection(rejection_notice_id("rejection-1"))
    assert notice is not None
    assert (notice.state.party, notice.state.rejected_at) == ("hotline", NOON)
    assert notice.state.faults[0].field == "situation.themes"
