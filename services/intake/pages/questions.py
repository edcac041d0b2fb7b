"""The public form as data: its steps, and which question yields which observation for which themes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.vocabulary import Theme
from shared.web.i18n import Messages

MOST_PEOPLE = 1_000_000


class Step(StrEnum):
    """One screen each, in this order; the last shows everything before it is sent."""

    THEMES = "themes"
    WHERE = "where"
    WORK = "work"
    HEALTH = "health"
    SEEN = "seen"
    HOMES = "homes"
    WORDS = "words"
    CHECK = "check"

    @property
    def number(self) -> int:
        return _STEPS.index(self) + 1


_STEPS = tuple(Step)


class Kind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    COUNT = "count"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `turned` where "yes" to what is asked means "no" to what is observed."""

    name: str
    observation: str
    kind: Kind
    themes: frozenset[Theme] = frozenset(Theme)
    turned: bool = False


def _asked(
    observation: str, kind: Kind, themes: Iterable[Theme] = Theme, name: str = "", turned: bool = False
) -> Question:
    return Question(name or observation, observation, kind, frozenset(themes), turned)


HEALTH = (
    _asked("people_exposed", Kind.COUNT),
    _asked("confirmed_infections", Kind.COUNT),
    _asked("people_with_symptoms", Kind.COUNT),
    _asked("tested", Kind.COUNT),
    _asked("positive", Kind.COUNT),
    _asked("sick_people_at_work", Kind.YES_NO, [Theme.WORK]),
    _asked("same_workers_as_outbreak", Kind.YES_NO),
)
SEEN = (
    _asked("distance_not_kept", Kind.YES_NO, [Theme.WORK], "distance_kept", turned=True),
    _asked("no_screens", Kind.YES_NO, [Theme.WORK], "screens", turned=True),
    _asked("cold_or_poorly_ventilated", Kind.YES_NO, [Theme.WORK]),
    _asked("shared_breaks", Kind.YES_NO, [Theme.WORK]),
    _asked("people_per_bedroom", Kind.COUNT, [Theme.HOUSING]),
    _asked("people_per_toilet_or_shower", Kind.COUNT, [Theme.HOUSING]),
    _asked("square_metres_per_person", Kind.MEASURE, [Theme.HOUSING]),
    _asked("no_room_to_isolate", Kind.YES_NO, [Theme.HOUSING], "room_to_isolate", turned=True),
    _asked("van_mixed_households", Kind.YES_NO, [Theme.TRANSPORT]),
    _asked("van_mixed_sites", Kind.YES_NO, [Theme.TRANSPORT]),
)
QUESTIONS = {Step.HEALTH: HEALTH, Step.SEEN: SEEN}


def questions_for(step: Step, themes: Iterable[Theme]) -> tuple[Question, ...]:
    """The questions of a step that fit the themes."""
    asked = frozenset(themes)
    return tuple(question for question in QUESTIONS.get(step, ()) if question.themes & asked)


def steps_for(themes: Collection[Theme]) -> tuple[Step, ...]:
    """The steps of a report: with the address of a house it is told where people live."""
    return tuple(step for step in Step if step is not Step.HOMES or set(themes) != {Theme.HOUSING})


def step_after(step: Step, themes: Collection[Theme]) -> Step:
    """Where "next" leads; after the last there is none."""
    return next((other for other in steps_for(themes) if other.number > step.number), step)


def step_before(step: Step, themes: Collection[Theme]) -> Step:
    """Where "back" leads; before the first there is none."""
    return next((other for other in reversed(steps_for(themes)) if other.number < step.number), step)


def fitting(t: Messages, key: str, themes: Collection[Theme]) -> str:
    """What is asked of who tells of one theme only, where that has words of its own; else what fits all."""
    own = [f"{key}_{theme}" for theme in themes] if len(themes) == 1 else []
    return t(next((one for one in own if one in t), key))


def labels(t: Messages, themes: Collection[Theme] = ()) -> dict[str, str]:
    """Fields as they are asked for, where what is wrong with an answer does not say to which."""
    asked = {
        question.name: fitting(t, f"{step}.{question.name}", themes)
        for step in QUESTIONS
        for question in QUESTIONS[step]
    }
    places = {name: fitting(t, f"where.{name}", themes) for name in ("name", "postcode", "house_number", "place")}
    days = {"when": t("when.label"), "day": t("when.day")}
    return {**asked, **places, **days, "words": t("words.label"), "contact": t("words.contact")}
