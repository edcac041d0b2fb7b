"""How pages say what happened to a case, why it was closed, and what its next step is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.triage.clock_wording import escalations_of
from services.triage.domain.assessment import Assessment
from services.triage.domain.case import Case, ClosureReason, Event, GradeStep, HistoryEntry
from services.triage.domain.clock import StopReason
from services.triage.domain.facts import conflicts_among
from services.triage.domain.merging import CaseSignal
from services.triage.domain.progress import LinkedIntervention
from services.triage.domain.sequence import place_of, woven
from services.triage.use_cases.desk import CaseFile
from shared.situation import Observations
from shared.vocabulary import ClockStage, InterventionState
from shared.web.times import number
from shared.web.words import word

CLOSURE_REASONS: Mapping[ClosureReason, str] = {
    ClosureReason.VISITED: "bezocht en afgehandeld",
    ClosureReason.UNFOUNDED: "er is niets van gebleken",
    ClosureReason.DUPLICATE: "hoort bij een andere zaak",
    ClosureReason.HANDED_OVER: "overgedragen aan een andere organisatie",
    ClosureReason.SITE_CLOSED: "de locatie is gesloten",
    ClosureReason.MERGED: "samengevoegd met een andere zaak",
}
CHOSEN_REASONS = tuple(reason for reason in ClosureReason if reason is not ClosureReason.MERGED)
"""What a person may choose; a merge closes a case by itself."""
STOP_REASONS: Mapping[StopReason, str] = {
    StopReason.GRADE_FELL: "gestopt: niet langer hoog of kritiek",
    StopReason.CASE_CLOSED: "gestopt: zaak gesloten",
    StopReason.REGROUPED: "gestopt: de meldingen waarvoor zij liep staan nu in een andere zaak",
}
_EVENTS: Mapping[Event, str] = {
    Event.OPENED: "Zaak geopend door een melding",
    Event.SIGNAL_JOINED: "Melding toegevoegd",
    Event.SIGNAL_SUPPLEMENTED: "Melding aangevuld",
    Event.SIGNAL_WITHDRAWN: "Melding ingetrokken",
    Event.GRADED: "Ingeschat als {grade}",
    Event.OVERRIDDEN: "Inschatting door een mens op {grade} gezet",
    Event.OVERRIDE_DISPUTED: "Nieuwe feiten: de regels zeggen iets anders dan {grade}, zoals een mens het zette",
    Event.OVERRIDE_LIFTED: "Inschatting van de regels geldt weer: {grade}",
    Event.CLOCK_STARTED: "Klok van 24 uur gestart",
    Event.CLOCK_STOPPED: "Klok gestopt",
    Event.CLOSED: "Zaak gesloten",
    Event.REOPENED: "Zaak heropend: nieuwe feiten zijn ernstiger",
    Event.MERGED_AWAY: "Samengevoegd met zaak {other}; {signals} daarheen",
    Event.TOOK_IN_CASE: "Zaak {other} hierin samengevoegd, met {signals}",
    Event.MERGE_UNDONE: "Samenvoeging met zaak {other} ongedaan gemaakt; {signals} terug",
    Event.GAVE_CASE_BACK: "Zaak {other} staat weer op zichzelf, met {signals}",
    Event.SPLIT_OFF: "Zaak geopend door {signals} af te splitsen van zaak {other}",
    Event.SIGNALS_LEFT: "{signals} naar zaak {other}",
    Event.SIGNALS_CAME: "{signals} gekomen uit zaak {other}",
    Event.CLOCK_GOES_ON: "Klok van 24 uur loopt verder vanaf haar eerdere begin",
    Event.OVERRIDE_TAKEN_OVER: "Een mens zette zaak {other} op {grade}; dat geldt nu hier",
    Event.OVERRIDE_NOT_TAKEN_OVER: "Een mens zette zaak {other} op {grade}; hier geldt wat ernstiger is",
    Event.OVERRIDE_GIVEN_BACK: "De inschatting die een mens zette, gaat met zaak {other} mee terug",
    Event.OVERRIDE_SET_ASIDE: "Een mens zette deze zaak op {grade}; dat geldt niet meer, zaak {other} was ernstiger",
    Event.OVERRIDE_HOLDS_AGAIN: "Wat zaak {other} bracht is weer weg; {grade} geldt weer, zoals een mens het zette",
    Event.NOT_THE_SAME: "Vastgelegd: niet dezelfde situatie als zaak {other}",
    Event.NOT_THE_SAME_LIFTED: "Niet langer vastgelegd dat zaak {other} een andere situatie is",
    Event.IN_CLUSTER: "De zaak ligt in een cluster van meldingen, dat volgens de regels meetelt",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history as a page shows it."""

    at: datetime
    what: str
    who: str | None = None
    why: str | None = None


