"""HTTP in for programs: notices, what was sent and answered, and the authorities with their contacts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, ConfigDict, Field

from services.crossborder.access import actor_of, answered_refusals
from services.crossborder.domain.authorities import Authority, Freshness
from services.crossborder.domain.letters import Letter
from services.crossborder.domain.notices import AnswerKind, Manner, Need, Notice
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk, Reply, Selection, Sending
from shared.bus.documents import Document
from shared.vocabulary import Grade, NoticeState, Sector, Theme
from shared.web.access import ApiReader
from shared.web.bodies import ApiRoute
from shared.web.models import ApiModel
from shared.web.paging import Paged, PagingQuery, paged


class NoticeItem(ApiModel):
    """A notice in a list; `need` says what the region in charge has to do."""

    id: str
    number: str
    state: NoticeState
    need: Need | None
    case_id: str
    case_number: str
    authority: str
    authority_name: str
    country: str
    region: str | None
    task_force: str | None
    grade: Grade
    themes: tuple[Theme, ...]
    sector: Sector | None
    drafted_at: datetime
    instead_id: str | None = Field(
        description="the notice to this authority that goes on since their cases were merged"
    )


class LetterBody(ApiModel):
    """The text of a notice in one language."""

    language: str
    subject: str
    greeting: str
    opening: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    signature: str


class DispatchItem(ApiModel):
    """One sending, outside the platform."""

    sent_at: datetime
    manner: Manner
    contact: str | None
    by: str
    note: str


class AnswerItem(ApiModel):
    """One answer of the authority."""

    answered_at: datetime
    manner: Manner
    kind: AnswerKind
    summary: str
    by: str


class NoticeBody(NoticeItem):
    """A whole notice. `letters` are what would be sent now."""

    outdated: bool = Field(description="the case changed since the last sending")
    letters: tuple[LetterBody, ...]
    dispatches: tuple[DispatchItem, ...]
    answers: tuple[AnswerItem, ...]


class DispatchOrder(ApiModel):
    """That a notice was sent: how, to whom and when; sending itself happens outside the platform."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"manner": "email", "contact": "leiding", "note": "Ook gebeld."}]}
    )

    manner: Manner
    sent_at: AwareDatetime | None = Field(default=None, description="just now when left out")
    contact: str | None = Field(default=None, max_length=40, description="id of a contact of the authority")
    note: str = Field(default="", max_length=500)


