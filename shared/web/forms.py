"""What a form page shows again after a fault: the values as typed, and each fault beside its field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData, UploadFile

from shared.web.i18n import Messages
from shared.web.problems import Fault

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

LONGEST = 2000
"""What fits into a field for some sentences, where a page says nothing else."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class FormState:
    """The typed values and the faults of one form, by field name."""

    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: FormData, faults: Iterable[Fault], t: Messages) -> "FormState":
        """A form sent in with its faults; of several faults in one field the first is shown."""
        typed: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                typed.setdefault(name, []).append(value)
        worded: dict[str, str] = {}
        for fault in faults:
            worded.setdefault(fault.field, fault.text(t))
        return cls(typed, worded)

    @classmethod
    def filled(cls, values: Mapping[str, object]) -> "FormState":
        """A form opened with values already known; None leaves a field empty."""
        typed = {name: _texts(value) for name, value in values.items() if value is not None}
        return cls(typed)

    def value(self, name: str) -> str:
        return next(iter(self.typed.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        """Whether this choice of a radio, select or checkbox field was made."""
        return value in self.typed.get(name, ())

    def fault(self, name: str) -> str:
        return self.faults.get(name, "")


def text(form: FormData, name: str) -> str:
    """What was typed in a field; a file, like an absent field, is nothing typed."""
    value = form.get(name, "")
    return cleaned(value) if isinstance(value, str) else ""


def cleaned(typed: str) -> str:
    """What was typed, without the control characters that no key types but a paste may bring along."""
    return _CONTROLS.sub("", typed).strip()


def on_one_line(typed: str) -> str:
    """The same of a field that has one line."""
    return " ".join(cleaned(typed).split())


def too_long(name: str, typed: str, most: int = LONGEST) -> list[Fault]:
    """A fault when more was typed than fits; the end of a line counts as one sign, as browsers count it."""
    fits = len(typed.replace("\r\n", "\n")) <= most
    return [] if fits else [Fault(name, code="too_long", values={"limit": most})]


def picked(kind: type[Choice], value: str) -> Choice | None:
    """What an address or a form chose of a vocabulary; anything else is no choice."""
    return kind(value) if value in set(kind) else None


def _texts(value: object) -> list[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [str(item) for item in value]
    return [str(value)]
