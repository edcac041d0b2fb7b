"""Signing in against the local provider, by browser and by bearer token."""

import re

import httpx
import pytest

from deploy.local.token import member_token
from shared.web.members import IncompleteClaims, Member, Role
from shared.web.sign_in import local_path
from tests.shared.web.conftest import DEMO, Browser, csrf_of
from tests.shared.web.demo.app import demo_app


def bearer_token(issuer: str, person: str) -> str:
    return member_token(issuer, "a client secret", f"{DEMO}/sign-in/callback", person)


async def test_a_member_page_leads_to_the_sign_in_and_back_to_the_same_page(browser: Browser) -> None:
    page = await browser.sign_in("lotc", "/?page=2")
    assert str(page.url) == f"{DEMO}/?page=2"
    assert "Lena Otten" in page.text
    assert "LOT-C" in page.text


async def test_the_session_cookie_names_its_service_and_port(browser: Browser) -> None:
    await browser.sign_in("lotc")
    assert "brandmeester-triage-8201" in browser.cookies()


async def test_the_second_time_nobody_is_asked_who_they_are(browser: Browser) -> None:
    await browser.sign_in("iszw")
    browser.client.cookies.delete("brandmeester-triage-8201")
    page = await browser.open("/")
    assert "Ilse Zwaan" in page.text


async def test_signing_out_ends_both_sessions(browser: Browser) -> None:
    page = await browser.sign_in("lotc")
    goodbye = await browser.client.post("/sign-out", data={"csrf": csrf_of(page)}, follow_redirects=True)
    assert goodbye.url.path == "/signed-out"
    assert "Wie bent u?" in (await browser.open("/")).text


async def test_signing_out_needs_our_own_form(browser: Browser) -> None:
    await browser.sign_in("lotc")
    assert (await browser.client.post("/sign-out", data={"csrf": "guessed"})).status_code == 403


async def test_a_form_sent_after_the_session_ended_is_refused_and_not_replayed(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/v1/visits/closure")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_after_sign_in_nobody_is_sent_to_another_site(browser: Browser) -> None:
    page = await browser.sign_in("lotc", "/sign-in?next=https://elsewhere.example/")
    assert str(page.url) == f"{DEMO}/"


@pytest.mark.parametrize("target", ["//elsewhere.example", "https://x.example", "/\\x.example", "", "/a\nb"])
def test_only_own_paths_are_followed(target: str) -> None:
    assert local_path(target) == "/"


async def test_a_broken_off_sign_in_says_what_to_do(browser: Browser) -> None:
    page = await browser.open("/sign-in/callback?code=x&state=y")
    assert page.status_code == 403
    assert "Aanmelden is niet gelukt" in page.text


async def test_without_a_provider_the_sign_in_says_so_and_public_pages_stay(visitor: httpx.AsyncClient) -> None:
    away = await visitor.get("/sign-in", headers={"accept": "text/html"})
    assert away.status_code == 503
    assert "Aanmelden kan nu even niet" in away.text
    assert (await visitor.get("/visit")).status_code == 200


async def test_a_bearer_token_of_the_provider_opens_the_api(browser: Browser, issuer: str) -> None:
    token = bearer_token(issuer, "ggd-vr06")
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    answer = await browser.client.post("/v1/visits/closure", headers=headers)
    assert answer.json() == {"closedBy": "ggd-vr06"}


async def test_a_changed_token_is_refused_with_a_challenge(browser: Browser, issuer: str) -> None:
    token = bearer_token(issuer, "lotc")
    header, body, signature = token.split(".")
    forged = ".".join((header, body[:-2] + ("AA" if body[-2:] != "AA" else "BB"), signature))
    for bad in (forged, "no.token.atall", ""):
        answer = await browser.client.get("/v1/visits", headers={"authorization": f"Bearer {bad}"})
        assert answer.status_code == 401
        assert "Bearer" in answer.headers["www-authenticate"]


async def test_an_authorization_that_is_no_bearer_token_is_refused_with_a_challenge(browser: Browser) -> None:
    for bad in ("Basic bG90YzpnZWhlaW0=", "Bearer", "Bearer ", "bearertoken", "", "Bearer \xe9.b.c"):
        answer = await browser.client.get("/v1/visits", headers=[(b"authorization", bad.encode("latin-1"))])
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), bad
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_meant_for_another_client_is_refused(issuer: str) -> None:
    token = bearer_token(issuer, "lotc")
    transport = httpx.ASGITransport(demo_app(issuer, client_id="another"))
    async with httpx.AsyncClient(transport=transport, base_url=DEMO) as client:
        answer = await client.get("/v1/visits", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_while_the_provider_is_away_a_token_gets_503() -> None:
    transport = httpx.ASGITransport(demo_app(issuer="http://localhost:1"))
    async with httpx.AsyncClient(transport=transport, base_url=DEMO) as client:
        answer = await client.get("/v1/visits", headers={"authorization": "Bearer a.b.c"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"


async def test_a_session_may_read_the_api_but_change_only_with_its_token(browser: Browser) -> None:
    page = await browser.sign_in("lotc")
    assert (await browser.client.get("/v1/visits")).status_code == 200
    assert (await browser.client.post("/v1/visits/closure")).status_code == 403
    allowed = await browser.client.post("/v1/visits/closure", headers={"X-CSRF-Token": csrf_of(page)})
    assert allowed.json() == {"closedBy": "lotc"}


async def test_the_provider_adds_no_people_and_sends_nobody_elsewhere(issuer: str) -> None:
    async with httpx.AsyncClient(base_url=issuer) as client:
        assert (await client.put("/users/eve", json={"roles": ["ops"]})).status_code == 404
        query = {
            "client_id": "brandmeester", "response_type": "code", "scope": "openid",
            "redirect_uri": "https://elsewhere.example/",
        }  # fmt: skip
        assert (await client.get("/oauth2/authorize", params=query)).status_code == 400
        assert (await client.get("/", headers={"host": "rebound.example"})).status_code == 404


async def test_the_provider_lets_nobody_invent_a_person(issuer: str) -> None:
    query = {
        "client_id": "brandmeester", "response_type": "code", "scope": "openid",
        "redirect_uri": f"{DEMO}/sign-in/callback",
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=issuer) as client:
        page = await client.post("/oauth2/authorize", params=query, data={"sub": "eve"})
    assert page.status_code == 200
    assert len(re.findall(r'name="sub"', page.text)) == 10


def test_claims_of_an_unknown_role_are_skipped() -> None:
    member = Member.of_claims({"sub": "x", "organisation": "rivm", "roles": ["member", "emperor"]})
    assert member.roles == {Role.MEMBER}
    assert member.name == "x"


def test_a_person_without_organisation_has_no_access() -> None:
    with pytest.raises(IncompleteClaims):
        Member.of_claims({"sub": "x", "roles": []})
