"""Small builders for situations, documents and messages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.intake.domain.signal import Signal
from shared.bus.documents import Change, Document, WorkingSet
from shared.bus.message import Message
from shared.contracts.envelope import Envelope
from shared.contracts.intake import InboundSignal
from shared.contracts.reported import ReportedSituation
from shared.reference.places import Reference
from shared.situation import Site, Situation
from shared.vocabulary import Channel, Theme

REFERENCE = Reference.load()
NOON = datetime(2020, 10, 24, 12, 7, 31, tzinfo=UTC)
QUARTER = datetime(2020, 10, 24, 12, 0, tzinfo=UTC)
TODAY = date(2020, 10, 24)
TOPIC = "intake.inbound.hotline.v1"


def reported(**site: Any) -> ReportedSituation:
    """A meat plant with three infections, at the site given."""
    return ReportedSituation.model_validate(
        {
            "themes": ["work"],
            "sector": "meat",
            "site": site or {"postcode": "7141 AB", "houseNumber": "12"},
            "observations": {"confirmedInfections": 3},
        }
    )


def situation(region: str | None = "VR06") -> Situation:
    return Situation((Theme.WORK,), site=Site(postcode="7141AB", house_number="12", region=region))


def signal(region: str | None = "VR06") -> Signal:
    return Signal(situation(region), Channel.WEB, QUARTER, has_words=True)


def inbound(message_id: str = "m-1", **site: Any) -> Message[InboundSignal]:
    envelope = Envelope(message_id, "urn:hotline", InboundSignal.TYPE, NOON, "call 7")
    return Message(envelope, InboundSignal(situation=reported(**site), reference="call 7"), TOPIC)


def applied(room: WorkingSet, changes: Sequence[Change[Any]]) -> Document[Any]:
    """The one document that a decision changed, with its facts staged."""
    room.apply(changes)
    (document,) = room.changed
    return document
