"""Intake's facts: what was reported, without reporter, free text, contact data, attachment or receipt."""

from pydantic import ConfigDict, Field, field_validator

from shared.contracts.common import Moment, PartyId, Situation
from shared.contracts.envelope import Fact, WireModel, fact
from shared.contracts.reported import ReportedSituation, line_of_text
from shared.vocabulary import Channel


@fact("signals.received.v1")
class SignalReceived(Fact):
    """Somebody reported a situation. Subject: the signal.

    `received_at` is rounded down to the quarter hour; `dataref` leads a person with the right role to what intake
    keeps to itself.
    """

    channel: Channel
    party: PartyId | None = Field(default=None, description="the integration or member that sent it")
    situation: Situation
    received_at: Moment
    dataref: str
    corroborates: str | None = Field(
        default=None, description="an earlier signal about the same situation, told by somebody else"
    )
    official: bool = Field(default=False, description="a finding by an authority, with a document it rests on")


@fact("signals.supplemented.v1")
class SignalSupplemented(Fact):
    """The situation as known after new facts about the same signal; replaces the earlier one as a whole."""

    situation: Situation
    received_at: Moment


@fact("signals.withdrawn.v1")
class SignalWithdrawn(Fact):
    """The reporter took the signal back."""

    withdrawn_at: Moment


class Fault(WireModel):
    """One thing wrong with a message: the field and the reason, never the value."""

    field: str
    reason: str


@fact("signals.rejected.v1")
class SignalRejected(Fact):
    """A message on an integration's inbound topic could not be taken in. Subject: the rejection."""

    party: PartyId
    message_id: str | None = Field(description="the sender's own ce_id, when it could be read")
    topic: str
    partition: int
    offset: int
    faults: tuple[Fault, ...]


@fact("inbound-signals.submitted.v1")
class InboundSignal(Fact):
    """What an integration writes to its own `intake.inbound.<party>.v1`. Fields it does not know are refused."""

    model_config = ConfigDict(extra="forbid")

    situation: ReportedSituation
    reference: str | None = Field(default=None, max_length=100, description="the sender's own number for it")

    _one_line = field_validator("reference")(line_of_text)
