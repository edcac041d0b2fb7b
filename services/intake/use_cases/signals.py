"""What people and programs do with a signal: hand it in, take it in or refuse it, ask how it stands, read, withdraw."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from services.intake.domain import receipt
from services.intake.domain.dialogue import Picture
from services.intake.domain.marks import marks_of_numbers, marks_of_words
from services.intake.domain.moments import fault_of_day, quarter_of
from services.intake.domain.signal import (
    Entry,
    Mark,
    NotAllowed,
    Rejection,
    Signal,
    Status,
    may_read_words,
    withdraw,
)
from services.intake.keys import Keys
from services.intake.own_words import to_tell
from services.intake.store import (
    NOTHING_WRITTEN,
    REJECTIONS,
    SIGNALS,
    Look,
    ReporterData,
    Signals,
    Vault,
    inbound_signal_id,
    rejection_id,
)
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, RefusedByDatabase, WorkingSet, tell_coarsely
from shared.bus.message import Message, Unreadable
from shared.bus.stage import Refusal
from shared.calendar import day_of
from shared.contracts import catalogue, common
from shared.contracts.intake import Fault, InboundSignal, SignalReceived, SignalRejected, SignalWithdrawn
from shared.contracts.reported import ReportedSituation
from shared.reference.places import Reference
from shared.situation import Situation
from shared.vocabulary import Channel

FAR_APART_METRES = 30_000
"""A place and a postcode further from each other than this cannot both be right."""

_SITUATION: TypeAdapter[Situation] = TypeAdapter(Situation)
_INBOUND = re.compile(catalogue.INBOUND_PATTERN.replace("[a-z][a-z0-9-]{1,40}", "(?P<party>[a-z][a-z0-9-]{1,40})"))
_DAY_REFUSED = {"day_to_come": "is yet to come", "day_long_ago": "is more than a year ago"}
_FIELD_NAME = re.compile(r"\w{1,40}", re.ASCII)
_MOST_FAULTS = 50
_DEEPEST_FIELD = 6


class Misplaced(ValueError):
    """The postcode lies nowhere near the place of that name."""


class TicketReused(Exception):
    """The same ticket was sent before with other content."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A signal as a person or program hands it in.

    `ticket` makes it one signal however often it is sent, `receipt_seed` is what its receipt code follows from:
    both are known to the sender alone. Without a seed nobody gets a receipt, and there is nobody to ask.
    """

    situation: ReportedSituation
    channel: Channel
    ticket: str
    receipt_seed: str
    party: str | None = None
    data: ReporterData = NOTHING_WRITTEN
    pictures: tuple[Picture, ...] = ()
    reference: str | None = None
    corroborates: str | None = None
    official: bool = False
    marks: tuple[Mark, ...] = ()
    """What its door has noticed; the signal's own are added."""

    def content(self) -> str:
        pictures = [picture.id for picture in self.pictures]
        return "\n".join((self.situation.content(), self.data.words, self.data.contact, *pictures))

    def is_same(self, other: "Submission") -> bool:
        """Whether both say the same, reference included."""
        return self.content() == other.content() and self.reference == other.reference


