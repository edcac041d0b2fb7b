"""What is refused here, and how that is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic.alias_generators import to_camel

from services.reporting.domain.report import Invalid, NotAllowed
from services.reporting.use_cases.refusals import NotFound, NotYours
from shared.web.problems import Fault, Problem, bad_request, not_found


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
