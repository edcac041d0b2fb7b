"""Headers, limits, forms, static files and lists in pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from shared.web.paging import Paging, page_link, paged, paging_query, to_last_page
from tests.shared.web.conftest import Browser, csrf_of


async def test_every_answer_carries_a_strict_content_policy(visitor: httpx.AsyncClient) -> None:
    for path in ("/visit", "/nothing", "/v1/visits", "/fails"):
        headers = (await visitor.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_pages_hold_no_inline_script_or_style(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/visit")).text
    assert "style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
    assert page.count("<script") == page.count("<script src=") == 1


async def test_only_the_api_tells_its_version(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/v1/conflict")).headers["api-version"] == "1.2.3"
    assert "api-version" not in (await visitor.get("/visit")).headers


async def test_the_document_of_the_api_may_be_read_from_anywhere(visitor: httpx.AsyncClient) -> None:
    headers = (await visitor.get("/v1/openapi.json")).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await visitor.get("/v1/conflict")).headers


async def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/visit")).text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    current = await visitor.get(address)
    assert current.headers["cache-control"].endswith("immutable")
    assert current.headers["content-type"].startswith("text/css")
    older = await visitor.get("/static/0123456789ab/brandmeester.css")
    assert older.headers["cache-control"] == "no-cache"
    assert (await visitor.get("/static/0123456789ab/..%2fsettings.py")).status_code == 404


async def test_stylesheet_and_script_stay_small(visitor: httpx.AsyncClient) -> None:
    sizes = {name: len((await visitor.get(f"/static/x/brandmeester.{name}")).content) for name in ("css", "js")}
    assert sizes["css"] < 30_000
    assert sizes["js"] < 8_500


async def test_a_body_that_declares_itself_too_large_is_refused_unread(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/v1/visits", content=b"x" * 2001)
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


async def test_a_body_that_does_not_say_how_large_it_is_is_cut_off(visitor: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 500

    answer = await visitor.post("/v1/visits", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert sent < 10


async def test_some_paths_take_larger_bodies(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/large", content=b"x" * 9_000)).json() == {"bytes": 9_000}
    assert (await visitor.post("/large", content=b"x" * 11_000)).status_code == 413


async def test_an_anonymous_form_is_taken_only_from_our_own_page(visitor: httpx.AsyncClient) -> None:
    filled = {"company": "x", "sector": "meat", "people": "3", "masks": "no"}
    assert (await visitor.post("/visit", data=filled)).status_code == 403
    page = await visitor.get("/visit")
    assert (await visitor.post("/visit", data={**filled, "csrf": "guessed"})).status_code == 403
    assert (await visitor.post("/visit", data={**filled, "csrf": csrf_of(page)})).status_code == 303


async def test_a_token_of_another_visit_does_not_fit(visitor: httpx.AsyncClient) -> None:
    token = csrf_of(await visitor.get("/visit"))
    visitor.cookies.clear()
    await visitor.get("/visit")
    assert (await visitor.post("/visit", data={"csrf": token})).status_code == 403


async def test_the_cookie_of_an_anonymous_form_lasts_for_the_visit_and_says_nothing(
    visitor: httpx.AsyncClient,
) -> None:
    cookie = (await visitor.get("/visit")).headers["set-cookie"]
    assert cookie.startswith("brandmeester-form-8201=")
    assert "HttpOnly" in cookie
    assert "expires" not in cookie.lower()
    assert "max-age" not in cookie.lower()


async def test_pages_without_a_form_set_no_cookie(visitor: httpx.AsyncClient) -> None:
    assert "set-cookie" not in (await visitor.get("/nothing", headers={"accept": "text/html"})).headers


async def test_a_form_with_gaps_names_them_beside_the_fields_and_keeps_what_was_typed(
    visitor: httpx.AsyncClient,
) -> None:
    token = csrf_of(await visitor.get("/visit"))
    typed = {"csrf": token, "company": '<De "Bron">', "masks": "unknown"}
    answer = await visitor.post("/visit", data=typed, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert 'value="&lt;De &#34;Bron&#34;&gt;"' in answer.text
    assert 'href="#f-sector"' in answer.text
    assert 'id="f-people-fault"' in answer.text
    assert 'aria-describedby="f-people-hint f-people-fault" aria-invalid="true"' in answer.text
    assert 'value="unknown" checked' in answer.text


async def test_a_member_without_the_right_token_cannot_be_made_to_send_a_form(browser: Browser) -> None:
    anonymous = csrf_of(await browser.open("/visit"))
    await browser.sign_in("lotc")
    assert (await browser.client.post("/visit", data={"csrf": anonymous})).status_code == 403


def request(path: str, query: str = "") -> Request:
    return Request(
        {"type": "http", "path": path, "query_string": query.encode(), "headers": [], "server": ("localhost", 80)}
    )


def test_the_next_page_keeps_the_filters() -> None:
    asked = request("/v1/cases", "grade=high&page=2&pageSize=10")
    page = paged(asked, paging_query(2, 10), ["a"], 25)
    assert page.next == "/v1/cases?grade=high&page=3&pageSize=10"
    assert page_link(asked, 1) == "/v1/cases?grade=high&pageSize=10&page=1"


def test_the_last_page_leads_nowhere() -> None:
    assert paged(request("/v1/cases"), Paging(3, 10), ["a"], 25).next is None
    assert paged(request("/v1/cases"), Paging(1, 10), [], 0).next is None


def test_who_asks_for_a_page_past_the_last_comes_to_the_last_with_the_same_filters() -> None:
    asked = request("/", "grade=high&page=9&pageSize=10")
    for total, last in ((25, 3), (0, 1)):
        answer = to_last_page(asked, Paging(9, 10), total)
        assert answer
        assert answer.headers["location"] == f"/?grade=high&pageSize=10&page={last}"
    assert to_last_page(asked, Paging(3, 10), 25) is None


LISTS = [
    page
    for page in Path(__file__).parents[3].joinpath("services").rglob("*.py")
    if "paging=paging," in page.read_text()
]


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.stem)
def test_every_list_in_pages_leads_back_from_past_its_end(page: Path) -> None:
    assert "to_last_page(request, paging, " in page.read_text()


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (25, 3)])
def test_a_list_has_at_least_one_page(total: int, pages: int) -> None:
    assert Paging(1, 10).pages(total) == pages
    assert Paging(3, 10).skip == 20
