"""The questions of the form on one screen, for people at a desk who type them in: operators and members."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from textwrap import shorten
from typing import Any
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from services.intake.domain.signal import MOST_WORDS
from services.intake.pages import days
from services.intake.pages.answers import (
    AS_TYPED,
    ELSEWHERE,
    NETHERLANDS,
    Answers,
    faults_of_step,
    picks,
)
from services.intake.pages.finding import Finder
from services.intake.pages.questions import MOST_PEOPLE, QUESTIONS, Question, Step, labels, questions_for
from services.intake.pages.warning import FIELD, Seen, numbers_on, seen_in, told_now, told_of
from shared.contracts.reported import ReportedObservations, ReportedSituation
from shared.reference.places import Reference
from shared.situation import Site
from shared.vocabulary import Sector, Theme
from shared.web.forms import FormState, text
from shared.web.i18n import REFERENCE, Messages
from shared.web.problems import Fault

STEPS = tuple(step for step in Step if step is not Step.CHECK)
OFFICIAL_COUNTS = ("vans_checked", "vans_in_breach", "linked_sites")
KEYS: Mapping[str, str] = {
    "work": "1",
    "housing": "2",
    "transport": "3",
    "name": "n",
    "postcode": "p",
    "house_number": "h",
    "place": "l",
    "area": "g",
    "sector": "s",
    "unsure": "o",
    "people_exposed": "m",
    "confirmed_infections": "c",
    "people_with_symptoms": "k",
    "tested": "t",
    "positive": "i",
    "sick_people_at_work": "z",
    "same_workers_as_outbreak": "x",
    "distance_kept": "a",
    "screens": "r",
    "cold_or_poorly_ventilated": "f",
    "shared_breaks": "u",
    "people_per_bedroom": "4",
    "people_per_toilet_or_shower": "5",
    "square_metres_per_person": "6",
    "room_to_isolate": "7",
    "van_mixed_households": "8",
    "van_mixed_sites": "9",
    "words": "w",
    "day": ",",
    "homes_elsewhere": "e",
    "send": "v",
    # The hotline's own
    "language": "y",
    "joins": "j",
    "contact": "0",
    "callback": "b",
    "due": "d",
    "why": "q",
    # Those of members, who have no call under way
    "reference": "d",
    "link": "b",
    "vans_checked": "b",
    "vans_in_breach": "y",
    "linked_sites": "j",
}
"""The key of each field, as `accesskey`: a screen uses none twice."""
_KNOWN_AGAIN_BY = 100
_UNANSWERED = ("", "unknown")


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads and shows the one-screen form, by the rules of the public one."""

    finder: Finder
    today: Callable[[], date]

    @property
    def reference(self) -> Reference:
        return self.finder.reference

    async def answers(self, form: FormData) -> Answers:
        """What was typed, with its place looked up; for a form that was sent."""
        return await self.finder.looked_up(self.typed(form))

    def typed(self, form: FormData) -> Answers:
        """What was typed, under the ticket that the page brought along."""
        answers = Answers(_ticket(form), {})
        for step in STEPS:
            answers = answers.with_step(step, form)
        return _with_implied_themes(answers.with_day_in_full(self.today(), days.AS_PEOPLE))

    def faults(self, answers: Answers) -> list[Fault]:
        """Everything that is wrong, on the whole screen."""
        # Whoever has not ticked a theme yet is told of the other faults as well.
        all_asked = answers if answers.themes else replace(answers, typed={**answers.typed, "themes": list(Theme)})
        today = self.today()
        faults = faults_of_step(Step.THEMES, answers, self.reference, today)
        for step in STEPS[1:]:
            faults += faults_of_step(step, all_asked, self.reference, today)
        return faults

    def numbers(self, answers: Answers, **own: str) -> Sequence[Seen]:
        """Numbers by which somebody can be found, in the form's own words and in fields that this screen alone has."""
        asked = [one for step in (Step.WHERE, Step.WORDS) for one in numbers_on(step, answers, REFERENCE)]
        return [*asked, *seen_in(own, None, answers.value("contact"))]

    def site(self, answers: Answers) -> Site:
        """The site as far as it has been typed, faults and all, to look for others like it."""
        area = answers.value("area")
        district = self.reference.district(area)
        country = NETHERLANDS if answers.in_netherlands else district.country if district else area
        pick = answers.value("pick").partition("|")[0]
        return Site(
            name=answers.value("name") or None,
            postcode=answers.value("postcode").replace(" ", "").upper() or None,
            house_number=answers.value("house_number").replace(" ", "").lower() or None,
            place=(pick if pick != AS_TYPED else "") or answers.value("place") or None,
            country=country,
            district=district.party if district else None,
        )

    def context(self, answers: Answers, t: Messages) -> dict[str, Any]:
        """What the template of the screen needs."""
        abroad = [(d.party, f"{d.name} ({d.country})") for d in self.reference.districts]
        elsewhere = [(country, t(f"where.elsewhere_{country}")) for country in ELSEWHERE]
        return {
            "ticket": answers.ticket,
            "keys": KEYS,
            "labels": {
                **labels(t),
                "words": "Tekst",
                "day": "Wanneer",
                "reference": "Brondocument",
                "why": "Waarom",
            },
            "day_hint": days.AT_DESK,
            "most_words": MOST_WORDS,
            "themes": [(theme.value, t(f"theme.{theme}")) for theme in Theme],
            "sectors": [(sector.value, t(f"sector.{sector}")) for sector in Sector],
            "areas": [(NETHERLANDS, t("where.netherlands")), *abroad, *elsewhere],
            "districts": abroad,
            "picks": picks(answers, self.reference, t),
            "questions": [(step, QUESTIONS[step]) for step in QUESTIONS],
        }


