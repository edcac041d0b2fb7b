"""One situation's way through the five services, over HTTP as a member and over Kafka as a partner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from deploy.journey.doors import Missed, through_form, through_http, through_topic
from deploy.journey.partner import Partner
from deploy.journey.shapes import Shape
from deploy.local.description import Description

T = TypeVar("T")

PATIENCE_SECONDS = 20.0


class Walk:
    """Walks one shape and notes what each step took; raises Missed at the first step that fails."""

    def __init__(self, platform: Description, partner: Partner, folder: Path, tell: Callable[[str, float, str], None]):
        self._platform = platform
        self._partner = partner
        self._folder = folder
        self._tell = tell
        self._http = httpx.Client(headers={"Authorization": f"Bearer {platform.token}"}, trust_env=False, timeout=20)

    def go(self, shape: Shape) -> None:
        """As far as the grade asks: a low one ends at its case."""
        signal = self._hand_in(shape)
        case = self._graded(shape, signal)
        if not shape.grade.calls_for_visit:
            self._no_visit(case)
            return
        intervention = self._proposed(shape, case)
        if shape.notice_for:
            self._notice(shape, case)
        self._consult(intervention)
        self._visit(intervention)
        self._report(shape, intervention)

    def _hand_in(self, shape: Shape) -> str:
        with self._step(f"signal by {shape.door}") as note:
            match shape.door:
                case "form":
                    note(f"receipt {through_form(self._platform.services['intake'], shape)}")
                case "POST":
                    note(f"receipt {through_http(self._platform.services['intake'], shape)[1]}")
                case _:
                    note(f"message {through_topic(self._platform, shape)}")
            return self._until("the signal at intake", lambda: self._signal_of(shape))

    def _signal_of(self, shape: Shape) -> str | None:
        signals = self._get("intake", "/v1/signals", region=shape.region)["items"]
        wanted = shape.situation["site"]
        return next((signal["id"] for signal in signals if _at(signal["situation"]["site"]) == _at(wanted)), None)

    def _graded(self, shape: Shape, signal: str) -> dict[str, Any]:
        with self._step("case with grade") as note:
            found = self._until("a case", lambda: self._first("triage", "/v1/cases", signalId=signal))
            case: dict[str, Any] = self._get("triage", f"/v1/cases/{found['id']}")
            note(f"{case['number']}: {case['grade']}, {case['situation']['site'].get('region')}")
            _expect(case["grade"], shape.grade.value, "grade")
            _expect(case["situation"]["site"].get("region"), shape.region, "region")
            return case

    def _no_visit(self, case: dict[str, Any]) -> None:
        with self._step("no visit asked for") as note:
            time.sleep(1)
            _expect(self._get("planning", "/v1/interventions", caseId=case["id"])["items"], [], "interventions")
            note(case["assessment"]["summary"])

    def _proposed(self, shape: Shape, case: dict[str, Any]) -> dict[str, Any]:
        with self._step("intervention drafted") as note:
            drafted: dict[str, Any] = self._until(
                "an intervention", lambda: self._first("planning", "/v1/interventions", caseId=case["id"])
            )
            note(f"{drafted['number']}: {drafted['coordinatorName']}; {len(drafted['parties'])} parties")
            _expect(drafted["coordinator"], shape.coordinator, "coordinator")
            _expect(drafted["region"], shape.region, "region")
            if not drafted["plan"] or not all(step["legalBase"] for step in drafted["plan"]):
                raise Missed("the plan of approach has no steps with a legal base")
            return drafted

    def _notice(self, shape: Shape, case: dict[str, Any]) -> None:
        with self._step("notice for the neighbour") as note:
            notice = self._until("a notice", lambda: self._first("crossborder", "/v1/notices", caseId=case["id"]))
            _expect(notice["authority"], shape.notice_for, "authority")
            note(f"{notice['number']}: {notice['authorityName']} under {notice['region']}, {notice['state']}")

    def _consult(self, intervention: dict[str, Any]) -> None:
        with self._step("consultation: go") as note:
            consultation = self._post("planning", "/v1/consultations", {"interventionId": intervention["id"]})
            decided = self._post(
                "planning",
                f"/v1/consultations/{consultation['id']}/decision",
                {
                    "outcome": "go",
                    "reason": "Besmettingen nemen toe; het bezoek kan vandaag nog.",
                    "participants": [party["party"] for party in intervention["parties"]],
                },
            )
            note(f"{len(decided['participants'])} parties took part")

    def _visit(self, intervention: dict[str, Any]) -> None:
        path = f"/v1/interventions/{intervention['id']}"
        with self._step("staffed") as note:
            asked = self._get("planning", path)["staffing"]
            assignments = [{"party": line["party"], "people": 2} for line in asked]
            staffed = self._post("planning", f"{path}/staffing", {"assignments": assignments})
            _expect(staffed["state"], "staffed", "state")
            note(f"{2 * len(assignments)} people of {len(assignments)} parties")
        with self._step("visit") as note:
            self._post("planning", f"{path}/start", None)
            note(self._post("planning", f"{path}/completion", {"outcome": "carried_out"})["state"])

    def _report(self, shape: Shape, intervention: dict[str, Any]) -> None:
        with self._step("report filled in") as note:
            report = self._until(
                "a report",
                lambda: self._first("reporting", "/v1/reports", interventionId=intervention["id"]),
            )
            path = f"/v1/reports/{report['id']}"
            self._patch("reporting", path, FINDINGS)
            submitted = self._post("reporting", f"{path}/submission", None)
            note(f"{submitted['number']}: {submitted['state']}")
        with self._step("shared") as note:
            self._post("reporting", f"{path}/sharing", {"sharedWith": [self._partner.party, "vr06"]})
            note(f"with {self._partner.party}, vr06")
        with self._step("report as PDF") as note:
            note(str(self._pdf(path, submitted["number"])))
        with self._step(f"notice at {self._partner.party}") as note:
            note(self._until("the partner's message", lambda: self._partner.notice_of(report["id"])))
        with self._step("another partner") as note:
            note(self._partner.refusal_of_another())

    def _pdf(self, path: str, number: str) -> Path:
        answer = self._http.get(self._url("reporting", path), headers={"Accept": "application/pdf"})
        if answer.status_code != httpx.codes.OK or not answer.content.startswith(b"%PDF-"):
            raise Missed(f"no PDF: {answer.status_code} {answer.headers.get('content-type')}")
        file = self._folder / f"{number}.pdf"
        file.write_bytes(answer.content)
        return file

    @contextmanager
    def _step(self, name: str) -> Iterator[Callable[[str], None]]:
        began = time.monotonic()
        words: list[str] = []
        yield words.append
        self._tell(name, time.monotonic() - began, "; ".join(words))

    def _until(self, what: str, find: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if (found := find()) is not None:
                return found
            time.sleep(0.05)
        raise Missed(f"{what} did not come within {PATIENCE_SECONDS:.0f} s")

    def _first(self, service: str, path: str, **query: str) -> Any | None:
        return next(iter(self._get(service, path, **query)["items"]), None)

    def _get(self, service: str, path: str, **query: str) -> Any:
        return self._answer(self._http.get(self._url(service, path), params=query))

    def _post(self, service: str, path: str, body: dict[str, Any] | None) -> Any:
        key = {"Idempotency-Key": str(uuid4())}
        return self._answer(self._http.post(self._url(service, path), json=body, headers=key))

    def _patch(self, service: str, path: str, body: dict[str, Any]) -> Any:
        return self._answer(self._http.patch(self._url(service, path), json=body))

    def _answer(self, answer: httpx.Response) -> Any:
        if not answer.is_success:
            request = answer.request
            raise Missed(f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:600]}")
        return answer.json()

    def _url(self, service: str, path: str) -> str:
        return self._platform.services[service] + path


FINDINGS: dict[str, Any] = {
    "outcome": "carried_out",
    "peoplePresent": 212,
    "tested": 212,
    "positive": 45,
    "findings": [
        {"theme": "work", "text": "Op de lijn staan mensen minder dan 1,5 meter uit elkaar.", "infringements": 2},
        {"theme": "housing", "text": "In drie kamers slapen vier mensen.", "infringements": 3},
    ],
    "measures": ["work_stopped", "testing", "contact_tracing"],
    "conclusion": "De besmettingen hangen samen; de bron is nog actief.",
    "followUp": "Over een week opnieuw bezoeken.",
}


def _at(site: dict[str, Any]) -> tuple[str, str]:
    """The address that tells one signal of this journey from another."""
    return site["postcode"].replace(" ", "") if site.get("postcode") else "", site.get("houseNumber") or ""


def _expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Missed(f"{what} is {found!r}, not {wanted!r}")
