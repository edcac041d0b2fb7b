"""What is refused here, and how that is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.planning.domain.intervention import NotAcceptable, NotAllowed
from services.planning.use_cases.desk import NotTheirs, Unknown
from shared.web.problems import Fault, Problem, bad_request, not_found

_NOT_FOUND = {
    "intervention": "Deze interventie is er niet.",
    "consultation": "Dit overleg is er niet.",
    "case": "Deze zaak is hier nog niet bekend.",
    "party": "Deze partij staat niet op de netwerkkaart.",
}


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
