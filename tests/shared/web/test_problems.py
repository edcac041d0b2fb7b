"""Errors: all faults at once, one shape, the asker's language, and nothing of what was sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import structlog.testing

import services
from shared.contracts import catalogue
from tests.shared.web.conftest import DEMO, Browser

PROBLEM = "application/problem+json"
SERVICES = Path(services.__file__).parent
GOOD = {"workSite": "Groenlo", "grade": "high", "persons": 3}


async def test_all_faults_come_at_once_with_the_fields_as_they_are_called_on_the_wire(
    visitor: httpx.AsyncClient,
) -> None:
    body = {"grade": "secretgrade", "persons": -1, "stops": ["2020-11-23T10:00:00Z", "secrettime"], "colour": 1}
    answer = await visitor.post("/v1/visits", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert {fault["field"]: fault["code"] for fault in answer.json()["faults"]} == {
        "workSite": "required",
        "grade": "choice",
        "persons": "at_least",
        "stops.1": "moment",
        "colour": "unknown",
    }
    assert "secret" not in answer.text
    (choice,) = (fault["message"] for fault in answer.json()["faults"] if fault["field"] == "grade")
    assert choice == "Choose one of: low, moderate, high, critical."


async def test_faults_are_in_plain_language(visitor: httpx.AsyncClient) -> None:
    english = await visitor.post("/v1/visits", json={**GOOD, "persons": "many"})
    dutch = await visitor.post("/v1/visits", json={**GOOD, "persons": "many"}, headers={"accept-language": "nl"})
    assert english.json()["faults"][0]["message"] == "Give a number, digits only."
    assert dutch.json()["faults"][0]["message"] == "Vul een getal in, alleen cijfers."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "json"),
        (b"", "object"),
        (b"null", "object"),
        (b"[]", "object"),
        (b'"text"', "object"),
        (b'{"workSite": "\xff"}', "encoding"),
    ],
)
async def test_a_malformed_body_is_a_fault_like_any_other(visitor: httpx.AsyncClient, body: bytes, code: str) -> None:
    answer = await visitor.post("/v1/visits", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [("", code)]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_a_body_that_does_not_say_it_is_json_is_told_to(visitor: httpx.AsyncClient, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = await visitor.post("/v1/visits", content=b'{"workSite": "Groenlo"}', headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (415, PROBLEM)
    assert "Content-Type: application/json" in answer.json()["detail"]


async def test_a_fault_of_a_header_names_it(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/v1/visits", json=GOOD, headers={"Idempotency-Key": "short"})
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [("idempotency-key", "too_short")]


async def test_a_key_given_twice_is_refused_wherever_it_stands(visitor: httpx.AsyncClient) -> None:
    body = b'{"persons": 3, "grade": "low", "persons": 4, "stops": [{"a": 1, "a": 2}], "<b>": 1, "<b>": 2}'
    answer = await visitor.post("/v1/visits", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    faults = [(fault["field"], fault["code"]) for fault in answer.json()["faults"]]
    assert faults == [("persons", "twice"), ("stops.0.a", "twice"), ("?", "twice")]


def test_every_api_refuses_keys_that_come_twice() -> None:
    files = [file for file in SERVICES.glob("*/*api.py") if 'APIRouter(prefix="/v1' in file.read_text("utf-8")]
    assert {file.parent.name for file in files} == set(catalogue.SERVICES)
    assert [file for file in files if "route_class=ApiRoute" not in file.read_text("utf-8")] == []


async def test_of_many_faults_the_first_are_told_and_how_many_more_there_are(visitor: httpx.AsyncClient) -> None:
    bodies = ({**GOOD, "stops": ["soon"] * 150}, {**GOOD, **{f"a{number}": 1 for number in range(50)}})
    many, most = [(await visitor.post("/v1/visits", json=body)).json()["faults"] for body in bodies]
    assert [fault["field"] for fault in many] == [*(f"stops.{place}" for place in range(50)), ""]
    assert (many[-1]["code"], many[-1]["message"]) == ("more", "Other faults: 100. Mend these first.")
    assert [fault["code"] for fault in most] == ["unknown"] * 50


async def test_a_made_up_field_name_is_not_thrown_back(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/v1/visits", json={**GOOD, "<b>Jan Jansen</b>": 1})
    assert answer.json()["faults"] == [
        {"field": "?", "message": "This field is not known here; leave it out.", "code": "unknown"}
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("DELETE", "/v1/visits", 405), ("GET", "/v1/visits", 401), ("GET", "/nothing", 404)],
)
async def test_every_error_has_the_same_shape(visitor: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await visitor.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == PROBLEM
    assert {"type", "title", "status", "detail"} <= answer.json().keys()


async def test_a_service_says_what_is_not_possible_in_its_own_words(visitor: httpx.AsyncClient) -> None:
    problem = (await visitor.get("/v1/conflict")).json()
    assert problem["detail"] == "Het bezoek is al gestart."
    assert problem["faults"] == [{"field": "state", "message": "is al gestart", "code": "started"}]


async def test_what_nobody_foresaw_gets_a_number_and_is_logged_without_input(visitor: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await visitor.get("/fails?name=Jansen", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert "Er ging iets mis bij ons" in answer.text
    assert logs[0]["error"] == "RuntimeError"
    assert logs[0]["instance"] in answer.text
    assert "?name" not in str(logs)
    assert answer.headers["content-security-policy"]


async def test_people_get_a_page_that_says_what_to_do_next(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/nothing", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "<h1>Deze pagina is er niet</h1>" in page.text
    assert "Controleer het adres" in page.text


async def test_a_wrong_filter_in_the_address_is_a_bad_request(browser: Browser) -> None:
    await browser.sign_in("lotc")
    page = await browser.open("/?page=0")
    assert page.status_code == 400
    assert "<strong>page</strong>: Vul een getal in van ten minste 1." in page.text


async def test_the_document_of_the_api_promises_problems_and_no_422(visitor: httpx.AsyncClient) -> None:
    document = (await visitor.get("/v1/openapi.json")).json()
    responses = document["paths"]["/v1/visits"]["post"]["responses"]
    assert "422" not in responses
    assert responses["400"]["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "401" in document["paths"]["/v1/visits/closure"]["post"]["responses"]
    told = document["paths"]["/v1/conflict"]["get"]["responses"]["409"]
    assert (told["description"], list(told["content"])) == ("The visit has begun", [PROBLEM])
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_whoever_sends_too_much_is_still_signed_in_and_can_go_back(browser: Browser) -> None:
    await browser.sign_in("lotc")
    for body in (b"x" * 2001, _pieces()):
        before = {"referer": f"{DEMO}/visit?step=2", "content-type": "application/x-www-form-urlencoded"}
        answer = await browser.client.post("/visit", content=body, headers=before)
        assert answer.status_code == 413
        assert "Lena Otten" in answer.text
        assert "Meld u aan" not in answer.text
        assert 'role="search"' in answer.text
        assert '<a class="bm-brand" href="/">' in answer.text
        assert 'href="/visit?step=2">Terug naar waar u was' in answer.text


async def test_the_way_back_leads_to_no_other_site_and_not_in_circles(browser: Browser) -> None:
    await browser.sign_in("lotc")
    for before in ("http://elsewhere.example/visit", f"{DEMO}.elsewhere.example/", f"{DEMO}/nothing", "//nothing"):
        answer = await browser.client.get("/nothing", headers={"referer": before})
        assert (answer.status_code, "Terug naar waar u was" in answer.text) == (404, False)


async def test_who_may_not_search_cases_is_not_asked_to_and_gets_home(browser: Browser) -> None:
    await browser.sign_in("hotline")
    page = await browser.open("/nothing")
    assert 'role="search"' not in page.text
    assert page.text.count(f'{DEMO}/hotline"') == 3


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(30):
        yield b"x" * 100
