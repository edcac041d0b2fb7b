"""The text of a notice in one language, made from the facts of a picture and the phrases of that language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.crossborder.domain.picture import Picture


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice ready to be sent: paragraphs, and the facts as label and value between them."""

    language: str
    subject: str
    greeting: str
    opening: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    signature: str


@dataclass(frozen=True)
class Phrases:
    """Everything a letter can say in one language; `words` are the wire values of the vocabulary in it.

    Texts hold the names {number}, {case}, {district}, {region} and {sent}.
    """

    language: str
    name: str
    date: str
    subject: str
    greeting: str
    supplement: str
    workers_live_there: str
    site_lies_there: str
    task_force: str
    visit: str
    asks: tuple[str, ...]
    privacy: str
    contact: str
    signature: str
    unknown: str
    labels: Mapping[str, str]
    words: Mapping[str, str]
    grades: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is about, besides the picture: numbers and names that stand in its text.

    `sent` is the day of an earlier letter that this one supplements.
    """

    number: str
    case: str
    district: str
    region: str
    site_region: str | None = None
    task_force: str | None = None
    sent: date | None = None


def compose(occasion: Occasion, picture: Picture, phrases: Phrases) -> Letter:
    """The letter in the language of these phrases."""
    names = {
        "number": occasion.number,
        "case": occasion.case,
        "district": occasion.district,
        "region": occasion.region,
        "task_force": occasion.task_force or "",
        "sent": occasion.sent.strftime(phrases.date) if occasion.sent else "",
    }
    reason = phrases.site_lies_there if picture.site_here else phrases.workers_live_there
    opening = [phrases.supplement] if occasion.sent else []
    opening += [reason, phrases.grades[picture.grade]]
    if picture.grade.calls_for_visit and not picture.site_here:
        opening.append(phrases.visit)
    closing = [*phrases.asks, phrases.privacy, phrases.contact]
    if occasion.task_force:
        closing.insert(len(phrases.asks), phrases.task_force)
    return Letter(
        language=phrases.language,
        subject=phrases.subject.format_map(names),
        greeting=phrases.greeting,
        opening=tuple(text.format_map(names) for text in opening),
        facts=tuple(_facts(occasion, picture, phrases)),
        closing=tuple(text.format_map(names) for text in closing),
        signature=phrases.signature.format_map(names),
    )


def _facts(occasion: Occasion, picture: Picture, phrases: Phrases) -> Iterator[tuple[str, str]]:
    """Label and value of each fact; what is unknown is said to be unknown, since it is never a "no"."""
    themes = ", ".join(phrases.words[theme] for theme in picture.themes)
    values = {
        "case": occasion.case,
        "where": _where(occasion, picture) or phrases.unknown,
        "themes": themes,
        "sector": phrases.words[picture.sector] if picture.sector else phrases.unknown,
        "grade": phrases.words[picture.grade],
        "people_exposed": _count(picture.people_exposed, phrases),
        "confirmed_infections": _count(picture.confirmed_infections, phrases),
        "tests": _tests(picture, phrases),
        "people_with_symptoms": _count(picture.people_with_symptoms, phrases),
    }
    return ((phrases.labels[name], value) for name, value in values.items())


def _where(occasion: Occasion, picture: Picture) -> str:
    area = f"{picture.postcode_area}.." if picture.postcode_area else None
    parts = (picture.municipality, area, occasion.site_region)
    return ", ".join(part for part in parts if part)


def _tests(picture: Picture, phrases: Phrases) -> str:
    if picture.tested is None and picture.positive is None:
        return phrases.unknown
    positive, tested = _count(picture.positive, phrases), _count(picture.tested, phrases)
    return phrases.labels["positive_of_tested"].format(positive=positive, tested=tested)


def _count(value: int | None, phrases: Phrases) -> str:
    return phrases.unknown if value is None else str(value)
