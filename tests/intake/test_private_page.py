"""A reporter comes back with the receipt, on the real Kafka and MongoDB: asks, answers, adds, and takes it all back."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from pymongo import MongoClient

from shared.web.times import full_day
from tests.intake.pictures import COMMENT, photo
from tests.intake.test_hotline import call
from tests.intake.test_service import WORKS, ask, receipt_on, submit, told
from tests.members import HANNA, LENA, VICTOR
from tests.service_harness import CSRF, Visit, body_of, type_of
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


async def reported(nobody: httpx.AsyncClient, **more: Any) -> tuple[str, str]:
    """Id and receipt of a signal."""
    answer = (await nobody.post("/v1/signals", json={**WORKS, **more})).json()
    return answer["id"], answer["receipt"]


async def do(nobody: httpx.AsyncClient, code: str, action: str, files: Any = None, **typed: Any) -> httpx.Response:
    """Open the private page and send one of its forms, as a browser without scripts does."""
    page = await ask(nobody, code)
    form = re.search(rf'<form[^>]*action="/status/{action}[?"].*?</form>', page.text, re.S)
    assert form, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    return await nobody.post(f"/status/{action}", data={**hidden, **typed}, files=files)


async def read(member: httpx.AsyncClient, id_: str) -> httpx.Response:
    return await member.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": "voorbereiding bezoek"})


@pytest.mark.plan("S06")
@pytest.mark.plan("S22")
async def test_a_member_asks_and_the_reporter_answers(service: Visit, platform_stack: Stack, database: str) -> None:
    question, reply = "How many people sleep in the back room?", "Śpimy tam w ośmiu, jest zimno"
    async with service(None) as nobody, service(LENA) as lena, service(VICTOR) as victor:
        id_, code = await reported(nobody)
        asked = await lena.post(f"/signals/{id_}/questions", data={"csrf": CSRF, "question": question})
        assert asked.status_code == 200
        assert (await victor.get(f"/signals/{id_}/questions")).status_code == 403
        assert "Er staat een vraag open bij de melder" in asked.text
        page = await ask(nobody, code)
        assert "We have a question for you" in page.text
        assert question in page.text
        assert LENA.name not in page.text
        answered = await do(nobody, code, "answer", answer=reply)
        assert "We have your message" in answered.text
        assert "We have a question for you" not in answered.text
        unread = (await lena.get(f"/signals/{id_}")).text
        assert reply not in unread
        assert "De melder heeft iets geschreven" in unread
        assert reply in (await read(lena, id_)).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        stored = repr(mongo[database]["signals"].find_one({"_id": id_}))
    assert "back room" not in stored
    assert "zimno" not in stored


async def test_numbers_in_the_dialogue_are_hidden_from_readers_and_its_language_told(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    began = datetime.now(UTC).date() - timedelta(days=40)
    async with service(None) as nobody, service(LENA) as lena:
        id_, code = await reported(nobody, text=f"Werkgever: kvk 12345678, sinds {began:%d-%m-%Y}")
        question = {"csrf": CSRF, "question": "Is het bsn 111222333?"}
        assert (await lena.post(f"/signals/{id_}/questions", data=question)).status_code == 200
        reply = "Nie, dzwoń do mnie jutro rano: 06-11122233, NIP PL 8567346215"
        warned = (await do(nobody, code, "answer", answer=reply)).text
        assert 'href="#f-answer">Your answer</a> – Phone number: <strong>06-11122233</strong>' in warned
        assert f">{reply}</textarea>" in warned
        assert "You wrote" not in warned
        known = re.findall(r'name="warned" value="([^"]*)"', warned)
        own = (await do(nobody, code, "answer", answer=reply, warned=known)).text
        assert "06-11122233" in own
        hidden = (await read(lena, id_)).text
        assert "Is het bsn [burgerservicenummer]?" in hidden
        assert "jutro rano: [telefoonnummer]" in hidden
        assert '<p class="bm-history__what bm-words" lang="pl">' in hidden
        assert "taal: Pools" in hidden
        for hint in ("<dd>12345678</dd>", f"<dd>{full_day(began)}</dd>", "<dd>PL8567346215</dd>"):
            assert hint in hidden
        look = {"csrf": CSRF, "reason": "voorbereiding bezoek", "full": "yes"}
        shown = (await lena.post(f"/signals/{id_}/words", data=look)).text
        assert "06-11122233" in shown
        assert "111222333" in shown
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        looks = [look["operation"] for look in mongo[database]["looks"].find({"signal": id_})]
        stored = repr(mongo[database]["signals"].find_one({"_id": id_}))
    assert sorted(looks) == ["read-personal-numbers", "read-reporter-data"]
    assert "'pl'" not in stored


async def test_a_number_in_an_answer_is_left_out_where_its_writer_says_so(service: Visit) -> None:
    async with service(None) as nobody:
        _, code = await reported(nobody)
        page = await do(nobody, code, "answer", answer="Call +31 6 12345678 at six", go="take_out")
        assert "Call […] at six" in page.text


async def test_a_question_names_its_language_and_its_asker_sees_in_which_the_reporter_writes(service: Visit) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        id_, code = await reported(nobody, text="Śpimy tam w ośmiu, jest bardzo zimno i ludzie kaszlą")
        link = f"/signals/{id_}/questions?language=pl"
        assert f'href="{link}"' in (await read(lena, id_)).text
        page = (await lena.get(link)).text
        assert "De melder schrijft in het Pools" in page
        assert '<option value="pl" selected>' in page
        question = {"csrf": CSRF, "question": "Ile osób śpi w pokoju?", "language": "pl"}
        assert (await lena.post(f"/signals/{id_}/questions", data=question)).status_code == 200
        shown = (await ask(nobody, code)).text
        assert '<p class="bm-history__what" lang="pl">Ile osób śpi w pokoju?</p>' in shown
        other = {"csrf": CSRF, "question": "How many sleep there?", "language": 'x" onload="'}
        await lena.post(f"/signals/{id_}/questions", data=other)
        assert '<p class="bm-history__what">How many sleep there?</p>' in (await ask(nobody, code)).text
        for address in ("/privacy?lang=pl", "/?lang=pl"):
            assert '<html lang="pl">' in (await lena.get(address)).text
        assert '<html lang="nl">' in (await lena.get("/privacy", headers={"accept-language": "pl"})).text


async def test_an_answer_sent_twice_is_one_answer(service: Visit) -> None:
    once = str(uuid4())
    async with service(None) as nobody:
        _, code = await reported(nobody)
        for _ in range(2):
            page = await do(nobody, code, "answer", answer="Nog iets", once=once)
        assert page.text.count("Nog iets") == 1


async def test_an_empty_question_or_answer_names_its_field(service: Visit) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        id_, code = await reported(nobody)
        assert 'href="#f-answer"' in (await do(nobody, code, "answer", answer=" ")).text
        asked = await lena.post(f"/signals/{id_}/questions", data={"csrf": CSRF, "question": "?"})
        assert (asked.status_code, 'href="#f-question"' in asked.text) == (400, True)


@pytest.mark.plan("S07")
@pytest.mark.plan("S22")
async def test_what_a_reporter_adds_is_told_as_the_situation_now(service: Visit, platform_stack: Stack) -> None:
    seen_on = (datetime.now(UTC) - timedelta(1)).date().isoformat()
    async with service(None) as nobody:
        id_, code = await reported(nobody, observations={"confirmedInfections": 3, "linkedSites": 2})
        page = await ask(nobody, code)
        assert re.search(r'name="confirmed_infections"[^>]*value="3"', page.text)
        wrong = await do(nobody, code, "facts", confirmed_infections="veel")
        assert (wrong.status_code, 'value="veel"' in wrong.text) == (400, True)
        done = await do(nobody, code, "facts", confirmed_infections="7", distance_kept="no", when=seen_on)
        assert "added and passed on" in done.text
        again = await do(nobody, code, "facts", confirmed_infections="7", distance_kept="no", when=seen_on)
        assert "nothing was passed on" in again.text
        assert f'<option value="{seen_on}" selected>' in again.text
    record = await told(
        platform_stack, lambda one: one.key == id_.encode() and type_of(one) == "signals.supplemented.v1"
    )
    situation = body_of(record)["situation"]
    seen = situation["observations"]
    assert situation["observedOn"] == seen_on
    assert (seen["confirmedInfections"], seen["distanceNotKept"], seen["linkedSites"]) == (7, True, 2)


async def files_of(stack: Stack, database: str, signal: str) -> list[Any]:
    with MongoClient[dict[str, Any]](stack.mongo_url) as mongo:
        return list(mongo[database]["pictures.files"].find({"metadata.signal": signal}))


@pytest.mark.plan("S06")
async def test_pictures_of_the_form_are_seen_by_who_may_and_every_look_is_on_record(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    async with service(None) as nobody, service(LENA) as lena, service(VICTOR) as victor:
        page = await walk_to_words(nobody)
        token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        sent = [("pictures", ("Andrzej bij de oven.jpg", photo(), "image/jpeg")) for _ in range(2)]
        page = await nobody.post("/report/words", data={**token, "words": "zie de foto"}, files=sent)
        assert re.search(r"<dt>Zdjęcia</dt><dd>2</dd>", page.text)
        back = await nobody.get("/report/words?lang=en")
        assert "Photos added so far: 2" in back.text
        assert "zie de foto" in back.text
        code = receipt_on(await submit(nobody, await nobody.get("/report/check?lang=en")))
        id_ = signal_id_of(platform_stack, database)
        before = (await lena.get(f"/signals/{id_}")).text
        assert "/pictures/" not in before
        shown = (await read(lena, id_)).text
        found = re.findall(rf'src="(/signals/{id_}/pictures/[^"]+)"', shown)
        assert len(found) == 2
        assert "niet op virussen onderzocht" in shown
        picture = await lena.get(found[0].replace("&amp;", "&"))
        assert picture.headers["content-type"] == "image/jpeg"
        assert Image.open(BytesIO(picture.content)).size == (320, 240)
        assert COMMENT not in picture.content
        assert (await lena.get(found[0].partition("?")[0])).status_code == 403
        assert (await victor.get(found[0])).status_code == 403
        assert "Photos we have: 2" in (await ask(nobody, code)).text
    for file in await files_of(platform_stack, database, id_):
        assert (file["uploadDate"].minute % 15, file["uploadDate"].second) == (0, 0)
        assert file["metadata"]["kept"] is True


@pytest.mark.plan("S06")
async def test_a_caller_adds_pictures_with_the_code_that_was_read_out(service: Visit) -> None:
    async with service(HANNA) as hanna, service(None) as caller, service(LENA) as lena:
        sent = await hanna.post("/hotline", data=call(name=f"Slachterij {uuid4()}", joins="new"))
        followed = re.search(r'href="(/signals/[0-9a-f-]{36})"', sent.text)
        assert followed
        # Typed as it was heard: small letters, and no strokes between.
        code = receipt_on(sent).replace("-", " ").lower()
        added = await do(caller, code, "pictures", files={"pictures": ("IMG_2020.jpg", photo(), "image/jpeg")})
        assert "Your photos have been added" in added.text
        assert "Photos we have: 1" in added.text
        page = (await read(lena, followed[1].rpartition("/")[2])).text
    assert re.search(rf'src="{followed[1]}/pictures/', page)


async def test_of_several_pictures_the_private_page_names_the_one_that_was_refused(service: Visit) -> None:
    files = [("pictures", (name, content, "image/jpeg")) for name, content in (("1.jpg", photo()), ("2.jpg", b"no"))]
    async with service(None) as nobody:
        _, code = await reported(nobody)
        some = await do(nobody, code, "pictures", files=files)
        assert (some.status_code, "Not all photos have been added" in some.text) == (200, True)
        assert "<p>2.jpg: A file is not a photo that we can read." in some.text
        assert ("Your photos have been added" in some.text, 'class="bm-faults"' in some.text) == (False, False)
        none = await do(nobody, code, "pictures", files=files[1:])
        assert (none.status_code, 'href="#f-pictures">2.jpg: ' in none.text) == (400, True)


async def walk_to_words(nobody: httpx.AsyncClient) -> httpx.Response:
    page = await nobody.get("/?lang=pl")
    for typed in ({"themes": "work"}, {"postcode": "7141AB"}, {}, {}, {}, {}):
        page = await submit(nobody, page, **typed)
    return page


def signal_id_of(stack: Stack, database: str) -> str:
    """The one signal of this module that came in with pictures."""
    with MongoClient[dict[str, Any]](stack.mongo_url) as mongo:
        (signal,) = mongo[database]["signals"].find({"state.pictures.1": {"$exists": True}})
    return str(signal["_id"])


async def test_a_file_that_is_no_picture_is_refused_and_the_rest_is_kept(service: Visit) -> None:
    async with service(None) as nobody:
        page = await walk_to_words(nobody)
        token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        sent = [
            ("pictures", ("lijst.pdf", b"%PDF-1.7", "application/pdf")),
            ("pictures", ("foto.jpg", photo(), "image/jpeg")),
        ]
        page = await nobody.post("/report/words", data={**token, "lang": "en", "words": "blijft staan"}, files=sent)
        assert "lijst.pdf: A file is not a photo that we can read" in page.text
        assert "Photos added so far: 1" in page.text
        assert "blijft staan" in page.text
        drop = re.search(r'name="drop" value="([^"]+)"', page.text)
        assert drop
        page = await submit(nobody, page, drop=drop[1], go="here")
        assert "Photos added so far" not in page.text


@pytest.mark.plan("S06")
async def test_withdrawing_destroys_pictures_and_dialogue_too(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        id_, code = await reported(nobody, text="weg hiermee")
        sent = [("pictures", ("a.jpg", photo(), "image/jpeg"))]
        assert "have been added" in (await do(nobody, code, "pictures", files=sent)).text
        await do(nobody, code, "answer", answer="En dit ook")
        assert await files_of(platform_stack, database, id_)
        await do(nobody, code, "withdrawal")
        assert "have been destroyed" in (await ask(nobody, code)).text
        assert not await files_of(platform_stack, database, id_)
        assert "En dit ook" not in (await read(lena, id_)).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        assert list(mongo[f"{database}_keys"]["signal_keys"].find({"_id": {"$regex": f"^{id_}"}})) == []
        assert mongo[database]["pictures.chunks"].count_documents({"files_id": {"$regex": id_}}) == 0


async def test_erasing_a_form_takes_its_pictures_along(service: Visit, platform_stack: Stack, database: str) -> None:
    def there() -> int:
        with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
            return mongo[database]["pictures.files"].count_documents({"metadata.kept": False})

    async with service(None) as nobody:
        page = await walk_to_words(nobody)
        token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        before = there()
        sent = [("pictures", ("a.jpg", photo(), "image/jpeg"))]
        await nobody.post("/report/words", data=token, files=sent)
        assert there() == before + 1
        await nobody.post("/report/clear", data={"csrf": token["csrf"]})
        assert there() == before


@pytest.mark.plan("S06")
async def test_guessed_receipts_open_nothing_and_teach_nothing(service: Visit) -> None:
    async with service(None) as nobody:
        _, code = await reported(nobody)
        page = await ask(nobody, "0000-0000-0000-0000")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        near = code[:-1] + ("0" if code[-1] != "0" else "1")
        tried = [near, "geen code", "", "0" * 16, *(str(uuid4()) for _ in range(196))]
        answers = []
        for start in range(0, len(tried), 50):
            guesses = (guess(nobody, token[1], typed) for typed in tried[start : start + 50])
            answers += await asyncio.gather(*guesses)
    assert len({body for body, _ in answers}) == 1
    assert min(took for _, took in answers) >= 0.6


async def guess(nobody: httpx.AsyncClient, token: str, code: str) -> tuple[str, float]:
    """What the page says to a code, without the code itself, and how long it took."""
    began = time.monotonic()
    page = await nobody.post("/status", data={"csrf": token, "lang": "en", "code": code})
    body = re.sub(r'(name="code"[^>]*value=)"[^"]*"', r"\1", page.text)
    return f"{page.status_code} {sorted(page.headers)} {body}", time.monotonic() - began
