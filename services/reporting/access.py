"""Who may see and do what here, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends
from pydantic.alias_generators import to_camel

from services.reporting.domain.people import Person
from services.reporting.domain.report import Invalid, NotAllowed
from services.reporting.use_cases.refusals import NotFound, NotYours
from shared.web.members import Member, Role
from shared.web.problems import Fault, Problem, bad_request, not_found
from shared.web.sign_in import api_member, demand_role, page_member


def page_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A signed-in person of the platform: not the hotline and not ops."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


async def api_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


def page_actor(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A member who may fill in and share; for which reports, the report says."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR)
    return member


async def api_actor(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR)
    return member


def person_of(member: Member) -> Person:
    return Person(member.subject, member.name, member.organisation, member.represents)


def may_act(member: Member) -> bool:
    """Whether this person does more than read."""
    return member.has(Role.MEMBER, Role.COORDINATOR)


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what to do; faults in fields pass through."""
    try:
        yield
    except NotFound:
        raise not_found("Dit rapport is er niet.") from None
    except NotYours as refusal:
        raise Problem(403, detail=str(refusal), type="not-yours") from None
    except NotAllowed as refusal:
        raise Problem(409, detail=str(refusal), type="not-now") from None


@contextmanager
def answered_faults() -> Iterator[None]:
    """The same for programs, which get faults as an answer; pages show those beside the fields."""
    try:
        with answered_refusals():
            yield
    except Invalid as refusal:
        raise bad_request(Fault(on_wire(field), message) for field, message in refusal.faults) from None


def on_wire(field: str) -> str:
    """A field as the API calls it: `findings.work.text`, `peoplePresent`."""
    return ".".join(to_camel(part) for part in field.split("."))