@dataclass(frozen=True, slots=True)
class Received:
    """What the sender is told: `repeated` when it had been sent before. The marks are for us alone."""

    id: str
    receipt: str
    status: Status
    repeated: bool
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Intake:
    """The verbs that people and programs use, with what they need."""

    bus: Bus
    signals: Signals
    vault: Vault
    keys: Keys
    reference: Reference
    public_url: str

    def today(self) -> date:
        """The day it is in the Netherlands."""
        return day_of(self.bus.now())

    async def receive_signal(self, submission: Submission) -> Received:
        """Store a signal with its fact; raises Misplaced, or TicketReused for other content on a known ticket."""
        situation = placed(submission.situation, self.reference)
        told = to_tell(situation.site, submission.reference, submission.channel)
        data = replace(submission.data, lines=told.written)
        id_, code = self.keys.signal_id(submission.ticket), self.keys.receipt_code(submission.receipt_seed)
        # What was written on a known ticket must not be replaced; without words a first look is spared.
        known = await self.signals.get(id_) if data else None
        if known is None:
            signal = self._signal(submission, replace(situation, site=told.site), told.reference, bool(data), code)
            if data:
                await self.vault.keep(id_, data)
            decision = partial(first_receipt, id_=id_, signal=signal, public_url=self.public_url)
            try:
                stored = await self.bus.decide(partial(self.signals.load, [id_]), decision, guess=WorkingSet())
            except RefusedByDatabase:
                # Nobody would ever come by these words again, and so nobody would erase them.
                if not await self.signals.knows(id_):
                    await self.vault.forget(id_)
                raise
            if stored:
                return Received(id_, code, signal.status, repeated=False, marks=signal.marks)
            known = await self.signals.get(id_)
            assert known is not None
        if not self._says_the_same(submission, known.state):
            raise TicketReused
        return Received(id_, code, known.state.status, repeated=True)

    def receipt_of(self, ticket: str) -> str:
        """The code of a form that was sent; for who shows the form itself, sealed as it was when it was sent."""
        return self.keys.receipt_code(ticket)

    async def was_sent(self, ticket: str) -> bool:
        """Whether a form with this ticket has been sent."""
        return await self.signals.knows(self.keys.signal_id(ticket))

    async def sent_before(self, submissions: Sequence[Submission]) -> list[bool | None]:
        """Of each, whether its ticket is known with the same content (True), with other (False) or not at all (None).

        One query, however many there are.
        """
        ids = [self.keys.signal_id(one.ticket) for one in submissions]
        known = {document.id: document.state for document in await self.signals.load(ids)}
        return [
            self._says_the_same(one, known[id_]) if id_ in known else None
            for id_, one in zip(ids, submissions, strict=True)
        ]

    async def read_words(self, document: Document[Signal], reader: Look) -> ReporterData | None:
        """What the reporter wrote; recorded before it is shown."""
        await self.signals.record_look(reader)
        return await self.vault.read(document.id)

    def _says_the_same(self, submission: Submission, known: Signal) -> bool:
        told = to_tell(known.situation.site, submission.reference, submission.channel)
        same_content = known.fingerprint == self.keys.fingerprint(submission.content())
        return same_content and known.reference == told.reference

    def _signal(
        self, submission: Submission, situation: Situation, reference: str | None, has_words: bool, code: str
    ) -> Signal:
        at = quarter_of(self.bus.now())
        return Signal(
            situation=situation,
            channel=submission.channel,
            received_at=at,
            party=submission.party,
            reference=reference,
            corroborates=submission.corroborates,
            official=submission.official,
            receipt=self.keys.receipt_hash(receipt.normal(code) or "") if submission.receipt_seed else None,
            fingerprint=self.keys.fingerprint(submission.content()),
            has_words=has_words,
            history=(Entry(at, "received"),),
            pictures=submission.pictures,
            marks=_marks(situation, submission.data.words, submission.marks),
        )


def first_receipt(room: WorkingSet, *, id_: str, signal: Signal, public_url: str) -> Sequence[Change[Any]]:
    """The signal with its fact, unless the same one came in a moment before."""
    document: Document[Signal] = room.find_or_new(SIGNALS.name, id_)
    return [] if document.exists else [received(document, signal, public_url)]


def withdrawal(room: WorkingSet, *, id_: str, at: datetime) -> Sequence[Change[Any]]:
    """Withdraw once; a second time changes nothing."""
    document: Document[Signal] = room.find_or_new(SIGNALS.name, id_)
    try:
        state = withdraw(document.state, at)
    except NotAllowed:
        return []
    return [document.becomes(state, tell_coarsely(catalogue.SIGNALS, SignalWithdrawn(withdrawn_at=at), at))]


def take_in_inbound(
    room: WorkingSet, message: Message[InboundSignal], now: datetime, *, reference: Reference, public_url: str
) -> Sequence[Change[Any]]:
    """A signal from an integration; the same message id on the same topic is the same signal."""
    document: Document[Signal] = room.find_or_new(SIGNALS.name, inbound_signal_id(message.topic, message.envelope.id))
    if document.exists:
        return []
    try:
        situation = placed(message.fact.situation, reference)
    except Misplaced as fault:
        raise Unreadable([("situation.site.place", str(fault))]) from None
    if wrong := fault_of_day(situation.observed_on, day_of(now)):
        raise Unreadable([("situation.observedOn", _DAY_REFUSED[wrong])])
    at = quarter_of(now)
    # What is left out here stays with its sender: a batch is decided without anything being sealed.
    told = to_tell(situation.site, message.fact.reference, Channel.INTEGRATION)
    situation = replace(situation, site=told.site)
    signal = Signal(
        situation=situation,
        channel=Channel.INTEGRATION,
        received_at=at,
        party=party_of(message.topic),
        reference=told.reference,
        history=(Entry(at, "received"),),
        marks=_marks(situation),
    )
    return [received(document, signal, public_url)]


