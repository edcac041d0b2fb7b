"""Members merge and split cases in the browser, and the other services follow; each page is for everybody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import NARROWEST, Person
from tests.journeys.cases import consulted, plant_with_infections
from tests.journeys.platform import Platform, Program, until
from tests.journeys.test_accessibility import is_for_everybody

pytestmark = [pytest.mark.browser, pytest.mark.stack]

WHY = "Twee ingangen van dezelfde slachterij."


@dataclass
class Member:
    """Lena at her browser; without scripts a page cannot be looked over by axe."""

    person: Person
    scripts: bool

    def looks(self, what: str) -> None:
        if self.scripts:
            is_for_everybody(self.person, what)


@pytest.fixture(params=["light and narrow", "dark and wide", "without scripts"])
def lena(request: pytest.FixtureRequest, browser: Browser, platform: Platform) -> Iterator[Member]:
    scripts, dark = "scripts" not in request.param, "dark" in request.param
    person = Person(browser, width=NARROWEST if "narrow" in request.param else 1280, scripts=scripts, dark=dark)
    person.stands_still()
    person.opens(platform.url("triage"))
    person.signs_in_as("Lena Otten")
    yield Member(person, scripts)
    person.leaves()


def interventions_of(program: Program, case: str) -> dict[str, str]:
    found = program.get("planning", "/v1/interventions", caseId=case)["items"]
    return {one["id"]: one["state"] for one in found if one["caseId"] == case}


def notices_of(program: Program, case: str) -> list[str | None]:
    return [one["insteadId"] for one in program.get("crossborder", "/v1/notices", caseId=case)["items"]]


@pytest.mark.plan("S07")
@pytest.mark.plan("S08")
@pytest.mark.plan("S09")
def test_a_merge_takes_visit_and_notice_along_and_its_undoing_brings_them_back(
    platform: Platform, program: Program, lena: Member
) -> None:
    (_, one), (_, other) = plant_with_infections(program), plant_with_infections(program)
    gone, stays = one["caseId"], other["caseId"]
    consulted(program, one)
    until("a notice for each", lambda: len(notices_of(program, gone) + notices_of(program, stays)) == 2)
    member = lena.person

    member.opens(platform.url("triage", f"/cases/{gone}"))
    member.follows("Voeg samen met een andere zaak")
    lena.looks("looking for the other case")
    search = member.page.get_by_role("search", name="Zoek een zaak om mee samen te voegen")
    search.get_by_role("searchbox").fill(other["caseNumber"])
    search.get_by_role("button").click()
    member.follows(f"Vergelijk met {other['caseNumber']}")
    if not member.page.url.endswith(f"/cases/{gone}/merge/{stays}"):
        member.page.get_by_role("link", name=f"Liever andersom: {other['caseNumber']} blijft").click()
    member.sees_heading(f"Voeg zaak {one['caseNumber']} samen met zaak {other['caseNumber']}")
    member.sees(f"Zaak {one['caseNumber']} sluit.", "Planning volgt")
    lena.looks("both cases side by side")
    member.presses("Voeg samen")
    member.sees("Schrijf waarom het dezelfde situatie is.")
    lena.looks("a reason that is missing")
    member.types("Waarom is het dezelfde situatie?", WHY)
    member.presses("Voeg samen")

    member.sees_heading(f"Zaak {other['caseNumber']}")
    member.sees(f"Zaak {one['caseNumber']} is samengevoegd met deze zaak, met 1 melding: {WHY}")
    expect(member.row(f"uit zaak {one['caseNumber']}")).to_be_visible()
    lena.looks("the case that stays")
    went_on = {one["id"]: "proposed", other["id"]: "stood_down"}
    until("planning to follow", lambda: interventions_of(program, stays) == went_on)
    until("the notices to follow", lambda: sorted(map(bool, notices_of(program, stays))) == [False, True])
    member.opens(platform.url("planning", f"/interventions/{one['id']}"))
    member.sees("deze interventie hoort nu daarbij", f"{WHY} (LOT-C)", "Het overleg is bijeengeroepen.")
    member.opens(platform.url("planning", f"/interventions/{other['id']}"))
    member.sees(f"Het bezoek gaat verder als {one['number']}.")
    lena.looks("the proposal that gave way")
    member.follows(f"Ga naar {one['number']}")

    member.opens(platform.url("triage", f"/cases/{gone}"))
    member.sees(f"Samengevoegd met zaak {other['caseNumber']}", "Niets meer.")
    lena.looks("the case that is gone")
    member.follows("Maak dit ongedaan")
    member.sees(f"Zaak {one['caseNumber']} staat weer op zichzelf, open, met 1 melding")
    lena.looks("what undoing leads to")
    member.types("Waarom", "Het zijn toch twee bedrijven.")
    member.presses("Leg dit vast")
    member.sees_heading(f"Zaak {one['caseNumber']}")
    member.sees(f"Samenvoeging met zaak {other['caseNumber']} ongedaan gemaakt; 1 melding terug")
    until("planning to follow back", lambda: interventions_of(program, gone) == {one["id"]: "proposed"})
    back = ["proposed", "stood_down"]
    until("a new proposal", lambda: sorted(interventions_of(program, stays).values()) == back)
    until("the notices to follow back", lambda: notices_of(program, gone) == notices_of(program, stays) == [None])


@pytest.mark.plan("S07")
def test_a_signal_is_split_off_seen_beforehand_and_put_back(platform: Platform, program: Program, lena: Member) -> None:
    signal, one = plant_with_infections(program)
    case = program.get("triage", f"/v1/cases/{one['caseId']}")
    site: dict[str, Any] = {**case["situation"]["site"], "name": "De loods ernaast"}
    kept = {name: site[name] for name in ("name", "postcode", "houseNumber", "place")}
    more = {"themes": ["housing"], "site": kept, "observations": {"peoplePerBedroom": 4}}
    second = program.post("intake", "/v1/signals", more)["id"]
    until("the second signal", lambda: second in _signals(program, case["id"]))

    member = lena.person
    member.opens(platform.url("triage", f"/cases/{case['id']}"))
    member.follows("Splits of verplaats meldingen")
    lena.looks("choosing signals")
    member.presses("Bekijk wat er gebeurt")
    member.sees("Kies ten minste één melding.", "Kies waar de meldingen heen gaan.")
    lena.looks("a choice that is missing")
    member.group("Welke meldingen?").get_by_role("checkbox").nth(1).check()
    member.ticks("Waarheen?", "naar een nieuwe zaak")
    member.types("Waarom horen zij daar?", "Dit gaat over de loods ernaast.")
    member.presses("Bekijk wat er gebeurt")
    member.sees("Er komt een nieuwe zaak met 1 melding")
    lena.looks("what the split leads to")
    assert _signals(program, case["id"]) == [signal, second]
    member.presses("Leg dit vast")
    member.sees(f"Afgesplitst van zaak {case['number']}", "Niet dezelfde situatie als")
    lena.looks("the part")
    assert _signals(program, case["id"]) == [signal]
    member.follows("Voeg haar weer terug")
    member.types("Waarom", "Het is toch dezelfde loods.")
    member.presses("Leg dit vast")
    member.sees(re.compile("Samengevoegd met zaak"))
    assert _signals(program, case["id"]) == [signal, second]


def _signals(program: Program, case: str) -> list[str]:
    return [signal["id"] for signal in program.get("triage", f"/v1/cases/{case}")["signals"]]