class AnswerOrder(ApiModel):
    """What the authority answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"manner": "telephone", "kind": "link_found", "summary": "Drie besmettingen in één woonlocatie."}
            ]
        }
    )

    manner: Manner
    kind: AnswerKind
    answered_at: AwareDatetime | None = Field(default=None, description="just now when left out")
    summary: str = Field(default="", max_length=1000, description="no names or other personal data")


class ContactItem(ApiModel):
    """Somebody at an authority."""

    id: str
    name: str
    role: str
    languages: tuple[str, ...]
    email: str


class AuthorityItem(ApiModel):
    """A foreign authority with its contacts."""

    id: str
    name: str
    country: str
    code: str
    office: str
    language: str
    region: str
    regions: tuple[str, ...]
    task_force: str | None
    confirmed_at: datetime | None
    freshness: Freshness
    contacts: tuple[ContactItem, ...]


def router(notices: NoticeDesk, authorities: AuthorityDesk) -> APIRouter:
    """Every address under /v1 of this service."""
    router = APIRouter(prefix="/v1", route_class=ApiRoute)

    @router.get("/notices", summary="Notices to foreign authorities, newest first", tags=["notices"])
    async def list_notices(
        request: Request,
        paging: PagingQuery,
        _: ApiReader,
        case_id: Annotated[str | None, Query(alias="caseId", max_length=100)] = None,
        state: NoticeState | None = None,
        region: Annotated[str | None, Query(pattern=r"^VR\d\d$")] = None,
        country: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None,
    ) -> Paged[NoticeItem]:
        selection = Selection(case=case_id, state=state, region=region, country=country)
        found, total = await notices.find(selection, paging.skip, paging.size)
        return paged(request, paging, [_item(document) for document in found], total)

    @router.get("/notices/{id}", summary="One notice, with its text in each language", tags=["notices"])
    async def get_notice(id: str, _: ApiReader) -> NoticeBody:
        with answered_refusals():
            return await _body(notices, await notices.get(id))

    @router.post("/notices/{id}/dispatch", summary="Record that a notice was sent", tags=["notices"])
    async def send(id: str, order: DispatchOrder, member: ApiReader) -> NoticeBody:
        sending = Sending(order.manner, order.sent_at, order.contact, order.note)
        with answered_refusals():
            return await _body(notices, await notices.send(id, sending, actor_of(member)))

    @router.post("/notices/{id}/answer", summary="Record what the authority answered", tags=["notices"])
    async def answer(id: str, order: AnswerOrder, member: ApiReader) -> NoticeBody:
        reply = Reply(order.manner, order.kind, order.answered_at, order.summary)
        with answered_refusals():
            return await _body(notices, await notices.record_answer(id, reply, actor_of(member)))

    @router.get("/contacts", summary="Foreign authorities and their contacts", tags=["contacts"])
    async def list_contacts(
        request: Request,
        paging: PagingQuery,
        _: ApiReader,
        country: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None,
        region: Annotated[str | None, Query(pattern=r"^VR\d\d$")] = None,
    ) -> Paged[AuthorityItem]:
        found = await authorities.find(country, region)
        now = authorities.bus.now()
        items = [_authority(document.state, now) for document in found]
        return paged(request, paging, items[paging.skip : paging.skip + paging.size], len(items))

    return router


def _item(document: Document[Notice]) -> NoticeItem:
    return NoticeItem(**_values(document))


async def _body(desk: NoticeDesk, document: Document[Notice]) -> NoticeBody:
    notice = document.state
    letters = desk.letters(notice, await desk.authority_of(notice))
    return NoticeBody(
        **_values(document),
        outdated=notice.outdated,
        letters=tuple(_letter(letter) for letter in letters),
        dispatches=tuple(
            DispatchItem(
                sent_at=sent.sent_at,
                manner=sent.manner,
                contact=sent.contact,
                by=sent.by.represents,
                note=sent.note,
            )
            for sent in notice.dispatches
        ),
        answers=tuple(
            AnswerItem(
                answered_at=answer.answered_at,
                manner=answer.manner,
                kind=answer.kind,
                summary=answer.summary,
                by=answer.by.represents,
            )
            for answer in notice.answers
        ),
    )


def _values(document: Document[Notice]) -> dict[str, Any]:
    notice = document.state
    return {
        "id": document.id,
        "number": notice.number,
        "state": notice.state,
        "need": notice.need,
        "case_id": notice.case,
        "case_number": notice.case_number,
        "authority": notice.to.party,
        "authority_name": notice.to.name,
        "country": notice.to.country,
        "region": notice.to.region,
        "task_force": notice.to.task_force,
        "grade": notice.picture.grade,
        "themes": notice.picture.themes,
        "sector": notice.picture.sector,
        "drafted_at": notice.drafted_at,
        "instead_id": notice.instead.id if notice.instead else None,
    }


def _letter(letter: Letter) -> LetterBody:
    return LetterBody.model_validate(letter)


def _authority(authority: Authority, now: datetime) -> AuthorityItem:
    return AuthorityItem(
        id=authority.party,
        name=authority.name,
        country=authority.country,
        code=authority.code,
        office=authority.office,
        language=authority.language,
        region=authority.region,
        regions=authority.regions,
        task_force=authority.task_force.name if authority.task_force else None,
        confirmed_at=authority.confirmed_at,
        freshness=authority.freshness(now),
        contacts=tuple(ContactItem.model_validate(contact) for contact in authority.contacts),
    )
