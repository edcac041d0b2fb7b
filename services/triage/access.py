"""Who may see and close cases, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends

from services.triage.domain.case import Actor, NotAllowed
from services.triage.use_cases.desk import UnknownCase
from shared.web.members import Member, Role
from shared.web.problems import Problem, not_found
from shared.web.sign_in import api_member, demand_role, page_member


def page_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A signed-in person of the platform: not the hotline and not ops."""
    return _reader(member)


async def api_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    return _reader(member)


def page_actor(member: Annotated[Member, Depends(page_member)]) -> Actor:
    """A member who may close cases."""
    return _actor(member)


async def api_actor(member: Annotated[Member, Depends(api_member)]) -> Actor:
    """The same for a program."""
    return _actor(member)


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what is the matter."""
    try:
        yield
    except UnknownCase:
        raise not_found("Deze zaak is er niet.") from None
    except NotAllowed as refusal:
        raise Problem(409, detail=str(refusal), type="not-now") from None


def _reader(member: Member) -> Member:
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


def _actor(member: Member) -> Actor:
    demand_role(member, Role.MEMBER, Role.COORDINATOR)
    return Actor(member.subject, member.name, member.represents)
