"""The form of a report: what it opens with, and what somebody typed in it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData

from services.reporting.domain.filling import (
    MOST_PEOPLE,
    TEXT_LENGTH,
    Amendment,
    Filling,
    Finding,
    Measure,
    VisitOutcome,
)
from shared.vocabulary import Theme
from shared.web.forms import FormState
from shared.web.problems import Fault

COUNTS = ("people_present", "tested", "positive")
TEXTS = ("other_measures", "follow_up", "conclusion", "attention_points")

Choice = TypeVar("Choice", bound=StrEnum)


def opened_with(filling: Filling) -> FormState:
    """The form as it opens: with what is filled in already."""
    values: dict[str, object] = {"outcome": filling.outcome, "measures": filling.measures}
    values["shared_with"] = filling.shared_with
    values.update({name: getattr(filling, name) for name in (*COUNTS, *TEXTS)})
    for theme in Theme:
        finding = filling.finding(theme)
        values[f"findings.{theme}.text"] = finding.text
        values[f"findings.{theme}.infringements"] = finding.infringements
    return FormState.filled(values)


def amendment_of(form: FormData) -> tuple[Amendment, list[Fault]]:
    """Every field of the form, and what is wrong with the typed values themselves."""
    faults: list[Fault] = []
    changes: Amendment = {
        "outcome": next(iter(_chosen(form, "outcome", VisitOutcome)), None),
        "measures": _chosen(form, "measures", Measure),
        "shared_with": parties_of(form),
        "findings": tuple(_finding(form, theme, faults) for theme in Theme),
    }
    changes.update({name: _count(form, name, faults) for name in COUNTS})
    changes.update({name: _text(form, name, faults) for name in TEXTS})
    return changes, faults


def parties_of(form: FormData) -> tuple[str, ...]:
    """The parties ticked and the one picked from the list, each once."""
    given = [*form.getlist("shared_with"), form.get("another", "")]
    return tuple(dict.fromkeys(party for party in given if isinstance(party, str) and party))


def beside_fields(faults: Iterable[tuple[str, str]]) -> list[Fault]:
    """The domain's faults at the fields of the form; a list is one field there."""
    return [Fault("shared_with" if field.startswith("shared_with") else field, text) for field, text in faults]


def _finding(form: FormData, theme: Theme, faults: list[Fault]) -> Finding:
    field = f"findings.{theme}"
    return Finding(theme, _text(form, f"{field}.text", faults), _count(form, f"{field}.infringements", faults))


def _chosen(form: FormData, name: str, kind: type[Choice]) -> tuple[Choice, ...]:
    known = set(kind)
    return tuple(kind(value) for value in dict.fromkeys(form.getlist(name)) if value in known)


def _text(form: FormData, name: str, faults: list[Fault]) -> str:
    value = form.get(name, "")
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
    if len(text) > TEXT_LENGTH:
        faults.append(Fault(name, code="too_long", values={"limit": TEXT_LENGTH}))
    return text


def _count(form: FormData, name: str, faults: list[Fault]) -> int | None:
    typed = form.get(name, "")
    digits = typed.strip().replace(".", "") if isinstance(typed, str) else ""
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()) or int(digits[:9]) > MOST_PEOPLE:
        faults.append(Fault(name, code="number"))
        return None
    return int(digits)
