"""Builders of cases, notices and the service's own parts, with a believable default for everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.crossborder.domain import notices
from services.crossborder.domain.letters import Letter
from services.crossborder.domain.notices import Addressee, Answer, AnswerKind, Dispatch, Manner, Notice
from services.crossborder.domain.people import Actor
from services.crossborder.domain.picture import Picture
from shared.bus.message import Message
from shared.contracts.catalogue import CASES
from shared.contracts.common import Observations, Site, Situation
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.contracts.triage import CaseAssessed
from shared.people import Person
from shared.vocabulary import Grade, Sector, Theme
from tests.assessments import an_assessment

NOON = datetime(2020, 11, 23, 12, 0, tzinfo=UTC)
CASE = str(uuid5(NAMESPACE_URL, "case/groenlo"))
VERA = Person("vr06", "Vera Roelofs", "vr06", "Veiligheidsregio Noord- en Oost-Gelderland")
FROM_VNOG = Actor(VERA, "VR06")
FROM_LIMBURG = Actor(Person("vr23", "Victor Raaijmakers", "vr23", "Veiligheidsregio Limburg-Noord"), "VR23")

BORKEN = Addressee(
    "kreis-borken", "Kreis Borken", "DE", "VR06", ("VR06", "VR07"), "Covid 19 Infektion Arbeitsmigranten"
)


def assessed(
    grade: Grade = Grade.CRITICAL,
    workers_live_in: tuple[str, ...] = ("kreis-borken",),
    *,
    at: datetime = NOON,
    site: Site | None = None,
    **observations: Any,
) -> CaseAssessed:
    """The meat plant in Groenlo as triage tells it."""
    groenlo = Site(
        name="Slagerij Jansen", postcode="7141AB", house_number="12", municipality="Oost Gelre", region="VR06"
    )
    return CaseAssessed(
        number="Z-2020-7K4Q2M",
        situation=Situation(
            themes=(Theme.WORK,),
            sector=Sector.MEAT,
            site=site or groenlo,
            observations=Observations(**{"people_exposed": 657, "tested": 212, "positive": 45, **observations}),
            workers_live_in=workers_live_in,
        ),
        signals=("signal-1",),
        assessment=an_assessment(grade),
        previous_grade=None,
        points_by_theme={Theme.WORK: 30},
        regions=("VR06",),
        clock_started_at=None,
        clock_due_at=None,
        assessed_at=at,
    )


def message(fact: Fact, sequence: int = 1, subject: str = CASE) -> Message[Any]:
    """A fact as it comes in from the topic of cases."""
    source = source_of("triage")
    return Message(Envelope(f"{subject}-{sequence}", source, fact.TYPE, NOON, subject, sequence), fact, CASES.name)


def picture(grade: Grade = Grade.CRITICAL, **changes: Any) -> Picture:
    """What may be told of the meat plant."""
    plain = Picture(
        grade,
        (Theme.WORK,),
        Sector.MEAT,
        municipality="Oost Gelre",
        region="VR06",
        postcode_area="714",
        people_exposed=657,
    )
    return replace(plain, **changes)


def drafted(grade: Grade = Grade.CRITICAL) -> Notice:
    return notices.draft("N-2020-AAAAAA", CASE, "Z-2020-7K4Q2M", BORKEN, picture(grade), NOON)


def sent(notice: Notice | None = None, at: datetime = NOON + timedelta(hours=1)) -> Notice:
    draft = notice or drafted()
    return notices.send(draft, dispatch(draft, at), at)


def dispatch(notice: Notice, at: datetime) -> Dispatch:
    letter = Letter("de", "Mitteilung", "Sehr geehrte", (), (), (), "VNOG")
    return Dispatch(at, Manner.EMAIL, None, (letter,), notice.picture, VERA)


def answered(kind: AnswerKind = AnswerKind.RECEIVED, at: datetime = NOON + timedelta(hours=2)) -> Notice:
    return notices.record_answer(sent(), Answer(at, Manner.EMAIL, kind, "", VERA), at)
