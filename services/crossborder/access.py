"""Who may act for which regions, and how a refusal is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic.alias_generators import to_camel

from services.crossborder.domain.notices import Invalid, NotAllowed
from services.crossborder.domain.people import Actor
from services.crossborder.use_cases.refusals import NotFound, NotYours
from shared.web.access import may_act, person_of
from shared.web.members import Member
from shared.web.problems import Fault, Problem, bad_request

CONVENOR = "lotc"
"""LOT-C convenes the platform and may act for every region."""


def actor_of(member: Member) -> Actor:
    """For which regions a member may act; a reader for none."""
    acts = may_act(member)
    return Actor(person_of(member), member.region if acts else None, convenor=acts and member.organisation == CONVENOR)


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