def history_of(file: CaseFile) -> list[Told]:
    """What happened, the newest first; what planning did and what a clock passed stand among it."""
    history = file.case.history
    more = [(place, Told(at, what)) for place, at, what in escalations_of(file.case)]
    more += [(place_of(history, one.at), one) for one in _planned(file)]
    in_time = sorted(more, key=lambda placed: placed[1].at)
    return [*woven([_told(entry) for entry in history], in_time)][::-1]


def _planned(file: CaseFile) -> Iterator[Told]:
    """What became of the interventions of a case, as far as planning and reporting told it."""
    known = {one.id: one for one in file.progress.interventions}
    for mark in file.progress.marks:
        it = known.get(mark.intervention)
        outcome = it.outcome if it and mark.stage is ClockStage.DECIDED else None
        why = f"{word(outcome).capitalize()}." if outcome else None
        yield Told(mark.at, f"{_REACHED[mark.stage]}{_number_of(it)}", why=why)
    for intervention, visit in file.visits.items():
        if visit.completed_at:
            what = f"Bezoek afgerond{_number_of(known.get(intervention))}"
            yield Told(visit.completed_at, what, why=_reported(visit.infringements))


def _reported(infringements: int | None) -> str | None:
    if infringements is None:
        return None
    return f"Rapport: {number(infringements)} {'overtreding' if infringements == 1 else 'overtredingen'}."


def _number_of(intervention: LinkedIntervention | None) -> str:
    return f" ({intervention.number})" if intervention and intervention.number else ""


_REACHED: Mapping[ClockStage, str] = {
    ClockStage.CONSULTED: "Overleg bijeengeroepen",
    ClockStage.DECIDED: "Besluit over het bezoek",
    ClockStage.STAFFED: "Bemensing van het bezoek rond",
    ClockStage.ON_SITE: "Team ter plaatse",
}


