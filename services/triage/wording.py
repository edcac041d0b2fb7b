"""How pages say what happened to a case, why it was closed, and what its next step is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.triage.domain.case import Case, ClosureReason, Event, HistoryEntry
from services.triage.domain.clock import StopReason
from services.triage.use_cases.desk import CaseFile
from shared.vocabulary import ClockStage, InterventionState
from shared.web.times import number
from shared.web.words import word

CLOSURE_REASONS: Mapping[ClosureReason, str] = {
    ClosureReason.VISITED: "bezocht en afgehandeld",
    ClosureReason.UNFOUNDED: "er is niets van gebleken",
    ClosureReason.DUPLICATE: "hoort bij een andere zaak",
    ClosureReason.HANDED_OVER: "overgedragen aan een andere organisatie",
    ClosureReason.SITE_CLOSED: "de locatie is gesloten",
}
STOP_REASONS: Mapping[StopReason, str] = {
    StopReason.GRADE_FELL: "gestopt: niet langer hoog of kritiek",
    StopReason.CASE_CLOSED: "gestopt: zaak gesloten",
}
_EVENTS: Mapping[Event, str] = {
    Event.OPENED: "Zaak geopend door een melding",
    Event.SIGNAL_JOINED: "Melding toegevoegd",
    Event.SIGNAL_SUPPLEMENTED: "Melding aangevuld",
    Event.SIGNAL_WITHDRAWN: "Melding ingetrokken",
    Event.GRADED: "Ingeschat als {grade}",
    Event.OVERRIDDEN: "Inschatting door een mens op {grade} gezet",
    Event.OVERRIDE_DISPUTED: "De regels komen nu op iets anders uit dan {grade}, zoals een mens het zette",
    Event.OVERRIDE_LIFTED: "Inschatting van de regels geldt weer: {grade}",
    Event.CLOCK_STARTED: "Klok van 24 uur gestart",
    Event.CLOCK_STOPPED: "Klok gestopt",
    Event.CLOSED: "Zaak gesloten",
    Event.REOPENED: "Zaak heropend: nieuwe feiten zijn ernstiger",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history as a page shows it."""

    at: datetime
    what: str
    who: str | None = None
    why: str | None = None


