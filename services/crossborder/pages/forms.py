"""What the forms of these pages have in common: reading a field, and saying what is wrong with it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData

from shared.calendar import AMSTERDAM
from shared.web.csrf import checked_form
from shared.web.forms import text, too_long
from shared.web.problems import Fault
from shared.web.times import local

Form = Annotated[FormData, Depends(checked_form)]

NOTE_LENGTH = 500


def choice_faults(form: FormData, name: str, kind: type[StrEnum]) -> list[Fault]:
    return [] if text(form, name) in set(kind) else [Fault(name, "Maak een keuze.")]


def long_faults(form: FormData, name: str, limit: int) -> list[Fault]:
    return too_long(name, text(form, name), limit)


def moment(form: FormData, name: str, faults: list[Fault]) -> datetime | None:
    """A moment typed on a Dutch clock; an empty field means just now."""
    typed = text(form, name)
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=AMSTERDAM)
    except ValueError:
        faults.append(Fault(name, "Vul een datum en tijd in, zoals 2020-11-23 16:40."))
        return None


def for_input(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%dT%H:%M")
