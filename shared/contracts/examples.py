"""One example of every fact, for the docs, for partners and for tests. No real company, person or place of visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from shared.contracts import crossborder, intake, planning, reporting, triage
from shared.contracts.common import Observations, Situation
from shared.contracts.common import Site as Place
from shared.contracts.envelope import Fact
from shared.contracts.reported import ReportedObservations, ReportedSite, ReportedSituation
from shared.vocabulary import (
    Channel,
    ClockStage,
    ConsultationOutcome,
    Grade,
    InterventionKind,
    InterventionState,
    NoticeState,
    PartyKind,
    ReportState,
    Sector,
    Theme,
)

_QUARTER = datetime(2020, 6, 19, 9, 15, tzinfo=UTC)
_LATER = datetime(2020, 6, 19, 9, 15, 2, tzinfo=UTC)
_NEXT_DAY = datetime(2020, 6, 20, 9, 15, tzinfo=UTC)
_HOUR = datetime(2020, 6, 20, 9, 0, tzinfo=UTC)

_SIGNAL = "0b8f6a52-6f0c-4c43-9a6e-0d5f4c1f5f11"
_CASE = "6dd0a0a5-5f0c-5a0e-8d4e-7a9d5b2c3e10"
_INTERVENTION = "b1f4e1de-2c57-5d3b-9a3e-2f1c6c5e7a42"
_CONSULTATION = "5e6b8a7c-0d7e-4f62-8f0a-3a1d2c4b5e6f"
_REPORT = "c0a1f2e3-4b5d-5c6e-8f70-1a2b3c4d5e6f"

_SITE = Place(
    name="Vleesbedrijf De Voorbeeldhoeve",
    postcode="7141DC",
    house_number="12",
    place="Groenlo",
    municipality="Oost Gelre",
    region="VR06",
)
_SITUATION = Situation(
    themes=(Theme.WORK,),
    sector=Sector.MEAT,
    site=_SITE,
    observations=Observations(people_exposed=657, tested=212, positive=45),
    workers_live_in=("kreis-borken",),
)
_SEEN = _SITUATION.model_copy(update={"observed_on": date(2020, 6, 17)})
_COMPETENCE = planning.Competence(
    theme=None,
    sector=None,
    what="bron- en contactonderzoek en advies",
    legal_base="Wpg art. 6 en 14",
    valid_from=date(2008, 12, 1),
)
_SNAPSHOT = {
    "number": "I-2020-7K4Q2",
    "kind": InterventionKind.REPRESSIVE,
    "case": _CASE,
    "case_number": "Z-2020-3M8TX",
    "grade": Grade.CRITICAL,
    "situation": _SITUATION,
    "region": "VR06",
    "coordinator": "ggd-vr06",
    "coordinator_name": "GGD Noord- en Oost-Gelderland",
    "coordinator_reason": "Er zijn bevestigde besmettingen: de GGD van de regio coördineert.",
    "parties": (
        planning.InvolvedParty(
            party="ggd-vr06",
            name="GGD Noord- en Oost-Gelderland",
            role="coordinator",
            competences=(_COMPETENCE,),
        ),
    ),
    "plan": (
        planning.PlanStep(
            party="ggd-vr06",
            theme=Theme.WORK,
            what="Doe bron- en contactonderzoek onder de medewerkers.",
            legal_base="Wpg art. 6 en 14",
        ),
    ),
    "due_at": _NEXT_DAY,
    "happened_at": _LATER,
}
_RISE = triage.SectorRise(
    day=date(2020, 10, 20), signals=6, upper={"C1": 4.2, "C2": 4.9, "C3": 5.5}, alarms=("C1", "C2", "C3")
)
_STANDING = triage.SectorStanding(
    rank=1,
    points=43,
    points_by_part={"signals": 6, "grades": 11, "clusters": 10, "findings": 8, "coverage": 8},
    signals=6,
    open_cases={Grade.CRITICAL: 1, Grade.HIGH: 2, Grade.LOW: 4},
    clusters=1,
    visits=3,
    reported=2,
    infringements=3,
    cases=8,
    visited=2,
    tested=212,
    positive=45,
    testing="everyone",
)
_LINK = triage.CaseLink(case=_CASE, number="Z-2020-3M8TX")
_OTHER = triage.CaseLink(case="0d0cbb7e-94e5-5d2c-8e5e-3c8f3bb1d0a7", number="Z-2020-7QK2VD")
_REGROUPED = {
    "number": "Z-2020-3M8TX",
    "signals": (_SIGNAL,),
    "reason": "Beide meldingen gaan over de nachtploeg.",
    "organisation": "LOT-C",
    "happened_at": _LATER,
}
_CONSULTED = {
    "intervention": _INTERVENTION,
    "case": _CASE,
    "convened_by": "iszw",
    "convened_through": "lotc",
    "invited": ("ggd-vr06", "vr06", "nvwa"),
    "convened_at": _LATER,
}
_REPORTED = {
    "number": "R-2020-9D2FA",
    "intervention": _INTERVENTION,
    "intervention_number": "I-2020-7K4Q2",
    "case": _CASE,
    "coordinator": "ggd-vr06",
    "happened_at": _LATER,
}
_NOTIFIED = {
    "number": "N-2020-4HJ7B",
    "case": _CASE,
    "case_number": "Z-2020-3M8TX",
    "authority": "kreis-borken",
    "authority_name": "Kreis Borken",
    "country": "DE",
    "region": "VR06",
    "task_force": "Covid 19 Infektion Arbeitsmigranten",
    "grade": Grade.CRITICAL,
    "themes": (Theme.WORK,),
    "sector": Sector.MEAT,
    "happened_at": _LATER,
}
_FAULTS = (intake.Fault(field="situation.themes", reason="Field required"),)


def _interventions() -> Iterator[Fact]:
    states: dict[type[planning.InterventionSnapshot], InterventionState] = {
        planning.InterventionProposed: InterventionState.PROPOSED,
        planning.InterventionRevised: InterventionState.PROPOSED,
        planning.InterventionDecided: InterventionState.DECIDED,
        planning.InterventionPrepared: InterventionState.PREPARED,
        planning.InterventionStaffed: InterventionState.STAFFED,
        planning.InterventionStarted: InterventionState.UNDER_WAY,
        planning.InterventionCompleted: InterventionState.COMPLETED,
        planning.InterventionReported: InterventionState.REPORTED,
        planning.InterventionStoodDown: InterventionState.STOOD_DOWN,
        planning.InterventionCancelled: InterventionState.CANCELLED,
    }
    for cls, state in states.items():
        yield cls.model_validate({**_SNAPSHOT, "state": state})


def examples() -> dict[type[Fact], Fact]:
    """The example of each fact class."""
    all_of_them: list[Fact] = [
        intake.SignalReceived(
            channel=Channel.WEB,
            situation=_SEEN,
            received_at=_QUARTER,
            dataref=f"https://intake.brandmeester.example/signals/{_SIGNAL}",
        ),
        intake.SignalSupplemented(situation=_SEEN, received_at=_QUARTER),
        intake.SignalWithdrawn(withdrawn_at=_QUARTER),
        intake.SignalRejected(
            party="hotline",
            message_id="melding-2020-118",
            topic="intake.inbound.hotline.v1",
            partition=1,
            offset=42,
            faults=_FAULTS,
        ),
        intake.InboundSignal(
            situation=ReportedSituation(
                themes=(Theme.TRANSPORT,),
                sector=Sector.LOGISTICS,
                site=ReportedSite(name="Parkeerplaats Het Voorbeeld", postcode="5928AB", place="Venlo"),
                observations=ReportedObservations(vans_checked=24, vans_in_breach=17, van_mixed_households=True),
                observed_on=date(2020, 6, 18),
            ),
            reference="controle-17",
        ),
        triage.CaseAssessed(
            number="Z-2020-3M8TX",
            situation=_SITUATION,
            signals=(_SIGNAL,),
            assessment=triage.Assessment(
                grade=Grade.CRITICAL,
                ruleset="2020.1",
                points=30,
                likelihood=3,
                impact=3,
                impact_assumed=False,
                factors=(
                    triage.FactorPoints(
                        factor="confirmed_infections",
                        points=20,
                        theme=None,
                        because="Er zijn 45 bevestigde besmettingen in 14 dagen.",
                        source="RIVM/LCI",
                    ),
                ),
                unknowns=("distance_not_kept",),
                raised_for_unknowns=False,
                trigger="45 van 212 testen positief",
                smallest_change=None,
                summary="Kritiek: 45 besmettingen op een bedrijf met 657 mensen.",
                input_hash="9f2c",
            ),
            previous_grade=None,
            points_by_theme={Theme.WORK: 30},
            regions=("VR06",),
            clock_started_at=_QUARTER,
            clock_due_at=_NEXT_DAY,
            assessed_at=_LATER,
        ),
        triage.CaseEscalated(
            number="Z-2020-3M8TX",
            threshold="four_fifths",
            grade=Grade.CRITICAL,
            stage=ClockStage.CONSULTED,
            regions=("VR06",),
            clock_started_at=_QUARTER,
            clock_due_at=_NEXT_DAY,
            passed_at=_LATER,
        ),
        triage.ClusterDetected(
            theme=Theme.WORK,
            centre="7141",
            places=("7141", "7142"),
            radius_metres=1800.0,
            start=date(2020, 6, 17),
            end=date(2020, 6, 19),
            observed=5,
            expected=0.8,
            log_likelihood_ratio=5.1,
            p=0.002,
            recurrence_days=500.0,
            regions=("VR06",),
            cases=(_CASE,),
            detected_at=_QUARTER,
        ),
        triage.SectorRanked(
            sector=Sector.MEAT, national=_STANDING, regions={"VR06": _STANDING}, counted_at=_QUARTER, rise=_RISE
        ),
        triage.VisitConcluded(case=_CASE, signals=(_SIGNAL,), visited_on=_NEXT_DAY.date()),
        triage.CaseClosed(number="Z-2020-3M8TX", reason="visited_and_under_control", closed_at=_NEXT_DAY),
        triage.CaseMerged.model_validate({**_REGROUPED, "gone": _OTHER, "stays": _LINK}),
        triage.CaseMergeUndone.model_validate({**_REGROUPED, "gone": _OTHER, "stays": _LINK}),
        triage.CaseSplit.model_validate({**_REGROUPED, "origin": _LINK, "part": _OTHER}),
        planning.PartyDescribed(
            name="GGD Noord- en Oost-Gelderland",
            kind=PartyKind.HEALTH_SERVICE,
            region="VR06",
            member=True,
            competences=(_COMPETENCE,),
        ),
        planning.ConsultationConvened.model_validate(_CONSULTED),
        planning.ConsultationDecided.model_validate(
            {
                **_CONSULTED,
                "outcome": ConsultationOutcome.GO,
                "reason": "Bron nog actief, bedrijf werkt door.",
                "participants": ("ggd-vr06", "vr06"),
                "decided_at": _LATER,
            }
        ),
        *_interventions(),
        reporting.ReportOpened.model_validate({**_REPORTED, "state": ReportState.OPEN}),
        reporting.ReportSubmitted.model_validate(
            {**_REPORTED, "state": ReportState.SUBMITTED, "infringements": 2, "measures": ("Lijn stilgelegd",)}
        ),
        reporting.ReportShared.model_validate(
            {**_REPORTED, "state": ReportState.SHARED, "shared_with": ("ggd-vr06", "vr06")}
        ),
        reporting.ReportNotice(
            party="ggd-vr06",
            report=_REPORT,
            number="R-2020-9D2FA",
            intervention_number="I-2020-7K4Q2",
            kind=InterventionKind.REPRESSIVE,
            grade=Grade.CRITICAL,
            themes=(Theme.WORK,),
            sector=Sector.MEAT,
            site=reporting.NoticeSite(
                name=_SITE.name,
                postcode=_SITE.postcode,
                place=_SITE.place,
                municipality=_SITE.municipality,
                region=_SITE.region,
            ),
            coordinator="ggd-vr06",
            coordinator_name="GGD Noord- en Oost-Gelderland",
            infringements=2,
            measures=("Lijn stilgelegd",),
            visited_at=_HOUR,
            shared_at=_HOUR,
            dataref=f"https://reporting.brandmeester.example/reports/{_REPORT}",
        ),
        reporting.SignalRejectionNotice(
            party="hotline",
            message_id="melding-2020-118",
            topic="intake.inbound.hotline.v1",
            partition=1,
            offset=42,
            faults=_FAULTS,
        ),
        crossborder.ContactDescribed(
            name="Kreis Borken",
            country="DE",
            under_region="VR06",
            task_force="Covid 19 Infektion Arbeitsmigranten",
            confirmed_at=_QUARTER,
        ),
        crossborder.NoticeDrafted.model_validate({**_NOTIFIED, "state": NoticeState.DRAFT}),
        crossborder.NoticeRevised.model_validate({**_NOTIFIED, "state": NoticeState.DRAFT}),
        crossborder.NoticeSent.model_validate({**_NOTIFIED, "state": NoticeState.SENT}),
        crossborder.NoticeAnswered.model_validate({**_NOTIFIED, "state": NoticeState.ANSWERED}),
    ]
    return {type(example): example for example in all_of_them}
