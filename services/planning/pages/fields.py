"""Reading the fields of planning's forms."""

from collections.abc import Collection, Sequence

from starlette.datastructures import FormData

from shared.web.forms import text, too_long
from shared.web.problems import Fault


def texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def demanded(form: FormData, name: str, why: str) -> list[Fault]:
    """A fault when a text is missing or too long."""
    if not text(form, name):
        return [Fault(name, why)]
    return limited(form, name)


def limited(form: FormData, name: str) -> list[Fault]:
    return too_long(name, text(form, name))


def chosen(form: FormData, name: str, options: Collection[str], why: str) -> list[Fault]:
    """A fault when none of the options was chosen."""
    return [] if text(form, name) in options else [Fault(name, why)]


def whole_number(typed: str) -> int | None:
    """A count of people up to a thousand; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and int(typed) <= 1000 else None


def pick(value: str, options: Sequence[str]) -> str | None:
    """A filter's value when it is one of the options; anything else filters nothing."""
    return value if value in options else None
