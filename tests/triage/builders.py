"""Small builders of test data, so that a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.triage.domain.case import Actor
from services.triage.domain.facts import GradingFacts
from services.triage.domain.merging import CaseSignal
from services.triage.domain.ruleset import Ruleset
from services.triage.store import load_ruleset
from shared.bus.message import Message
from shared.contracts.catalogue import SIGNALS, Topic
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.situations import wire_situation
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Channel, Sector, Theme

RULES: Ruleset = load_ruleset("2020-1")
NOON = datetime(2020, 10, 20, 12, 0, tzinfo=UTC)
MEMBER = Actor("lotc-lena", "Lena Otten", "lotc")
ADDRESS = Site(postcode="7141AB", house_number="12", place="Groenlo", municipality="Oost Gelre", region="VR06")

WORK, HOUSING, TRANSPORT = Theme.WORK, Theme.HOUSING, Theme.TRANSPORT
ALL_KNOWN_NO: dict[str, Any] = {
    "sector": Sector.OTHER,
    "people_exposed": 20,
    "infections": 0,
    "people_with_symptoms": 0,
    "sick_people_at_work": False,
    "distance_not_kept": False,
    "cold_or_poorly_ventilated": False,
    "no_screens": False,
    "shared_breaks": False,
    "people_per_bedroom": 1,
    "square_metres_per_person": 20.0,
    "people_per_toilet_or_shower": 2,
    "no_room_to_isolate": False,
    "van_mixed_households": False,
    "van_mixed_sites": False,
    "same_workers_as_outbreak": False,
}


def after(**length: float) -> datetime:
    """A moment so much after noon."""
    return NOON + timedelta(**length)


def facts(*themes: Theme, **known: Any) -> GradingFacts:
    """Facts of which only these are known."""
    return GradingFacts(themes or (WORK,), **known)


def known_facts(*themes: Theme, **otherwise: Any) -> GradingFacts:
    """Facts that are all known and none of which counts, except these."""
    return GradingFacts(themes or (WORK,), **{**ALL_KNOWN_NO, **otherwise})


def own_address(name: str | None = None) -> Site:
    """An address of its own in Groenlo, in a street of its own, so that nobody takes it for another."""
    chance = uuid4().int
    street = "".join("ABEGHJKLNPRTVWXZ"[chance >> shift & 15] for shift in (0, 4))
    return Site(name, f"7141{street}", str((chance >> 8) % 90_000 + 1), "Groenlo", "Oost Gelre", "VR06")


def situation(*themes: Theme, sector: Sector | None = None, site: Site = ADDRESS, **seen: Any) -> Situation:
    return Situation(themes or (WORK,), sector, site, Observations(**seen))


def signal(id_: str = "s1", at: datetime = NOON, about: Situation | None = None, **fields: Any) -> CaseSignal:
    plain = CaseSignal(id_, Channel.WEB, None, about or situation(), at, at, f"https://intake.example/signals/{id_}")
    return replace(plain, **fields)


def received(about: Situation | None = None, at: datetime = NOON, channel: Channel = Channel.WEB) -> SignalReceived:
    """A signal as intake tells it."""
    return SignalReceived(
        channel=channel,
        situation=wire_situation(about or situation()),
        received_at=at,
        dataref="https://intake.example/signals/1",
    )


def supplemented(about: Situation, at: datetime = NOON) -> SignalSupplemented:
    return SignalSupplemented(situation=wire_situation(about), received_at=at)


def withdrawn(at: datetime = NOON) -> SignalWithdrawn:
    return SignalWithdrawn(withdrawn_at=at)


def message(
    fact: Fact, subject: str = "s1", sequence: int = 1, topic: Topic = SIGNALS, owner: str = "intake"
) -> Message[Any]:
    """A fact as it comes in."""
    return Message(Envelope(str(uuid4()), source_of(owner), fact.TYPE, NOON, subject, sequence), fact, topic.name)
