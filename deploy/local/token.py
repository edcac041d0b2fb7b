"""A member's bearer token for local use, got the way a browser gets it: authorization code with PKCE."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import httpx

CLIENT_ID = "brandmeester"


def member_token(issuer: str, client_secret: str, redirect_uri: str, sub: str) -> str:
    """The id token of one of the local provider's invented people."""
    verifier = secrets.token_urlsafe(48)
    with httpx.Client(timeout=10, trust_env=False) as client:
        endpoints = client.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
        chosen = client.post(
            endpoints["authorization_endpoint"],
            params={
                "client_id": CLIENT_ID,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "openid profile",
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
            },
            data={"sub": sub},
        )
        (code,) = parse_qs(urlsplit(chosen.headers["Location"]).query)["code"]
        answer = client.post(
            endpoints["token_endpoint"],
            auth=(CLIENT_ID, client_secret),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
        )
        return str(answer.raise_for_status().json()["id_token"])


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
