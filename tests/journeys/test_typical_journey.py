"""One signal's whole way, as people walk it: from a worker's phone to the report that a partner is told of."""

import io
import json
import re
from typing import Any

import pytest
from confluent_kafka import KafkaException
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from deploy.kafka.reading import messages
from shared.contracts.catalogue import partner_topic
from tests.journeys import steps
from tests.journeys.browsing import Person
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, until

pytestmark = [pytest.mark.browser, pytest.mark.stack]

STAGES = ("ontvangen", "ingeschat", "overlegd", "besloten", "bemenst", "ter plaatse")


@pytest.mark.plan("S07", "S08", "S18", "S19", "S20", "S21", "S22", "S23", "S24", "S25", "C01", "C04", "C05")
def test_a_signal_about_a_meat_plant_becomes_a_shared_report(
    platform: Platform, people: People, ggd_settings: dict[str, str]
) -> None:
    plant = steps.MeatPlant()
    reporter, lena, gijs = people(width=390), people(), people()
    lena.opens(platform.url("triage", "/?grade=critical&region=VR06"))
    lena.signs_in_as("Lena Otten")

    reporter.opens(platform.url("intake", "/?lang=nl"))
    receipt = steps.reports(reporter, plant)
    steps.asks_how_it_stands(reporter, receipt)

    steps.opens_case_from_work_list(lena, plant)
    steps.reads_why_it_is_critical(lena)
    case = lena.opens_tab(lena.page.url)
    steps.reads_the_proposal(lena)
    steps.convenes_and_decides_go(lena)
    steps.staffs_every_party(lena)
    steps.hears_nothing_of_a_visit(reporter, receipt)
    report = steps.makes_the_visit(lena)
    steps.sees_that_its_reporter_will_hear_of_the_visit(lena, case)
    steps.hears_nothing_of_a_visit(reporter, receipt)

    gijs.opens(platform.url("reporting"))
    gijs.signs_in_as("Gijs Dijkstra")
    steps.opens_the_waiting_report(gijs, report)
    steps.finds_it_prefilled(gijs, plant)
    steps.submits_with_a_mistake(gijs)
    finds_what_was_typed(gijs)
    steps.corrects_and_submits(gijs)
    steps.shares(gijs, "GGD Noord- en Oost-Gelderland", "Veiligheidsregio Noord- en Oost-Gelderland")

    holds_a_whole_pdf(gijs, plant)
    is_told_of(report, plant, ggd_settings)
    is_ready_for_kreis_borken(platform, lena, case.url)
    shows_every_stage(case)


def finds_what_was_typed(coordinator: Person) -> None:
    mistaken = coordinator.page.get_by_role("textbox", name="Hoeveel daarvan waren positief?")
    expect(mistaken).to_have_value("450")
    expect(mistaken).to_have_attribute("aria-invalid", "true")
    expect(mistaken).to_have_accessible_description(re.compile("niet meer mensen positief"))
    expect(coordinator.page.get_by_role("textbox", name="Conclusie")).to_have_value(re.compile("bron is nog actief"))
    expect(coordinator.group("Welke maatregelen").get_by_label("werk geheel of deels stilgelegd")).to_be_checked()


def holds_a_whole_pdf(coordinator: Person, plant: steps.MeatPlant) -> None:
    content, headers = coordinator.download("Open als pdf")
    assert headers["content-type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(content))
    catalogue: Any = paper.trailer["/Root"]
    assert paper.metadata is not None
    assert (paper.metadata.title or "").startswith("Rapport R-")
    assert str(catalogue["/Lang"]).startswith("nl")
    assert catalogue["/MarkInfo"]["/Marked"]
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for words in (plant.name, "GGD Noord- en Oost-Gelderland", "minder dan 1,5 meter", "werk geheel of deels"):
        assert words in text


def is_told_of(report: str, plant: steps.MeatPlant, settings: dict[str, str]) -> None:
    """With the partner's own credentials, on its own topic and on no other."""
    id_ = report.rpartition("/")[2]

    def notice() -> dict[str, Any] | None:
        read = messages(settings, partner_topic("ggd-vr06").name, group="ggd-vr06.journey", follow=False)
        told = (json.loads(message.value() or b"{}") for message in read)
        return next((fact for fact in told if fact.get("report") == id_), None)

    found = until("the partner's notice", notice)
    assert found["site"]["name"] == plant.name
    assert found["infringements"] == 2
    assert found["sharedAt"].endswith(":00:00Z")
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        list(messages(settings, partner_topic("vr06").name, group="ggd-vr06.journey", follow=False))


def is_ready_for_kreis_borken(platform: Platform, member: Person, case: str) -> None:
    member.opens(platform.url("crossborder", "/?country=DE&region=VR06"))
    waiting = member.page.get_by_role("row").filter(has=member.page.locator(f'a[href="{case}"]'))
    expect(waiting).to_contain_text("Kreis Borken")
    expect(waiting).to_contain_text("concept")
    waiting.get_by_role("link").first.click()
    expect(member.section("Wie het contact onderhoudt")).to_contain_text("Noord- en Oost-Gelderland")
    expect(member.fact("Taskforce")).to_have_text("Covid 19 Infektion Arbeitsmigranten")
    expect(member.page.locator('[lang="de"]').first).to_contain_text("Oost Gelre")


def shows_every_stage(case: Page) -> None:
    """The page that stood open all along has followed by itself."""
    reached = case.locator(".bm-stage--done")
    expect(reached).to_have_count(len(STAGES))
    assert [line.split()[0] for line in reached.all_inner_texts()] == [stage.split()[0] for stage in STAGES]
    expect(case.get_by_role("table", name="Interventies van deze zaak")).to_contain_text("gerapporteerd")
    expect(case.locator("#case")).to_contain_text("Sluit de zaak")