def history_of(case: Case) -> list[Told]:
    """What happened, the newest first."""
    return [_told(entry) for entry in reversed(case.history)]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a case asks of people now; `intervention` is where planning takes over."""

    what: str
    why: str
    action: str = ""
    intervention: str | None = None


def next_step_of(file: CaseFile) -> NextStep:
    """The one thing to do next."""
    if not file.case.is_open:
        return NextStep("Niets meer", "De zaak is gesloten.")
    if not file.progress.interventions:
        return _WAITS if file.case.grade.calls_for_visit else _FOLLOW
    latest = file.progress.interventions[-1]
    state = latest.state or InterventionState.PROPOSED
    if state == InterventionState.PROPOSED and any(
        mark.stage == ClockStage.CONSULTED and mark.intervention == latest.id for mark in file.progress.marks
    ):
        return replace(_CONSULTED, intervention=latest.id)
    return replace(_BY_STATE[state], intervention=latest.id)


_WAITS = NextStep("Wacht op het voorstel", "Planning stelt het bezoek op: regio, coördinator, partijen en plan.")
_FOLLOW = NextStep("Volg de zaak", "De inschatting vraagt nu niet om een bezoek binnen 24 uur.")
_CONSULTED = NextStep("Leg het besluit vast", "Het overleg is bijeengeroepen.", "Naar de interventie")
_STAFF = NextStep("Maak de bemensing rond", "Het bezoek gaat door.", "Naar de bemensing")
_JUDGE = NextStep("Volg de zaak, of sluit haar", "Het bezoek gaat niet door.", "Naar de interventie")
_BY_STATE: Mapping[InterventionState, NextStep] = {
    InterventionState.PROPOSED: NextStep(
        "Roep overleg bijeen", "Het voorstel voor een bezoek ligt klaar.", "Naar het voorstel"
    ),
    InterventionState.DECIDED: _STAFF,
    InterventionState.PREPARED: _STAFF,
    InterventionState.STAFFED: NextStep("Start het bezoek", "De bemensing is rond.", "Naar het bezoek"),
    InterventionState.UNDER_WAY: NextStep("Rond het bezoek af", "Het team is ter plaatse.", "Naar het bezoek"),
    InterventionState.COMPLETED: NextStep("Vul het rapport in", "Het bezoek is uitgevoerd.", "Naar de interventie"),
    InterventionState.REPORTED: NextStep("Sluit de zaak", "Het rapport is ingediend.", "Naar de interventie"),
    InterventionState.STOOD_DOWN: _JUDGE,
    InterventionState.CANCELLED: _JUDGE,
}


def stages_of(file: CaseFile) -> list[tuple[str, datetime | None]]:
    """The stages of the clock by name."""
    return [(word(stage.stage), stage.at) for stage in file.stages]


def observed(case: Case) -> list[tuple[str, str]]:
    """What is known of the site, as label and value; what nobody told is left out."""
    known = [(label, getattr(case.situation.observations, name)) for name, label in _LABELS.items()]
    return [(label, _said(value)) for label, value in known if value is not None]


_LABELS: Mapping[str, str] = {
    "people_exposed": "Mensen blootgesteld",
    "confirmed_infections": "Bevestigde besmettingen",
    "tested": "Mensen getest",
    "positive": "Positief getest",
    "people_with_symptoms": "Mensen met klachten",
    "sick_people_at_work": "Zieke mensen werken door",
    "distance_not_kept": "Minder dan 1,5 meter is gewoon",
    "cold_or_poorly_ventilated": "Koud of slecht geventileerd",
    "no_screens": "Geen schermen",
    "shared_breaks": "Groepen samen in de pauze",
    "people_per_bedroom": "Mensen per slaapkamer",
    "square_metres_per_person": "Vierkante meter per persoon",
    "people_per_toilet_or_shower": "Mensen per toilet of douche",
    "no_room_to_isolate": "Geen ruimte om apart te blijven",
    "van_mixed_households": "Huishoudens gemengd in busjes",
    "van_mixed_sites": "Werkplekken gemengd in busjes",
    "vans_checked": "Busjes gecontroleerd",
    "vans_in_breach": "Busjes in overtreding",
    "same_workers_as_outbreak": "Dezelfde mensen als bij een uitbraak",
    "linked_sites": "Andere locaties die hiermee verbonden zijn",
}


def exposed(case: Case) -> str:
    """How heavy the impact counts, and why."""
    assessment, people = case.assessment, case.situation.observations.people_exposed
    if assessment.impact_assumed:
        reason = "hoeveel mensen zijn blootgesteld is onbekend, daarom is het midden aangehouden"
    elif people is None:
        reason = "er zijn andere locaties mee verbonden"
    else:
        reason = f"{number(people)} mensen blootgesteld" if people != 1 else "1 persoon blootgesteld"
    return f"{assessment.impact} van 3: {reason}"


def where(case: Case) -> str:
    """The site as people name it."""
    site = case.situation.site
    place = site.place or site.municipality
    return ", ".join(part for part in (site.name, place) if part) or "plaats onbekend"


def _said(value: float) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return number(value, 0 if value == int(value) else 1)


def _told(entry: HistoryEntry) -> Told:
    what = _EVENTS[entry.event].format(grade=word(entry.grade) if entry.grade else "")
    who = f"{entry.who.name}, {entry.who.organisation}" if entry.who else None
    reason = f"{CLOSURE_REASONS[entry.reason].capitalize()}." if entry.reason else None
    why = " ".join(part for part in (reason, entry.why) if part)
    return Told(entry.at, what, who, why or None)
