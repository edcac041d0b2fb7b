"""Who may close and regroup cases, and how a refusal is answered."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager

from services.triage.domain.case import Actor, NotAllowed
from services.triage.use_cases.desk import UnknownCase
from shared.bus.documents import Conflict
from shared.people import Person
from shared.web.access import ApiActor, PageActor
from shared.web.problems import Problem, not_found


def page_actor(person: PageActor) -> Actor:
    """A member who may close and regroup cases."""
    return _actor(person)


async def api_actor(person: ApiActor) -> Actor:
    """The same for a program."""
    return _actor(person)


_BUSY = "Anderen veranderden deze zaak steeds op hetzelfde moment. Er is niets vastgelegd; probeer het opnieuw."


async def refusal_of(deed: Awaitable[object]) -> str:
    """Do it; what refuses it is answered, to be said on the page where what was typed stays, or nothing."""
    with answered_unknowns():
        try:
            await deed
        except NotAllowed as refusal:
            return str(refusal)
        except Conflict:
            return _BUSY
    return ""


@contextmanager
def answered_unknowns() -> Iterator[None]:
    """A case that is not there is a page that is not there."""
    try:
        yield
    except UnknownCase:
        raise not_found("Deze zaak is er niet.") from None


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what is the matter."""
    with answered_unknowns():
        try:
            yield
        except NotAllowed as refusal:
            raise Problem(409, detail=str(refusal), type="not-now") from None
        except Conflict:
            raise Problem(409, detail=_BUSY, type="not-now") from None


def _actor(person: Person) -> Actor:
    return Actor(person.subject, person.name, person.represents)
