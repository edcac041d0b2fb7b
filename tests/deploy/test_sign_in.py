"""Programs of parties get a token at the local sign-in with the password of their topic, and nobody else does."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.partner_passwords import PartnerPasswords
from deploy.local.sign_in import create_provider, make_server
from shared.web.members import Member, Role
from shared.web.tokens import BearerTokens

PASSWORD = "a-secret-for-tests-only"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data: Path = tmp_path_factory.mktemp("platform")
    (data / "kafka").mkdir()
    PartnerPasswords(data).set("callcentre", PASSWORD)
    server = make_server(0, data)
    server.app.config["TRUSTED_HOSTS"] = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def asked(issuer: str, client: str, password: str) -> httpx.Response:
    endpoint = httpx.get(f"{issuer}/.well-known/openid-configuration").json()["token_endpoint"]
    return httpx.post(endpoint, data={"grant_type": "client_credentials"}, auth=(client, password))


@pytest.mark.plan("C04")
async def test_a_partys_program_gets_a_token_that_says_whose_it_is(issuer: str) -> None:
    token = asked(issuer, "callcentre", PASSWORD).raise_for_status().json()["access_token"]
    tokens = BearerTokens(issuer, "brandmeester", lambda: datetime.now(UTC), httpx.AsyncClient)
    member = Member.of_claims(await tokens.claims(token))
    assert (member.organisation, member.roles) == ("callcentre", frozenset({Role.INTEGRATION}))


@pytest.mark.parametrize(("client", "password"), [("callcentre", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_anybody_else_gets_none(issuer: str, client: str, password: str) -> None:
    answer = asked(issuer, client, password)
    assert answer.status_code == 401
    assert "access_token" not in answer.text


@pytest.mark.parametrize(
    ("called", "status"), [("sign-in.localhost", 200), ("localhost", 200), ("elsewhere.example", 404)]
)
def test_beside_localhost_it_answers_to_the_one_name_it_is_given(called: str, status: int) -> None:
    browser = create_provider(8006, name="sign-in.localhost").test_client()
    answer = browser.get("/.well-known/openid-configuration", base_url=f"http://{called}:8006")
    assert answer.status_code == status
    if status == 200:
        assert answer.json is not None
        assert answer.json["issuer"].rstrip("/") == f"http://{called}:8006"