def deed_of(case: Case, step: GradeStep) -> str:
    """What a person did that led to a step of the grade line; empty where a signal led to it."""
    deeds = (one for one in case.history if step.who and (one.at, one.who, one.why) == (step.at, step.who, step.why))
    return next((_told(deed).what for deed in deeds), "")


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a case asks of people now; `intervention` is where planning takes over."""

    what: str
    why: str
    action: str = ""
    intervention: str | None = None


def next_step_of(file: CaseFile) -> NextStep:
    """The one thing to do next."""
    if file.case.merged:
        return NextStep("Niets meer", f"Het werk gaat verder in zaak {file.case.merged.into.number}.")
    if not file.case.is_open:
        return NextStep("Niets meer", "De zaak is gesloten.")
    asks = file.case.grade.calls_for_visit
    if not file.progress.interventions:
        return _WAITS if asks else _WITHDRAWN if file.case.all_withdrawn else _FOLLOW
    interventions = file.progress.interventions
    latest = next((one for one in interventions[::-1] if one.state not in _OVER), interventions[-1])
    state = latest.state or InterventionState.PROPOSED
    if state == InterventionState.PROPOSED and any(
        mark.stage == ClockStage.CONSULTED and mark.intervention == latest.id for mark in file.progress.marks
    ):
        return replace(_CONSULTED if asks else _CONSULTED_FOR_LESS, intervention=latest.id)
    if not asks and latest.outcome is None and state in _NOT_ASKED_FOR:
        why = _WITHDRAWN.why if file.case.all_withdrawn else "De inschatting vraagt niet meer om een bezoek."
        step = _NOT_ASKED_FOR[state]
        return replace(step, why=f"{why} {step.why}".rstrip(), intervention=latest.id)
    return replace(_BY_STATE[state], intervention=latest.id)


_OVER = frozenset({InterventionState.REPORTED, InterventionState.STOOD_DOWN, InterventionState.CANCELLED})
_WAITS = NextStep("Wacht op het voorstel", "Planning stelt het bezoek op: regio, coördinator, partijen en plan.")
_FOLLOW = NextStep("Volg de zaak", "De inschatting vraagt nu niet om een bezoek binnen 24 uur.")
_WITHDRAWN = NextStep("Volg de zaak, of sluit haar", "Alles wat gemeld was, is ingetrokken.")
_CONSULTED_FOR_LESS = NextStep(
    "Leg vast of het bezoek nog doorgaat",
    "Het overleg is bijeengeroepen, maar de inschatting vraagt niet meer om een bezoek.",
    "Naar de interventie",
)
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

_NOT_ASKED_FOR: Mapping[InterventionState, NextStep] = {
    InterventionState.PROPOSED: NextStep(
        "Besluit of het bezoek nog nodig is", "Er ligt nog een voorstel.", "Naar het voorstel"
    ),
    InterventionState.STOOD_DOWN: _JUDGE,
}


def came_from(file: CaseFile, signal: CaseSignal) -> str:
    """How a signal came to be in this case, where that was by regrouping."""
    if signal.moved_from:
        return f"verplaatst uit zaak {signal.moved_from.case.number}"
    if signal.came_by:
        by = file.parts.get(signal.came_by)
        return f"via het adres van zaak {by.number}" if by else "via het adres van een zaak die hier is samengevoegd"
    brought = (part for part in file.parts.values() if part.merged and signal.id in part.merged.signals)
    part = next(brought, None)
    return f"uit zaak {part.number}" if part else ""


def observed(case: Case) -> list[tuple[str, str]]:
    """What is known of the site, as label and value; what nobody told is left out."""
    return facts_of(case.situation.observations)


def facts_of(seen: Observations) -> list[tuple[str, str]]:
    """The same of any observations."""
    known = [(label, getattr(seen, name)) for name, label in OBSERVED.items()]
    return [(label, said(value)) for label, value in known if value is not None]


OBSERVED: Mapping[str, str] = {
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


_MOST_DECIMALS = 9
"""As many as a person may type; none of them is left out, for 0.01 is not 0.0."""


def exposed(assessment: Assessment, seen: Observations) -> str:
    """How heavy the impact counts, and why."""
    people, reasons = seen.people_exposed, []
    if assessment.impact_assumed:
        reasons.append("hoeveel mensen zijn blootgesteld is onbekend, daarom is het midden aangehouden")
    elif people is not None:
        reasons.append(f"{number(people)} mensen blootgesteld" if people != 1 else "1 persoon blootgesteld")
    if assessment.cluster and not reasons:
        reasons.append("hoeveel mensen zijn blootgesteld is onbekend")
    if seen.linked_sites:
        reasons.append("er zijn andere locaties mee verbonden")
    return f"{assessment.impact} van 3: {', en '.join(reasons)}"


def conflicts(seen: Observations) -> tuple[str, ...]:
    """What was told of a site that cannot all be so."""
    return conflicts_among(seen)


def why_disputed(case: Case) -> str:
    """What came since a person set the grade, and what to do about it."""
    set_by = case.override
    if set_by is None:
        return ""
    if case.assessment.grade == set_by.assessed:
        since = f"Toen zeiden de regels ook al {word(set_by.assessed)}. De feiten zijn sindsdien ernstiger geworden"
    else:
        since = f"Toen zeiden de regels {word(set_by.assessed)}. Door nieuwe feiten komen zij nu op iets anders uit"
    return f"{since}: kijk of de gezette inschatting nog klopt."


def where(case: Case) -> str:
    """The site as people name it."""
    site = case.situation.site
    place = site.place or site.municipality
    return ", ".join(part for part in (site.name, place) if part) or "plaats onbekend"


def said(value: float) -> str:
    """An observation as a page says it."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return number(value, len(f"{value:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")[2]))


def counted(signals: int) -> str:
    """1 melding, 2 meldingen."""
    return "1 melding" if signals == 1 else f"{signals} meldingen"


def _told(entry: HistoryEntry) -> Told:
    what = _EVENTS[entry.event].format(
        grade=word(entry.grade) if entry.grade else "",
        other=entry.other.number if entry.other else "",
        signals=counted(len(entry.signals)),
    )
    who = f"{entry.who.name}, {entry.who.organisation}" if entry.who else None
    reason = f"{CLOSURE_REASONS[entry.reason].capitalize()}." if entry.reason else None
    why = " ".join(part for part in (reason, entry.why) if part)
    return Told(entry.at, what, who, why or None)