def reject(room: WorkingSet, refusal: Refusal, now: datetime) -> Sequence[Change[Any]]:
    """Tell the sender of a message that cannot be taken in which fields were wrong and why; of ours, operators know."""
    if _INBOUND.match(refusal.topic) is None:
        return []
    document: Document[Rejection] = room.find_or_new(REJECTIONS.name, rejection_id(refusal))
    if document.exists:
        return []
    at = quarter_of(now)
    faults = _told_faults(refusal.faults)
    rejection = Rejection(
        party_of(refusal.topic),
        refusal.topic,
        refusal.partition,
        refusal.offset,
        refusal.message_id,
        faults,
        at,
    )
    fact = SignalRejected(
        party=rejection.party,
        message_id=rejection.message_id,
        topic=rejection.topic,
        partition=rejection.partition,
        offset=rejection.offset,
        faults=tuple(Fault(field=field, reason=reason) for field, reason in faults),
    )
    return [document.becomes(rejection, tell_coarsely(catalogue.SIGNALS, fact, at))]


def received(document: Document[Signal], signal: Signal, public_url: str) -> Change[Signal]:
    """A new signal with the fact that tells others of it."""
    fact = SignalReceived(
        channel=signal.channel,
        party=signal.party,
        situation=common.Situation.model_validate(signal.situation, from_attributes=True),
        received_at=signal.received_at,
        corroborates=signal.corroborates,
        official=signal.official,
        dataref=f"{public_url}/signals/{document.id}",
    )
    return document.becomes(signal, tell_coarsely(catalogue.SIGNALS, fact, signal.received_at))


def party_of(topic: str) -> str:
    """Who writes an inbound topic; the broker lets nobody else."""
    found = _INBOUND.match(topic)
    if found is None:
        raise ValueError("no inbound topic")
    return found["party"]


def placed(reported: ReportedSituation, reference: Reference) -> Situation:
    """The situation with municipality and safety region filled in, as far as they are known."""
    situation = _SITUATION.validate_python(reported.model_dump())
    site = situation.site
    if site.country != "NL":
        return situation
    found = reference.locate(postcode=site.postcode, place=site.place, municipality=site.municipality)
    if found is None:
        return situation
    named = reference.namesakes(site.place or "")
    if named and all(found.point.distance_to(place.point) > FAR_APART_METRES for place in named):
        raise Misplaced("lies nowhere near the postcode or municipality")
    # The name as the reference data spell it, so that one place is written one way.
    official = [place.place for place in named if place.municipality == found.municipality]
    return replace(
        situation,
        site=replace(
            site,
            place=next(iter(official), None) or site.place or found.place,
            municipality=found.municipality.name,
            region=found.region,
        ),
    )


def look_at_words(signal: str, subject: str, name: str, organisation: str, reason: str, at: datetime) -> Look:
    """The record of one look."""
    return Look(
        operation_id=str(uuid4()),
        operation="read-reporter-data",
        processing_activity="urn:nl.brandmeester:processing:handling-signals",
        signal=signal,
        data_subject_category="reporter",
        subject=subject,
        name=name,
        organisation=organisation,
        reason=reason,
        at=at,
    )


def allowed_to_read(organisation: str, region: str | None, document: Document[Signal]) -> bool:
    """Whether somebody of this organisation and region may read what the reporter wrote."""
    return may_read_words(organisation, region, document.state)


def _marks(situation: Situation, words: str = "", noticed: Sequence[Mark] = ()) -> tuple[Mark, ...]:
    return tuple(sorted({*noticed, *marks_of_numbers(situation.observations), *marks_of_words(words)}))


def _told_faults(faults: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The first of them, and how many more there are: all those of one large message would make one too large."""
    told = [(_field_only(field), reason) for field, reason in faults[:_MOST_FAULTS]]
    more = len(faults) - len(told)
    return (*told, ("body", f"{more} more faults")) if more else tuple(told)


def _field_only(path: str) -> str:
    """A field's path without what a sender may have hidden in a name of their own making.

    Such a name may hold dots as well, and go on for pages.
    """
    parts = path.split(".", _DEEPEST_FIELD)
    return ".".join(part if _FIELD_NAME.fullmatch(part) else "?" for part in parts)
