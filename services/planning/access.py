"""Who may see and do what here, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends

from services.planning.domain.intervention import NotAcceptable, NotAllowed, Person
from services.planning.use_cases.desk import NotTheirs, Unknown
from shared.web.members import Member, Role
from shared.web.problems import Fault, Problem, bad_request, not_found
from shared.web.sign_in import api_member, demand_role, page_member

_NOT_FOUND = {
    "intervention": "Deze interventie is er niet.",
    "consultation": "Dit overleg is er niet.",
    "case": "Deze zaak is hier nog niet bekend.",
    "party": "Deze partij staat niet op de netwerkkaart.",
}


def page_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A signed-in person of the platform: not the hotline and not ops."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


async def api_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


def page_actor(member: Annotated[Member, Depends(page_member)]) -> Person:
    """A member who may decide and act."""
    return _actor(member)


async def api_actor(member: Annotated[Member, Depends(api_member)]) -> Person:
    """The same for a program."""
    return _actor(member)


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what to do."""
    try:
        yield
    except Unknown as unknown:
        raise not_found(_NOT_FOUND[str(unknown)]) from None
    except NotTheirs as refusal:
        raise Problem(403, detail=str(refusal), type="not-theirs") from None
    except NotAllowed as refusal:
        raise Problem(409, detail=str(refusal), type="not-now") from None


@contextmanager
def answered_faults() -> Iterator[None]:
    """The same for programs, which also get faults as an answer; pages show those beside the fields."""
    try:
        with answered_refusals():
            yield
    except NotAcceptable as refusal:
        raise bad_request(Fault(field, message) for field, message in refusal.faults) from None


def _actor(member: Member) -> Person:
    demand_role(member, Role.MEMBER, Role.COORDINATOR)
    return Person(member.subject, member.name, member.organisation, member.represents)