def typed_in(form: FormData) -> Mapping[str, Sequence[str]]:
    """All fields as typed, for a draft; without what only proves where the form came from."""
    names = [name for name in dict.fromkeys(form) if name not in ("csrf", "go")]
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in names}


def said_in(typed: Mapping[str, Sequence[str]]) -> str:
    """Enough of a draft to know it again: what it is about, where that is, and how its words begin."""
    first = {name: next(iter(values), "").strip() for name, values in typed.items()}
    lines = [first[name] for name in ("reference", "link", "name", "postcode", "place") if first.get(name)]
    words = [f"‘{shorten(first['words'], _KNOWN_AGAIN_BY, placeholder=' …')}’"] if first.get("words") else []
    return ", ".join((*lines, *words))


def form_of(typed: Mapping[str, Sequence[str]]) -> FormData:
    """A draft as if it had just been sent."""
    return FormData([(name, value) for name, values in typed.items() for value in values])


def with_told(form: FormData, seen: Sequence[Seen]) -> FormData:
    """The form of somebody who is told of these now."""
    return form_of({**typed_in(form), FIELD: told_now(told_of(form), seen)})


def state_of(answers: Answers, form: FormData, faults: Sequence[Fault], t: Messages) -> FormState:
    """The screen as typed; what follows from the answers, such as a theme, is filled in."""
    shown = FormState.of(form, faults, t)
    return replace(shown, typed={**shown.typed, **answers.typed})


def with_official_counts(situation: ReportedSituation, form: FormData) -> tuple[ReportedSituation, list[Fault]]:
    """The situation with the counts that only authorities are asked for."""
    typed = {name: text(form, name) for name in OFFICIAL_COUNTS if text(form, name)}
    wrong = [Fault(name, code="number") for name, value in typed.items() if not _is_count(value)]
    if wrong:
        return situation, wrong
    counts = {name: int(value) for name, value in typed.items()}
    if counts.get("vans_in_breach", 0) > counts.get("vans_checked", MOST_PEOPLE):
        return situation, [Fault("vans_in_breach", "Dit kan niet meer zijn dan het aantal gecontroleerde busjes.")]
    observations = ReportedObservations(**{**dict(situation.observations), **counts})
    return situation.model_copy(update={"observations": observations}), []


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 12 and int(value) <= MOST_PEOPLE


def _ticket(form: FormData) -> str:
    try:
        return str(UUID(text(form, "ticket")))
    except ValueError:
        return str(uuid4())


def _with_implied_themes(answers: Answers) -> Answers:
    """Who answers a question about housing tells of housing: nothing typed may get lost for a box not ticked."""
    implied = {
        theme
        for step in QUESTIONS
        for question in questions_for(step, Theme)
        if _is_answered(question, answers) and len(question.themes) == 1
        for theme in question.themes
    }
    themes = [theme.value for theme in Theme if theme in implied or theme in answers.themes]
    return replace(answers, typed={**answers.typed, "themes": themes}) if themes else answers


def _is_answered(question: Question, answers: Answers) -> bool:
    return answers.value(question.name) not in _UNANSWERED
