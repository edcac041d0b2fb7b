"""Who may read along and who may act on the platform; what exactly somebody may act on, each service says."""

from typing import Annotated

from fastapi import Depends

from shared.people import Person
from shared.web.members import Member, Role
from shared.web.sign_in import api_member, demand_role, page_member

_ACT = (Role.MEMBER, Role.COORDINATOR)
_READ = (*_ACT, Role.READER)


def page_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A signed-in person of the platform: not the hotline and not ops."""
    demand_role(member, *_READ)
    return member


async def api_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    demand_role(member, *_READ)
    return member


def page_actor(member: Annotated[Member, Depends(page_member)]) -> Person:
    """A member who may decide and act, as the record names them."""
    return _actor(member)


async def api_actor(member: Annotated[Member, Depends(api_member)]) -> Person:
    """The same for a program."""
    return _actor(member)


PageReader = Annotated[Member, Depends(page_reader)]
ApiReader = Annotated[Member, Depends(api_reader)]
PageActor = Annotated[Person, Depends(page_actor)]
ApiActor = Annotated[Person, Depends(api_actor)]


def may_act(member: Member) -> bool:
    """Whether this person does more than read."""
    return member.has(*_ACT)


def person_of(member: Member) -> Person:
    return Person(member.subject, member.name, member.organisation, member.represents)


def _actor(member: Member) -> Person:
    demand_role(member, *_ACT)
    return person_of(member)
