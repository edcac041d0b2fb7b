"""Who may see and do what here, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends
from pydantic.alias_generators import to_camel

from services.crossborder.domain.notices import Invalid, NotAllowed
from services.crossborder.domain.people import Actor, Person
from services.crossborder.use_cases.refusals import NotFound, NotYours
from shared.web.members import Member, Role
from shared.web.problems import Fault, Problem, bad_request
from shared.web.sign_in import api_member, demand_role, page_member

CONVENOR = "lotc"
"""LOT-C convenes the platform and may act for every region."""


def page_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """A signed-in person who may read notices and contacts: members and their readers, not the hotline or ops."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


async def api_reader(member: Annotated[Member, Depends(api_member)]) -> Member:
    """The same for a program."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER)
    return member


def actor_of(member: Member) -> Actor:
    """For which regions a member may act; a reader for none."""
    person = Person(member.subject, member.name, member.organisation, member.represents)
    acts = member.has(Role.MEMBER, Role.COORDINATOR)
    return Actor(person, member.region if acts else None, convenor=acts and member.organisation == CONVENOR)


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what to do."""
    try:
        yield
    except NotFound:
        raise Problem(404) from None
    except NotYours:
        raise Problem(
            403,
            detail="Een andere veiligheidsregio onderhoudt het contact met deze instantie.",
            type="other-region",
            next_step="Vraag de regio die op de pagina staat, of LOT-C.",
        ) from None
    except NotAllowed as refusal:
        raise Problem(409, detail=str(refusal), type="not-now") from None
    except Invalid as refusal:
        raise bad_request(Fault(to_camel(field), message) for field, message in refusal.faults) from None
