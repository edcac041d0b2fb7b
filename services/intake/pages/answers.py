"""What somebody has answered so far: kept sealed in their own browser until it is sent, and nowhere else."""

import base64
import bz2
import hashlib
import json
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken
from starlette.datastructures import FormData

from services.intake.domain.dialogue import Picture
from services.intake.domain.signal import MOST_WORDS
from services.intake.pages import days
from services.intake.pages.questions import (
    MOST_PEOPLE,
    QUESTIONS,
    Kind,
    Question,
    Step,
    questions_for,
)
from services.intake.store import ReporterData
from services.intake.use_cases.signals import FAR_APART_METRES, Submission
from shared.contracts.reported import ReportedObservations, ReportedSite, ReportedSituation
from shared.reference.addresses import house_number, postcode
from shared.reference.model import Location
from shared.reference.places import Reference
from shared.situation import Observation, Observations
from shared.vocabulary import Channel, Sector, Theme
from shared.web.forms import cleaned, on_one_line, picked
from shared.web.i18n import Messages
from shared.web.problems import Fault

OPEN_FOR = timedelta(hours=1)
CODE_SHOWN_FOR = timedelta(minutes=10)
"""How long whoever sent a report can see its code again: an answer may get lost on the way."""
_MOST_COOKIE = 3900
NETHERLANDS = "NL"
ELSEWHERE = ("DE", "BE")
AS_TYPED = "other"
UNKNOWN = "unknown"
HOME = "nl"
"""What the form calls the Netherlands where it asks in which districts people live."""
_THOUSANDS = r"[1-9][0-9]{0,2}(?:[.,'’ ][0-9]{3})+"
_ONE = rf"({_THOUSANDS}|[0-9]+(?:[.,][0-9]+)?)"
_TO_OR = "à|a|al|tot|t/m|to|till|or|bis|oder|do|lub|albo|sau|la|o|до|или|або|чи|ila|ile|veya|vagy"
"""Between two ends, in the languages of the form; not `of`: 4 of 5 is 4 or 5 to the Dutch, a share to the English."""
_ABOUT = re.compile(
    rf"(?:(?:\+/?-|[^\d.,-][^\d-]{{0,20}}(?:(?<=[\s~≈±<>])|(?<=[^\W\d_]\.)))\s*)?{_ONE}"
    rf"(?:(?:\s*[-–—]\s*|\s+(?:{_TO_OR})\s+){_ONE})?(?:[\s+][^\d-]{{0,20}}|[.?!])?",
    re.IGNORECASE,
)
"""One number, or two ends of a range, among words that say no other."""
_LONGEST = {"name": 200, "postcode": 10, "house_number": 10, "place": 100, "words": MOST_WORDS, "contact": 200}
_FIELDS: Mapping[Step, Sequence[str]] = {
    Step.THEMES: ("themes",),
    Step.WHERE: ("name", "area", "postcode", "house_number", "place", "pick", "unsure"),
    Step.WORK: ("sector",),
    Step.HEALTH: tuple(question.name for question in QUESTIONS[Step.HEALTH]),
    Step.SEEN: (*(question.name for question in QUESTIONS[Step.SEEN]), days.CHOSEN, days.TYPED),
    Step.HOMES: ("homes", "homes_elsewhere"),
    Step.WORDS: ("words", "contact"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """The step that was sent and not gone on from, with what of the reason cannot be seen in the answers.

    These are `faults` of what was not kept, such as a file that is no picture, and whether it `warns` of numbers.
    """

    step: Step
    faults: Sequence[Fault] = ()
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Typed values by field, as typed, with the ticket that makes them one signal however often they are sent.

    `offered` is what an address service makes of the place as typed just now: value and words of each choice.
    `refused` lasts until a step is sent again.
    """

    ticket: str
    typed: Mapping[str, Sequence[str]]
    offered: Sequence[tuple[str, str]] = ()
    refused: Refused | None = None

    @classmethod
    def none_yet(cls) -> "Answers":
        return cls(str(uuid4()), {})

    def with_step(self, step: Step, form: FormData) -> "Answers":
        """The same with what was typed on one step, instead of what stood there before."""
        names = _FIELDS.get(step, ())
        kept = {name: values for name, values in self.typed.items() if name not in names}
        given = {name: [_as_read(name, str(value)) for value in form.getlist(name)] for name in names}
        typed = kept | {name: values for name, values in given.items() if any(values)}
        return replace(self, typed=typed, offered=() if step is Step.WHERE else self.offered)

    def with_pictures(self, ids: Sequence[str]) -> "Answers":
        """The same with these pictures; of them only their names are kept here."""
        return self.with_values("pictures", ids)

    def with_values(self, name: str, values: Sequence[str]) -> "Answers":
        """The same with a field that can hold several."""
        return replace(self, typed={**self.typed, name: list(values)})

    def with_value(self, name: str, value: str) -> "Answers":
        """The same with one field as it stands now."""
        return self.with_values(name, [value])

    def with_offers(self, offered: Sequence[tuple[str, str]]) -> "Answers":
        """The same with places to choose from."""
        return replace(self, offered=tuple(offered))

    def with_day_in_full(self, today: date, pattern: str = days.AS_BROWSERS) -> "Answers":
        """The same with the day that was typed in full."""
        kept = days.in_full(self.typed, today, pattern)
        return self if kept == self.value(days.TYPED) else self.with_value(days.TYPED, kept)

    @property
    def pictures(self) -> Sequence[str]:
        return self.typed.get("pictures", ())

    def value(self, name: str) -> str:
        return next(iter(self.typed.get(name, ())), "")

    @property
    def ticket_of_form(self) -> str:
        """The ticket under which the signal is known; other doors have tickets of their own."""
        return ticket_of_form(self.ticket)

    @property
    def themes(self) -> tuple[Theme, ...]:
        chosen = set(self.typed.get("themes", ()))
        return tuple(theme for theme in Theme if theme in chosen)

    @property
    def in_netherlands(self) -> bool:
        return self.value("area") in ("", NETHERLANDS)


class Seal:
    """Encrypts answers for the browser that keeps them; they open again for an hour."""

    def __init__(self, secret: str) -> None:
        key = hashlib.sha256(b"intake form\0" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, answers: Answers) -> str:
        typed = {name: list(values) for name, values in answers.typed.items()}
        refused = asdict(answers.refused) if answers.refused else None
        plain = json.dumps([answers.ticket, typed, list(answers.offered), refused], ensure_ascii=False)
        return self._fernet.encrypt(_packed(plain.encode())).decode()

    def fits(self, answers: Answers) -> bool:
        """Whether a browser takes it as a cookie; text that hardly compresses may not fit."""
        return len(self.close(answers)) <= _MOST_COOKIE

    def most_words(self, answers: Answers) -> int:
        """Of words that do not fit, how many characters of them would."""
        words = answers.value("words")

        def too_many(length: int) -> bool:
            return not self.fits(answers.with_value("words", words[:length]))

        return max(0, bisect_right(range(len(words)), False, key=too_many) - 1)

    def open(self, sealed: str) -> Answers | None:
        """The answers, or None when they are too old or not ours."""
        try:
            plain = self._fernet.decrypt(sealed.encode(), ttl=int(OPEN_FOR.total_seconds()))
        except InvalidToken:
            return None
        # A form that was begun with an older version of this service has no more than two.
        ticket, typed, offered, refused = [*json.loads(_unpacked(plain)), (), None][:4]
        return Answers(ticket, typed, tuple((value, words) for value, words in offered), refused and _refused(refused))


def _packed(plain: bytes) -> bytes:
    """The smaller of two: longer texts in Cyrillic shrink more by the second."""
    return min(zlib.compress(plain), bz2.compress(plain), key=len)


def _unpacked(packed: bytes) -> bytes:
    return bz2.decompress(packed) if packed.startswith(b"BZh") else zlib.decompress(packed)


def _refused(kept: Mapping[str, Any]) -> Refused:
    return Refused(Step(kept["step"]), tuple(Fault(**fault) for fault in kept["faults"]), kept["warns"])


def ticket_of_form(number: str) -> str:
    """Under which ticket a form or call with this number hands in its signal."""
    return f"form/{number}"


def faults_of_step(step: Step, answers: Answers, reference: Reference, today: date) -> list[Fault]:
    """Everything that is wrong on one step, on this day in the Netherlands."""
    faults = [
        Fault(name, code="too_long", values={"limit": limit})
        for name, limit in _LONGEST.items()
        if name in _FIELDS.get(step, ()) and len(answers.value(name)) > limit
    ]
    if step is Step.THEMES and not answers.themes:
        faults.append(Fault("themes", code="themes"))
    if step is Step.WHERE and not faults:
        faults.extend(_faults_of_place(answers, reference))
    if step is Step.HOMES:
        faults.extend(_faults_of_homes(answers, reference))
    for question in questions_for(step, answers.themes):
        faults.extend(_faults_of_question(question, answers))
    if step is Step.SEEN:
        faults.extend(days.faults_of(answers.typed, today))
    return faults


def first_step_with_faults(answers: Answers, reference: Reference, today: date, before: Step) -> Step | None:
    """The earliest step that still needs something."""
    steps = [step for step in Step if step.number < before.number]
    return next((step for step in steps if faults_of_step(step, answers, reference, today)), None)


def places_meant(answers: Answers, reference: Reference) -> tuple[Location, ...]:
    """What to choose from when the place as typed is not one known place; nothing when it is clear."""
    place = answers.value("place")
    if not answers.in_netherlands or not place or reference.locate(postcode=answers.value("postcode")):
        return ()
    if reference.locate(place=place):
        return ()
    return reference.namesakes(place) or reference.candidates(place, limit=5)


def submission(
    answers: Answers,
    reference: Reference,
    channel: Channel,
    party: str | None = None,
    pictures: tuple[Picture, ...] = (),
) -> Submission:
    """The signal that these answers make; they have no faults any more."""
    data = ReporterData(answers.value("words"), answers.value("contact"))
    ticket = answers.ticket_of_form
    return Submission(_situation(answers, reference), channel, ticket, ticket, party, data, pictures)


def observed(answers: Answers, before: Observations) -> Observations:
    """What is seen now: what these answers say where they were asked, and what was known before elsewhere."""
    asked = {question.observation: None for step in QUESTIONS for question in questions_for(step, answers.themes)}
    known: dict[str, Any] = {**asked, **_observations(answers)}
    return replace(before, **known)


def typed_observations(known: Observations) -> dict[str, list[str]]:
    """The answers that would have said this, for a form that shows them again."""
    pairs = ((question, getattr(known, question.observation)) for asked in QUESTIONS.values() for question in asked)
    said = {question.name: [_as_typed(question, value)] for question, value in pairs if value is not None}
    return {**{name: values for step in QUESTIONS for name, values in undecided(step, Theme).items()}, **said}


def undecided(step: Step, themes: Iterable[Theme]) -> dict[str, list[str]]:
    """What is chosen until somebody chooses. A text browser would take the first of several, which is "yes"."""
    asked = [question.name for question in questions_for(step, themes) if question.kind is Kind.YES_NO]
    return {name: [UNKNOWN] for name in (["sector"] if step is Step.WORK else asked)}


def picks(answers: Answers, reference: Reference, t: Messages) -> list[tuple[str, str]]:
    """The choice between places as a page shows it; nothing when there is none to make."""
    known = [(pick_of(meant), f"{meant.label} ({meant.province})") for meant in places_meant(answers, reference)]
    if not known and not answers.offered:
        return []
    return [*answers.offered, *known, (AS_TYPED, t("where.as_typed", place=answers.value("place")))]


def pick_of(location: Location) -> str:
    """The value of a choice between places."""
    return f"{location.place or ''}|{location.municipality.name}"


def _faults_of_place(answers: Answers, reference: Reference) -> list[Fault]:
    area = answers.value("area")
    if not answers.in_netherlands:
        return [] if area in ELSEWHERE or reference.district(area) else [Fault("area", code="area")]
    code, number, place = (answers.value(name) for name in ("postcode", "house_number", "place"))
    faults = []
    if code and postcode(code) is None:
        faults.append(Fault("postcode", code="postcode"))
    if number and house_number(number) is None:
        faults.append(Fault("house_number", code="house_number"))
    if not (code or place or answers.value("unsure")):
        faults.append(Fault("place", code="where"))
    choices = {*map(pick_of, places_meant(answers, reference)), *(value for value, _ in answers.offered)}
    if choices and answers.value("pick") not in {AS_TYPED, *choices}:
        faults.append(Fault("pick", code="which_place"))
    elif _far_apart(code, place, reference):
        faults.append(Fault("place", code="far_apart"))
    return faults


def _faults_of_homes(answers: Answers, reference: Reference) -> list[Fault]:
    """Only a page that somebody tampered with, or an old one, offers a district that is not known."""
    allowed = ", ".join(district.name for district in reference.districts)
    return [
        Fault(name, code="choice", values={"choices": allowed})
        for name in _FIELDS[Step.HOMES]
        if any(home not in ("", HOME, UNKNOWN) and not reference.district(home) for home in answers.typed.get(name, ()))
    ]


def _far_apart(code: str, place: str, reference: Reference) -> bool:
    here, named = reference.locate(postcode=code), reference.namesakes(place)
    return (
        here is not None
        and bool(named)
        and all(here.point.distance_to(there.point) > FAR_APART_METRES for there in named)
    )


def _faults_of_question(question: Question, answers: Answers) -> list[Fault]:
    typed = answers.value(question.name)
    if not typed or question.kind is Kind.YES_NO:
        return []
    number = understood(question, typed)
    if number is None:
        return [Fault(question.name, code="estimate")]
    if number > MOST_PEOPLE:
        return [Fault(question.name, code="at_most", values={"limit": MOST_PEOPLE})]
    if question.name == "positive":
        whole = next(asked for asked in QUESTIONS[Step.HEALTH] if asked.name == "tested")
        tested = understood(whole, answers.value("tested"))
        return [Fault("positive", code="positive")] if tested is not None and number > tested else []
    return []


def understood(question: Question, typed: str) -> float | None:
    """The number that is meant: `~40`, `ca. 40` and `40+` are 40; None where there is none, or more than one.

    Of `4-6` it is the end that weighs more in a grade, as with what is not known: the higher of a count of people, the
    lower of the space that each has.
    """
    number = _number(question, typed)
    if number is not None:
        return number
    about = _ABOUT.fullmatch(typed)
    ends = [_number(question, end) for end in about.groups() if end] if about else []
    known = [end for end in ends if end is not None]
    if not known or len(known) < len(ends):
        return None
    return min(known) if question.kind is Kind.MEASURE else max(known)


def _number(question: Question, typed: str) -> float | None:
    if question.kind is Kind.COUNT:
        typed = re.sub(r"\D", "", typed) if re.fullmatch(_THOUSANDS, typed) else typed
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    whole, _, decimals = typed.replace(",", ".").partition(".")
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit() or len(typed) > 8:
        return None
    return float(f"{whole or 0}.{decimals or 0}")


def _situation(answers: Answers, reference: Reference) -> ReportedSituation:
    sector = answers.value("sector")
    homes = [*answers.typed.get("homes", ()), answers.value("homes_elsewhere")]
    return ReportedSituation(
        themes=answers.themes,
        sector=picked(Sector, sector),
        site=_site(answers, reference),
        observations=ReportedObservations.model_validate(_observations(answers)),
        workers_live_in=tuple(dict.fromkeys(home for home in homes if reference.district(home))),
        observed_on=days.meant(answers.typed),
    )


def _site(answers: Answers, reference: Reference) -> ReportedSite:
    area, place, municipality = answers.value("area"), answers.value("place"), None
    for choice in places_meant(answers, reference):
        if answers.value("pick") == pick_of(choice):
            place, municipality = choice.place or place, choice.municipality.name
    district = reference.district(area)
    return ReportedSite(
        name=answers.value("name") or None,
        postcode=answers.value("postcode") or None,
        house_number=(answers.value("house_number") or None) if answers.in_netherlands else None,
        place=place or None,
        municipality=municipality,
        country=NETHERLANDS if answers.in_netherlands else district.country if district else area,
        district=area if district else None,
    )


def _observations(answers: Answers) -> dict[str, bool | int | float]:
    found: dict[str, bool | int | float] = {}
    for step in QUESTIONS:
        for question in questions_for(step, answers.themes):
            value = _observed(question, answers.value(question.name))
            if value is not None:
                found[question.observation] = value
    return found


def _observed(question: Question, typed: str) -> bool | int | float | None:
    if question.kind is Kind.YES_NO:
        return None if typed not in ("yes", "no") else (typed == "yes") is not question.turned
    number = understood(question, typed) if typed else None
    return int(number) if number is not None and question.kind is Kind.COUNT else number


def _as_read(name: str, typed: str) -> str:
    return cleaned(typed) if name == "words" else on_one_line(typed)


def _as_typed(question: Question, value: Observation) -> str:
    if question.kind is Kind.YES_NO:
        return "yes" if bool(value) is not question.turned else "no"
    return f"{value:g}" if question.kind is Kind.MEASURE else str(value)
