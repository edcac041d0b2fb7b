"""What intake decides about a message or a form, without Kafka or a database."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from services.intake.domain.signal import Rejection, Status
from services.intake.store import REJECTIONS, SIGNALS, inbound_signal_id
from services.intake.use_cases import signals as use_cases
from shared.bus.documents import WorkingSet
from shared.bus.message import Message, Unreadable
from shared.bus.stage import Refusal
from shared.contracts.intake import InboundSignal, SignalReceived, SignalRejected, SignalWithdrawn
from shared.vocabulary import Channel
from tests.intake.builders import NOON, QUARTER, REFERENCE, TOPIC, applied, inbound, reported, signal

URL = "http://localhost:8001"
take_in = partial(use_cases.take_in_inbound, reference=REFERENCE, public_url=URL)


@pytest.mark.plan("S22")
@pytest.mark.plan("C04")
def test_an_integrations_message_becomes_a_signal_of_its_party() -> None:
    document = applied(room := WorkingSet(), take_in(room, inbound(), NOON))
    assert document.id == inbound_signal_id(TOPIC, "m-1")
    assert (document.state.channel, document.state.party) == (Channel.INTEGRATION, "hotline")
    assert (document.state.situation.site.region, document.state.situation.site.municipality) == (
        "VR06",
        "Oost Gelre",
    )


def test_the_fact_tells_the_quarter_hour_and_nothing_finer() -> None:
    document = applied(room := WorkingSet(), take_in(room, inbound(), NOON))
    (staged,) = document.staged
    assert staged.type == SignalReceived.TYPE
    assert staged.time == staged.record_time == QUARTER == document.state.received_at
    assert json.loads(staged.body)["receivedAt"] == "2020-10-24T12:00:00Z"
    assert "12:07" not in repr(document)


def test_the_same_message_twice_is_one_signal() -> None:
    room = WorkingSet()
    applied(room, take_in(room, inbound("m-1"), NOON))
    assert take_in(room, inbound("m-1"), NOON) == []
    assert len(take_in(room, inbound("m-2"), NOON)) == 1


def test_a_place_far_from_its_postcode_is_refused_with_the_field() -> None:
    with pytest.raises(Unreadable) as refused:
        take_in(WorkingSet(), inbound(postcode="7141AB", place="Amsterdam"), NOON)
    ((field, _reason),) = refused.value.faults
    assert field == "situation.site.place"


def test_the_day_of_observation_is_told_and_one_that_cannot_be_is_refused_with_the_field() -> None:
    def seen_on(day: date) -> Message[InboundSignal]:
        message = inbound()
        situation = message.fact.situation.model_copy(update={"observed_on": day})
        return replace(message, fact=message.fact.model_copy(update={"situation": situation}))

    # 23:30 in London is half past midnight in the Netherlands, where the next day has come.
    late = datetime(2020, 10, 24, 22, 30, tzinfo=UTC)
    document = applied(WorkingSet(), take_in(WorkingSet(), seen_on(date(2020, 10, 25)), late))
    assert json.loads(document.staged[0].body)["situation"]["observedOn"] == "2020-10-25"
    for day in (date(2020, 10, 26), date(2019, 10, 24)):
        with pytest.raises(Unreadable) as refused:
            take_in(WorkingSet(), seen_on(day), late)
        assert [field for field, _ in refused.value.faults] == ["situation.observedOn"]


def test_a_refused_message_is_answered_with_fields_and_reasons_only() -> None:
    faults = (("situation.site.houseNumber", "a number"), ("Jan Jansen belde", "not permitted"))
    refusal = Refusal(TOPIC, 2, 41, "m-9", faults)
    document = applied(room := WorkingSet(), use_cases.reject(room, refusal, NOON))
    assert isinstance(document.state, Rejection)
    assert (document.collection, document.state.party) == (REJECTIONS.name, "hotline")
    (staged,) = document.staged
    told = json.loads(staged.body)
    assert staged.type == SignalRejected.TYPE
    assert [fault["field"] for fault in told["faults"]] == ["situation.site.houseNumber", "?"]
    assert use_cases.reject(room, refusal, NOON) == []


def test_a_field_name_of_a_hundred_thousand_dots_is_answered_too() -> None:
    """Told in full, the answer would be larger than the broker takes: nothing more was read then, of anybody."""
    refusal = Refusal(TOPIC, 2, 42, "m-9", ((f"situation{'.q' * 100_000}", "not permitted"),))
    (staged,) = applied(room := WorkingSet(), use_cases.reject(room, refusal, NOON)).staged
    assert json.loads(staged.body)["faults"][0]["field"] == "situation.q.q.q.q.q.?"


def test_of_a_message_with_many_faults_the_first_are_told() -> None:
    refusal = Refusal("intake.inbound.hotline.v1", 0, 17, "m-1", tuple((f"a{n}", "is not known") for n in range(9000)))
    (staged,) = applied(room := WorkingSet(), use_cases.reject(room, refusal, NOON)).staged
    told = json.loads(staged.body)["faults"]
    assert (len(told), told[-1]) == (51, {"field": "body", "reason": "8950 more faults"})
    assert len(staged.body) < 8192


def test_withdrawing_is_told_once() -> None:
    room = WorkingSet()
    document = room.find_or_new(SIGNALS.name, "s-1")
    room.apply([use_cases.received(document, signal(), URL)])
    room.apply(use_cases.withdrawal(room, id_="s-1", at=QUARTER))
    assert document.state.status is Status.WITHDRAWN
    assert [staged.type for staged in document.staged] == [SignalReceived.TYPE, SignalWithdrawn.TYPE]
    assert use_cases.withdrawal(room, id_="s-1", at=QUARTER) == []


def test_a_place_by_any_name_gets_its_official_one_and_its_region() -> None:
    site = use_cases.placed(reported(place="'s gravenhage"), REFERENCE).site
    assert (site.place, site.municipality, site.region) == ("Den Haag", "'s-Gravenhage", "VR15")


def test_a_postcode_alone_gives_the_place() -> None:
    site = use_cases.placed(reported(postcode="7141"), REFERENCE).site
    assert (site.place, site.region) == ("Groenlo", "VR06")


def test_an_unknown_hamlet_at_a_known_postcode_keeps_its_name() -> None:
    site = use_cases.placed(reported(postcode="7141AB", place="Achter de Molen"), REFERENCE).site
    assert (site.place, site.municipality) == ("Achter de Molen", "Oost Gelre")


def test_an_ambiguous_place_has_no_region() -> None:
    assert use_cases.placed(reported(place="Laren"), REFERENCE).site.region is None


def test_a_site_across_the_border_keeps_its_district_and_gets_no_region() -> None:
    site = use_cases.placed(
        reported(country="DE", postcode="48683", place="Ahaus", district="kreis-borken"), REFERENCE
    ).site
    assert (site.district, site.region, site.postcode) == ("kreis-borken", None, "48683")
