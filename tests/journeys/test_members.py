"""Who sees and does what: a member of another region, one sign-in for five services, and signing out."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Person
from tests.journeys.cases import decided_to_go, plant_with_infections, report_shared, visit_begun, visited
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, Program

pytestmark = [pytest.mark.browser, pytest.mark.stack]

SERVICES = {
    "triage": "Werk nu",
    "intake": "Meldingen",
    "planning": "Interventies",
    "reporting": "Rapporten",
    "crossborder": "Grensoverschrijdend",
}


@pytest.fixture(scope="module")
def staffed(program: Program) -> tuple[str, dict[str, Any]]:
    """A signal from Noord- en Oost-Gelderland whose visit is asked to be staffed."""
    signal, intervention = plant_with_infections(program)
    decided_to_go(program, intervention)
    return signal, intervention


def signed_in(people: People, platform: Platform, name: str, service: str = "triage") -> Person:
    member = people()
    member.opens(platform.url(service))
    member.signs_in_as(name)
    member.page.wait_for_url(platform.url(service))
    return member


@pytest.mark.plan("S19")
def test_a_member_of_another_region_follows_the_case_but_takes_no_step_in_it(
    platform: Platform, people: People, staffed: tuple[str, dict[str, Any]]
) -> None:
    signal, intervention = staffed
    victor = signed_in(people, platform, "Victor Raaijmakers", "planning")
    victor.opens(platform.url("planning", f"/interventions/{intervention['id']}"))
    victor.sees("partijen moeten opgeven hoeveel mensen zij sturen")
    expect(victor.page.get_by_role("button", name="Geef bemensing op")).to_have_count(0)
    expect(victor.page.get_by_text("Het bezoek gaat niet door")).to_have_count(0)

    victor.opens(platform.url("intake", f"/signals/{signal}"))
    victor.sees("Alleen LOT-C, en de veiligheidsregio en de GGD waar het speelt, mogen dat lezen.")
    expect(victor.page.get_by_text("kleedkamer")).to_have_count(0)


@pytest.mark.plan("S19")
def test_a_party_answers_for_itself_and_the_coordinator_for_all(
    platform: Platform, people: People, staffed: tuple[str, dict[str, Any]]
) -> None:
    _, intervention = staffed
    address = platform.url("planning", f"/interventions/{intervention['id']}")
    ilse = signed_in(people, platform, "Ilse Zwaan", "planning")
    ilse.opens(address)
    expect(ilse.page.get_by_role("textbox", name="Aantal mensen")).to_have_count(1)
    expect(ilse.group("Inspectie SZW")).to_be_visible()
    gijs = signed_in(people, platform, "Gijs Dijkstra", "planning")
    gijs.opens(address)
    assert gijs.page.get_by_role("textbox", name="Aantal mensen").count() > 1


def test_what_a_reporter_wrote_is_read_with_a_reason_and_on_record(
    platform: Platform, people: People, staffed: tuple[str, dict[str, Any]]
) -> None:
    signal, _ = staffed
    vera = signed_in(people, platform, "Vera Roelofs")
    vera.opens(platform.url("intake", f"/signals/{signal}"))
    vera.presses("Lees wat de melder schreef")
    vera.sees("Schrijf in ten minste 5 tekens op waarvoor u dit nodig hebt.")
    vera.types("Waarvoor hebt u dit nodig?", "Voorbereiding van het bezoek")
    vera.presses("Lees wat de melder schreef")
    vera.sees("Wij delen de kleedkamer met twee ploegen.")
    vera.opens(platform.url("intake", f"/signals/{signal}"))
    vera.sees("Wie dit las", "Vera Roelofs", "Voorbereiding van het bezoek")


@pytest.mark.plan("S21")
def test_a_report_is_read_by_those_it_names_alone(platform: Platform, people: People, program: Program) -> None:
    _, intervention = plant_with_infections(program)
    decided_to_go(program, intervention)
    visit_begun(program, intervention)
    report = visited(program, intervention)
    address = platform.url("reporting", f"/reports/{report}")

    ruben = signed_in(people, platform, "Ruben Ivens", "reporting")
    ruben.opens(address)
    expect(ruben.page.get_by_text("Vlees")).to_have_count(0)
    ruben.sees_heading(re.compile("niet"))
    report_shared(program, report, "rivm")
    ruben.opens(address)
    ruben.sees_heading(re.compile(r"^Rapport R-"))
    ruben.sees("Het bedrijf plaatst deze week schermen.")


def test_one_sign_in_serves_all_and_signing_out_ends_it(platform: Platform, people: People) -> None:
    lena = people()
    asked = platform.url("planning", "/consultations?open=ja")
    lena.opens(asked)
    lena.signs_in_as("Lena Otten")
    lena.page.wait_for_url(asked)
    for service, label in SERVICES.items():
        lena.page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name=label, exact=True).click()
        assert lena.page.url.startswith(platform.url(service))
        expect(lena.page.get_by_role("banner")).to_contain_text("Lena Otten")

    lena.presses("Meld af")
    lena.sees_heading("U bent afgemeld")
    lena.opens(platform.url("crossborder"))
    lena.sees_heading("Wie bent u?")


def test_a_page_left_open_after_signing_out_changes_nothing(
    platform: Platform, people: People, program: Program
) -> None:
    _, intervention = plant_with_infections(program)
    lena = signed_in(people, platform, "Lena Otten", "planning")
    lena.opens(platform.url("planning", f"/interventions/{intervention['id']}"))
    elsewhere = lena.opens_tab(platform.url("planning"))
    elsewhere.get_by_role("button", name="Meld af").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")
    lena.presses("Roep overleg bijeen")
    lena.sees_heading("Deze pagina stond te lang open")
    lena.sees("Sta dan cookies toe")
    assert program.get("planning", f"/v1/interventions/{intervention['id']}")["state"] == "proposed"
    consultations = program.get("planning", "/v1/consultations")["items"]
    assert intervention["id"] not in [consultation["interventionId"] for consultation in consultations]
