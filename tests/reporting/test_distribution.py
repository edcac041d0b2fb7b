"""What partners are told: each once, as much as it may know, and nothing that was typed."""

from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.domain.telling import Fault, RejectionNotice
from services.reporting.facts import tell_sender, tell_submitted
from services.reporting.store import PARTIES, Room
from services.reporting.use_cases.distribution import notified
from shared.bus.documents import Document, Telling
from shared.contracts.reporting import ReportNotice, ReportSubmitted, SignalRejectionNotice
from tests.reporting.builders import NETWORK, NOON, REPORT, shared, submitted

ROOM = Room(Document(PARTIES.name, id_, party, version=1) for id_, party in NETWORK.items())
ADDRESS = f"http://localhost:8004/reports/{REPORT}"
LATER = NOON + timedelta(hours=3)


def notice(telling: Telling) -> ReportNotice:
    assert isinstance(telling.fact, ReportNotice)
    return telling.fact


@pytest.mark.plan("C05")
@pytest.mark.plan("S21")
def test_each_connected_party_is_told_on_its_own_topic() -> None:
    report, tellings = notified(ROOM, shared("ggd-vr06", "iszw", "vr23"), ADDRESS, {"ggd-vr06", "iszw"}, LATER)
    assert [telling.topic.name for telling in tellings] == ["partners.ggd-vr06.v1", "partners.iszw.v1"]
    assert [notice(telling).party for telling in tellings] == ["ggd-vr06", "iszw"]
    assert report.waiting == ("vr23",)
    assert notified(ROOM, report, ADDRESS, {"ggd-vr06", "iszw"}, LATER) == (report, [])


def test_only_the_region_concerned_is_told_the_place() -> None:
    _, (near, far) = notified(ROOM, shared("ggd-vr06", "iszw"), ADDRESS, {"ggd-vr06", "iszw"}, LATER)
    assert (notice(near).site.postcode, notice(near).site.place) == ("7141DC", "Groenlo")
    site = notice(far).site
    assert (site.postcode, site.place, site.name, site.municipality) == ("714", None, None, "Oost Gelre")


def test_a_party_that_nobody_described_is_told_like_a_stranger() -> None:
    _, (telling,) = notified(Room(), shared("ggd-vr06"), ADDRESS, {"ggd-vr06"}, LATER)
    assert notice(telling).site.postcode == "714"


def test_every_time_a_partner_sees_is_a_whole_hour() -> None:
    _, (telling,) = notified(ROOM, shared("vr06"), ADDRESS, {"vr06"}, LATER)
    fact = notice(telling)
    assert telling.coarse
    assert telling.time == datetime(2020, 6, 20, 15, tzinfo=UTC)
    assert fact.shared_at == datetime(2020, 6, 20, 12, tzinfo=UTC)
    assert fact.visited_at == datetime(2020, 6, 20, 10, tzinfo=UTC)


def test_what_was_typed_stays_in_the_report() -> None:
    report = shared("vr06")
    _, (telling,) = notified(ROOM, report, ADDRESS, {"vr06"}, LATER)
    told = telling.body + tell_submitted(report, LATER).body
    for typed in (report.filling.conclusion, report.filling.findings[0].text):
        assert typed.encode() not in told
    assert b"Gijs" not in told


def test_the_submission_tells_numbers_and_known_measures() -> None:
    fact = tell_submitted(submitted(), NOON).fact
    assert isinstance(fact, ReportSubmitted)
    assert (fact.infringements, fact.measures) == (2, ("work_stopped", "testing"))


@pytest.mark.plan("C04")
def test_the_sender_of_a_refused_message_is_told_which_and_why() -> None:
    faults = (Fault("situation.themes", "Field required"),)
    refused = RejectionNotice("hotline", "m-1", "intake.inbound.hotline.v1", 1, 42, faults, NOON)
    telling = tell_sender(refused, LATER)
    assert isinstance(telling.fact, SignalRejectionNotice)
    assert telling.topic.name == "partners.hotline.v1"
    assert (telling.fact.message_id, telling.fact.faults[0].reason) == ("m-1", "Field required")
    assert (telling.coarse, telling.time) == (True, datetime(2020, 6, 20, 15, tzinfo=UTC))
