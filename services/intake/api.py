"""Signals over HTTP, for programs."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from services.intake.domain.moments import fault_of_day
from services.intake.domain.signal import Mark, Signal, Status, channel_of
from services.intake.floods import Floods
from services.intake.metrics import Metrics
from services.intake.sources import Sources
from services.intake.store import Filter, ReporterData
from services.intake.submission import SignalSubmission
from services.intake.use_cases.signals import Intake, Misplaced, Submission, TicketReused
from shared.bus.documents import Document
from shared.contracts.common import RegionCode, Situation
from shared.contracts.situations import wire_situation
from shared.vocabulary import Channel, Sector, Theme
from shared.web.bodies import ApiRoute
from shared.web.members import READ_SIGNALS
from shared.web.models import ApiModel
from shared.web.paging import Paged, PagingQuery, paged
from shared.web.problems import Fault, Problem, bad_request, not_found
from shared.web.sign_in import Member, Role, api_caller, api_member, demand_role

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=16,
        max_length=100,
        pattern=r"^[!-~]+$",
        description="Makes a repeated request one signal: 16 to 100 letters, digits and other signs of ASCII, without "
        "spaces; a random UUID does well. It is yours alone if you send a token, and is kept as long as the signal: "
        "use it for no other.",
    ),
]


class SignalReceipt(ApiModel):
    """What the sender keeps: with the receipt code the signal can be followed and withdrawn."""

    id: UUID
    receipt: str = Field(description="shown only here", examples=["K7QF-2MZ0-9XTC-41RD"])
    status: Status


class SignalView(ApiModel):
    """A signal's structured facts; `receivedAt` is rounded down to the quarter hour."""

    id: UUID
    channel: Channel
    party: str | None
    reference: str | None
    received_at: datetime
    status: Status
    situation: Situation
    has_text: bool
    marks: tuple[Mark, ...] = Field(description="what looks odd about it; no signal is refused for that")


async def signal_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """People who follow signals: neither ops nor a program."""
    demand_role(member, *READ_SIGNALS)
    return member


def router(intake: Intake, metrics: Metrics, sources: Sources, floods: Floods) -> APIRouter:
    """`/v1/signals`."""
    routes = APIRouter(prefix="/v1/signals", route_class=ApiRoute, tags=["signals"])

    @routes.post(
        "",
        status_code=201,
        summary="Hand in a signal",
        responses={
            401: {"description": "An `Authorization` that is no bearer token, or a token that does not hold"},
            409: {
                "description": "The `Idempotency-Key` belongs to another signal: send that one exactly as the first "
                "time, or this one with a new key"
            },
            415: {"description": "The body does not say that it is JSON: `Content-Type: application/json`"},
            429: {"description": "Too many requests of yours wait already; `Retry-After` says when to come back"},
        },
        openapi_extra={"security": [{}]},  # a token is welcome, and not needed
    )
    async def hand_in(
        request: Request,
        response: Response,
        submission: SignalSubmission,
        member: Annotated[Member | None, Depends(api_caller)],
        idempotency_key: IdempotencyKey = None,
    ) -> SignalReceipt:
        """To hand in anonymously, send no `Authorization`: nobody is asked who they are, and the signal says of nobody.

        With a token it carries your party id. An `Authorization` that cannot be read or a token that does not hold is
        refused with 401, so that a slip never makes it anonymous.

        Send it again after a lost connection, with the same `Idempotency-Key` and the same content, and the same
        answer comes; it stays one signal.
        """
        if wrong := fault_of_day(submission.observed_on, intake.today()):
            raise bad_request([Fault("observedOn", code=wrong)])
        handed_in = _submission(submission, member, idempotency_key)
        if member is None:
            noticed = floods.marks_of(request.state.source, handed_in.ticket, handed_in.data.words)
            handed_in = replace(handed_in, marks=tuple(noticed))
        else:
            sources.vouch(request.headers["authorization"], member.organisation)
        try:
            received = await intake.receive_signal(handed_in)
        except Misplaced:
            metrics.submitted.labels(handed_in.channel, "refused").inc()
            raise bad_request([Fault("site.place", code="far_apart")]) from None
        except TicketReused:
            raise Problem(409, type="idempotency-key-reused") from None
        metrics.note(handed_in.channel, received)
        response.headers["Location"] = f"/v1/signals/{received.id}"
        return SignalReceipt(id=UUID(received.id), receipt=received.receipt, status=received.status)

    @routes.get("", summary="List signals, those of the latest quarter of an hour first")
    async def list_signals(
        request: Request,
        _member: Annotated[Member, Depends(signal_reader)],
        paging: PagingQuery,
        theme: Theme | None = None,
        sector: Sector | None = None,
        region: RegionCode | None = None,
        channel: Channel | None = None,
        mark: Mark | None = None,
    ) -> Paged[SignalView]:
        """Within a quarter of an hour the order is chance, and stays the same: when a signal came in is not kept."""
        wanted = Filter(theme, sector, region, channel, mark)
        found, total = await intake.signals.page(wanted, paging.skip, paging.size)
        return paged(request, paging, [_view(document) for document in found], total)

    @routes.get("/{id}", summary="Get a signal's structured facts", responses={404: {"description": "Unknown"}})
    async def get_signal(id: UUID, _member: Annotated[Member, Depends(signal_reader)]) -> SignalView:
        document = await intake.signals.get(str(id))
        if document is None:
            raise not_found()
        return _view(document)

    return routes


def _submission(body: SignalSubmission, member: Member | None, idempotency_key: str | None) -> Submission:
    situation = body.situation()
    data = ReporterData(body.text or "", body.contact or "")
    party = member.organisation if member else None
    # A key is its sender's own: two integrations may count alike.
    ticket = f"http/{party}/{idempotency_key or uuid4()}" if party else f"http/{idempotency_key or uuid4()}"
    # A stranger who guesses the key must not be shown the receipt: it follows from the content as well.
    seed = "\n".join((ticket, situation.content(), data.words, data.contact))
    return Submission(situation, _channel(member), ticket, seed, party, data, reference=body.reference)


def _channel(member: Member | None) -> Channel:
    if member is None:
        return channel_of(None, operator=False)
    return channel_of(member.organisation, member.has(Role.OPERATOR), member.has(Role.INTEGRATION))


def _view(document: Document[Signal]) -> SignalView:
    signal = document.state
    return SignalView(
        id=UUID(document.id),
        channel=signal.channel,
        party=signal.party,
        reference=signal.reference,
        received_at=signal.received_at,
        status=signal.status,
        situation=wire_situation(signal.situation),
        has_text=signal.has_words,
        marks=signal.marks,
    )
