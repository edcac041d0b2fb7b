"""What makes a form one act however often it is sent: a number its page gave it."""

from uuid import UUID, uuid4

from starlette.datastructures import FormData

from shared.web.forms import text

FIELD = "once"


def once(form: FormData) -> str:
    """The number of the page, or a fresh one where it has none."""
    try:
        return str(UUID(text(form, FIELD)))
    except ValueError:
        return str(uuid4())
