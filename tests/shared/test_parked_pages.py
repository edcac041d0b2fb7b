"""What ops can do with a message that could not be taken in, on the pages of a whole service."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.crossborder.app import create_app
from services.crossborder.settings import Settings
from shared.contracts.catalogue import CASES
from shared.contracts.envelope import TYPE_PREFIX, Envelope, source_of
from shared.web.members import Member, Role
from tests.members import LENA
from tests.service_harness import CSRF, eventually, fresh_database, put, running, settings_for

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

OMAR = Member("ops", "Omar Peeters", "ops", frozenset({Role.OPS}))


async def test_ops_see_a_parked_message_and_give_it_up_with_a_reason(platform_stack: Any) -> None:
    subject = f"kapot-{fresh_database()}"
    envelope = Envelope("1", source_of("triage"), TYPE_PREFIX + "cases.assessed.v1", datetime.now(UTC), subject, 1)
    headers = [*envelope.headers(), ("trace", b"x" * 5_000)]
    body = '{"number": "Цвета <b>"}'.encode()
    await put(platform_stack, CASES.name, body, key=subject.encode(), headers=headers)
    settings = settings_for(Settings, platform_stack, fresh_database())
    async with running(create_app, settings, follow_redirects=True) as visit, visit(OMAR) as omar:

        async def listed() -> str:
            rows = (await omar.get("/parked")).text.split('href="/parked/')[1:]
            places = [row.partition('"')[0] for row in rows]
            pages = {place: (await omar.get(f"/parked/{place}")).text for place in places}
            return next((place for place, page in pages.items() if subject in page), "")

        place = await eventually(listed)
        page = (await omar.get(f"/parked/{place}")).text
        assert "Цвета &lt;b&gt;" in page
        assert "situation" in page, "the page says which field is wrong"
        assert "x" * 400 in page
        assert "x" * 600 not in page, "a header of pages is shown whole by `brandmeester parked show` only"

        refused = await omar.post(f"/parked/{place}/discard", data={"csrf": CSRF, "reason": " "})
        assert refused.status_code == 400
        assert "waarom dit bericht vervalt" in refused.text

        again = await omar.post(f"/parked/{place}/replay", data={"csrf": CSRF})
        assert "opnieuw verwerkt" in again.text

        gone = await omar.post(f"/parked/{place}/discard", data={"csrf": CSRF, "reason": "bestaat niet"})
        assert f'href="/parked/{place}"' not in gone.text
        kept = gone.text.partition("Vervallen")[2]
        assert all(words in kept for words in (place, "Omar Peeters (ops)", "bestaat niet", "Unreadable"))
        assert "situation" not in kept, "what the message held goes with it"
        assert (await omar.get(f"/parked/{place}")).status_code == 404

        async with visit(LENA) as lena, visit(None) as nobody:
            assert (await lena.get("/parked")).status_code == 403
            assert (await nobody.get("/parked", follow_redirects=False)).is_redirect
