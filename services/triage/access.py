"""Who may close cases, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.triage.domain.case import Actor, NotAllowed
from services.triage.use_cases.desk import UnknownCase
from shared.people import Person
from shared.web.access import ApiActor, PageActor
from shared.web.problems import Problem, not_found


def page_actor(person: PageActor) -> Actor:
    """A member who may close cases."""
    return _actor(person)


async def api_actor(person: ApiActor) -> Actor:
    """The same for a program."""
    return _actor(person)


@contextmanager
def answered_refusals() -> Iterator[None]:
    """Turn what the use cases refuse into answers that say what is the matter."""
    try:
        yield
    except UnknownCase:
        raise not_found("Deze zaak is er niet.") from None
    except NotAllowed as refusal:
        raise Problem(409, detail=str(refusal), type="not-now") from None


def _actor(person: Person) -> Actor:
    return Actor(person.subject, person.name, person.represents)
