"""Facts from other services: which notices they lead to, told once, under the right region."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.crossborder.domain.notices import Need, Notice
from services.crossborder.start_data import StartData
from services.crossborder.store import NOTICES, PARTIES, Room, notice_id
from services.crossborder.use_cases.taking_in import TakeInAssessment, take_in_closure, take_in_party
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts.common import Site
from shared.contracts.crossborder import NoticeDrafted, NoticeFact, NoticeRevised
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseAssessed, CaseClosed
from shared.vocabulary import Grade, NoticeState, PartyKind
from tests.crossborder.builders import CASE, NOON, assessed, message, sent

LATER = NOON + timedelta(hours=1)


def take(start: StartData, room: Room, fact: CaseAssessed, sequence: int = 1) -> Sequence[Change[Any]]:
    incoming: Message[Any] = message(fact, sequence)
    changes = TakeInAssessment(start)(room, incoming, LATER)
    room.apply(changes, incoming)
    return changes


def told(changes: Sequence[Change[Any]]) -> list[NoticeFact]:
    return [telling.fact for change in changes for telling in change.tellings if isinstance(telling.fact, NoticeFact)]


def notice_of(room: Room, party: str = "kreis-borken") -> Notice:
    state: Notice = room.notice(CASE, party).state
    return state


@pytest.mark.plan("S09")
@pytest.mark.plan("S25")
def test_people_living_in_borken_lead_to_a_draft_under_vnog(start: StartData) -> None:
    room = Room()
    (fact,) = told(take(start, room, assessed()))
    assert isinstance(fact, NoticeDrafted)
    assert (fact.authority, fact.authority_name, fact.country) == ("kreis-borken", "Kreis Borken", "DE")
    assert (fact.region, fact.task_force) == ("VR06", "Covid 19 Infektion Arbeitsmigranten")
    assert (fact.state, fact.grade, fact.case) == (NoticeState.DRAFT, Grade.CRITICAL, CASE)
    assert fact.number.startswith("N-2020-")


def test_every_authority_gets_its_own_notice(start: StartData) -> None:
    room = Room()
    facts = told(take(start, room, assessed(workers_live_in=("kreis-borken", "kreis-kleve", "prov-liege"))))
    assert [fact.region for fact in facts] == ["VR06", "VR06", "VR24"]
    assert len({document.id for document in room.notices_of(CASE)}) == 3


def test_a_site_across_the_border_leads_to_one_notice_for_that_district(start: StartData) -> None:
    site = Site(postcode="46325", municipality="Borken", country="DE", district="kreis-borken")
    room = Room()
    assert len(told(take(start, room, assessed(workers_live_in=("kreis-borken",), site=site)))) == 1
    assert notice_of(room).picture.site_here


@pytest.mark.parametrize("workers_live_in", [(), ("kreis-borken",)])
def test_a_low_grade_or_no_district_leads_to_nothing(start: StartData, workers_live_in: tuple[str, ...]) -> None:
    grade = Grade.LOW if workers_live_in else Grade.CRITICAL
    assert take(start, Room(), assessed(grade, workers_live_in)) == []


def test_a_rise_to_moderate_leads_to_a_draft_yet(start: StartData) -> None:
    room = Room()
    take(start, room, assessed(Grade.LOW))
    assert isinstance(told(take(start, room, assessed(Grade.MODERATE), 2))[0], NoticeDrafted)


def test_another_grade_revises_a_draft(start: StartData) -> None:
    room = Room()
    take(start, room, assessed(Grade.HIGH))
    (fact,) = told(take(start, room, assessed(Grade.CRITICAL), 2))
    assert isinstance(fact, NoticeRevised)
    assert fact.grade == Grade.CRITICAL


def test_other_numbers_revise_the_draft_quietly(start: StartData) -> None:
    room = Room()
    take(start, room, assessed())
    changes = take(start, room, assessed(confirmed_infections=60), 2)
    assert (len(changes), told(changes)) == (1, [])
    assert notice_of(room).picture.confirmed_infections == 60


def test_the_same_assessment_again_changes_nothing(start: StartData) -> None:
    room = Room()
    take(start, room, assessed())
    assert take(start, room, assessed(at=LATER), 2) == []


def test_a_sent_notice_is_marked_and_not_told_as_revised(start: StartData) -> None:
    room = Room()
    take(start, room, assessed(Grade.HIGH))
    document = room.notice(CASE, "kreis-borken")
    room.apply([document.becomes(sent(document.state))])
    changes = take(start, room, assessed(Grade.CRITICAL), 2)
    assert told(changes) == []
    assert notice_of(room).need == Need.TELL_CHANGE


def test_a_district_no_longer_named_quietens_its_draft(start: StartData) -> None:
    room = Room()
    take(start, room, assessed(workers_live_in=("kreis-borken", "kreis-kleve")))
    take(start, room, assessed(workers_live_in=("kreis-kleve",)), 2)
    assert (notice_of(room).need, notice_of(room, "kreis-kleve").need) == (None, Need.SEND)


def test_a_closed_case_quietens_its_drafts(start: StartData) -> None:
    room = Room()
    take(start, room, assessed())
    closed = CaseClosed(number="Z-2020-7K4Q2M", reason="resolved", closed_at=LATER)
    room.apply(take_in_closure(room, message(closed, 2), LATER))
    assert notice_of(room).need is None


def test_a_district_nobody_knows_is_not_lost_but_falls_to_the_region_of_the_site(start: StartData) -> None:
    (fact,) = told(take(start, Room(), assessed(workers_live_in=("kreis-mettmann",))))
    assert (fact.authority_name, fact.country, fact.region) == ("kreis-mettmann", "ZZ", "VR06")


def test_the_network_map_names_an_authority_that_the_start_data_do_not_know(start: StartData) -> None:
    room = Room()
    described = PartyDescribed(
        name="Kreis Mettmann",
        kind=PartyKind.FOREIGN_AUTHORITY,
        region=None,
        country="DE",
        member=False,
        competences=(),
    )
    room.apply(take_in_party(room, message(described, subject="kreis-mettmann"), NOON))
    (fact,) = told(take(start, room, assessed(workers_live_in=("kreis-mettmann",))))
    assert (fact.authority_name, fact.country) == ("Kreis Mettmann", "DE")
    assert room.find(PARTIES.name, "kreis-mettmann") is not None


def test_a_region_that_was_changed_by_people_wins_over_the_start_data(start: StartData) -> None:
    viersen = start.authorities["kreis-viersen"]
    moved = type(viersen)(**{**{f: getattr(viersen, f) for f in viersen.__dataclass_fields__}, "region": "VR24"})
    room = Room([Document("authorities", "kreis-viersen", moved, version=1)])
    (fact,) = told(take(start, room, assessed(workers_live_in=("kreis-viersen",))))
    assert fact.region == "VR24"


def test_a_rebuild_gives_the_same_ids_numbers_and_moments(start: StartData) -> None:
    first, second = Room(), Room()
    take(start, first, assessed())
    take(start, second, assessed())
    assert notice_of(first) == notice_of(second)
    assert first.notice(CASE, "kreis-borken").id == notice_id(CASE, "kreis-borken")


def test_no_fact_holds_the_name_or_the_address_of_the_site(start: StartData) -> None:
    changes = take(start, Room(), assessed())
    room_text = NOTICES.adapter.dump_json(changes[0].state).decode() + told(changes)[0].model_dump_json()
    assert not any(secret in room_text for secret in ("Jansen", "7141", "Slagerij"))
