"""Cases walked as far as a test needs them, by a member's program."""

import secrets
from collections.abc import Mapping
from typing import Any

from services.triage.domain.suggestion import suggestion_id
from tests.journeys.platform import Program

Shown = Mapping[str, str]

FINDINGS: Mapping[str, Any] = {
    "outcome": "carried_out",
    "peoplePresent": 60,
    "tested": 60,
    "positive": 9,
    "findings": [{"theme": "work", "text": "Er staan geen schermen.", "infringements": 1}],
    "measures": ["advice"],
    "conclusion": "Het bedrijf plaatst deze week schermen.",
}


def plant_with_infections(program: Program, number: int | None = None) -> tuple[str, dict[str, Any]]:
    """A new signal about a plant in Groenlo, and the intervention that planning proposes for it.

    `number` is its house number, one that nobody has if not given.
    """
    house = str(number or secrets.randbelow(90_000) + 10_000)
    signal = program.post(
        "intake",
        "/v1/signals",
        {
            "themes": ["work"],
            "sector": "meat",
            "site": {"postcode": "7141 DC", "houseNumber": house, "place": "Groenlo"},
            "observations": {"peopleExposed": 300, "confirmedInfections": 9},
            "workersLiveIn": ["kreis-borken"],
            "text": "Wij delen de kleedkamer met twee ploegen.",
        },
    )["id"]
    case = program.first("triage", "/v1/cases", signalId=signal)
    return signal, program.first("planning", "/v1/interventions", caseId=case["id"])


def consulted(program: Program, intervention: Mapping[str, Any]) -> str:
    consultation = program.post("planning", "/v1/consultations", {"interventionId": intervention["id"]})
    return str(consultation["id"])


def decided_to_go(program: Program, intervention: Mapping[str, Any]) -> str:
    consultation = consulted(program, intervention)
    decision = {"outcome": "go", "reason": "Het bezoek kan vandaag nog.", "participants": ["lotc", "ggd-vr06"]}
    program.post("planning", f"/v1/consultations/{consultation}/decision", decision)
    return consultation


def visit_begun(program: Program, intervention: Mapping[str, Any]) -> None:
    path = f"/v1/interventions/{intervention['id']}"
    assignments = [{"party": line["party"], "people": 2} for line in program.get("planning", path)["staffing"]]
    program.post("planning", f"{path}/staffing", {"assignments": assignments})
    program.post("planning", f"{path}/start")


def visited(program: Program, intervention: Mapping[str, Any]) -> str:
    """The visit is over; answers the report that waits for the coordinator."""
    program.post("planning", f"/v1/interventions/{intervention['id']}/completion", {"outcome": "carried_out"})
    return str(program.first("reporting", "/v1/reports", interventionId=intervention["id"])["id"])


def report_shared(program: Program, report: str, *parties: str) -> None:
    program.patch("reporting", f"/v1/reports/{report}", FINDINGS)
    program.post("reporting", f"/v1/reports/{report}/submission")
    program.post("reporting", f"/v1/reports/{report}/sharing", {"sharedWith": parties})


def shown_pages(program: Program) -> Shown:
    """Something in every state that a page shows, by the name of the state."""
    plants = [plant_with_infections(program) for _ in range(6)]
    proposed, discussed, prepared, under_way, completed, reported = (intervention for _, intervention in plants)
    decided = [decided_to_go(program, intervention) for intervention in (prepared, under_way, completed, reported)]
    for intervention in (under_way, completed, reported):
        visit_begun(program, intervention)
    report = visited(program, reported)
    report_shared(program, report, "vr06")
    number = secrets.randbelow(90_000) + 10_000
    one, next_door = (str(plant_with_infections(program, n)[1]["caseId"]) for n in (number, number + 2))
    by_hand, closed, merged, told_apart = (str(plant_with_infections(program)[1]["caseId"]) for _ in range(4))
    program.post("triage", f"/v1/cases/{by_hand}/override", {"grade": "low", "reason": "Wij waren er al."})
    program.post("triage", f"/v1/cases/{closed}/closure", {"reason": "unfounded", "note": "Het bedrijf is dicht."})
    into = {"into": by_hand, "reason": "Twee ingangen van dezelfde slachterij."}
    program.post("triage", f"/v1/cases/{merged}/merge", into)
    program.post(
        "triage", f"/v1/cases/{told_apart}/distinctions", {"other": by_hand, "reason": "Een andere slachterij."}
    )
    return {
        "next_door": next_door,
        "question": suggestion_id(one, next_door),
        "by_hand": by_hand,
        "closed": closed,
        "merged": merged,
        "told_apart": told_apart,
        "signal": plants[0][0],
        "case": proposed["caseId"],
        "proposed": proposed["id"],
        "undecided": consulted(program, discussed),
        "decided": decided[0],
        "prepared": prepared["id"],
        "under_way": under_way["id"],
        "reported": reported["id"],
        "open": visited(program, completed),
        "shared": report,
        "notice": program.first("crossborder", "/v1/notices", caseId=proposed["caseId"])["id"],
    }
