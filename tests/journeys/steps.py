"""The steps of the typical journey, each as a person takes it."""

import re
import secrets
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.journeys.browsing import Person
from tests.journeys.platform import until


@dataclass(frozen=True)
class MeatPlant:
    """A shape of 2020: 657 staff, 45 of 212 tested positive, workers living in Kreis Borken; the address is new."""

    number: str = field(default_factory=lambda: str(secrets.randbelow(90_000) + 10_000))

    @property
    def name(self) -> str:
        return f"Vleesbedrijf De Voorbeeldhoeve {self.number}"


def reports(reporter: Person, plant: MeatPlant) -> str:
    """Fill in the public form, one question a screen, and send it; answers the receipt."""
    reporter.ticks("Kies alles wat past", "Het werk")
    reporter.presses("Verder")
    reporter.types("Naam van het bedrijf of gebouw", plant.name)
    reporter.types("Postcode", "7141 DC")
    reporter.types("Huisnummer", plant.number)
    reporter.types("Plaats", "Groenlo")
    reporter.presses("Verder")
    reporter.ticks("Kies wat het beste past", "Vlees of slachterij")
    reporter.presses("Verder")
    reporter.types("Hoeveel mensen werken daar ongeveer?", 657)
    reporter.types("Hoeveel mensen hebben volgens een test corona", 45)
    reporter.types("Hoeveel mensen zijn getest?", 212)
    reporter.types("Bij hoeveel van hen was de test positief?", 45)
    reporter.presses("Verder")
    reporter.ticks("Kunnen mensen 1,5 meter afstand houden?", "Nee")
    reporter.presses("Verder")
    reporter.ticks("Kies alles wat past", "Kreis Borken (DE)")
    reporter.presses("Verder")
    reporter.types("In uw eigen woorden", "Aan de lijn staan wij schouder aan schouder.")
    reporter.presses("Verder")
    reporter.sees("Er is nog niets verstuurd.", plant.name, "657", "212", "Kreis Borken")
    reporter.presses("Verstuur melding")
    reporter.sees_heading("Uw melding is verstuurd")
    return reporter.page.locator("#receipt").inner_text()


def asks_how_it_stands(reporter: Person, receipt: str) -> None:
    reporter.follows("Bekijk hoe het staat")
    reporter.types("Uw code", receipt)
    reporter.presses("Bekijk hoe het staat")
    reporter.sees("Uw melding is ontvangen")


def looks_again(reporter: Person, receipt: str) -> None:
    """Leaves the private page, as somebody does who is called, and opens it with the code once more."""
    reporter.follows("Verlaat deze pagina")
    reporter.types("Uw code", receipt)
    reporter.presses("Bekijk hoe het staat")
    reporter.sees_heading("Uw melding is ontvangen")


def hears_nothing_of_a_visit(reporter: Person, receipt: str) -> None:
    looks_again(reporter, receipt)
    expect(reporter.page.get_by_text("bezoek")).to_have_count(0)


def sees_that_its_reporter_will_hear_of_the_visit(member: Person, case: Page) -> None:
    """Intake knows the day; the reporter hears of it once that is over."""
    signal = case.get_by_role("table", name="Meldingen").get_by_role("link").first.get_attribute("href")
    assert signal

    def told() -> bool:
        member.opens(signal)
        return "Er is na deze melding een bezoek geweest" in member.page.locator("main").inner_text()

    until("intake's news of the visit", told)


def opens_case_from_work_list(member: Person, plant: MeatPlant) -> None:
    """The list is alive: the case comes without asking for it again."""
    row = member.row(plant.name)
    expect(row).to_contain_text("kritiek")
    expect(row).to_contain_text("Noord- en Oost-Gelderland")
    row.get_by_role("link").first.click()
    member.sees_heading(re.compile(r"^Zaak "))


def reads_why_it_is_critical(member: Person) -> None:
    member.sees_heading(re.compile(r"^Zaak "))
    reasons = member.page.get_by_role("table", name="Wat meetelt")
    for points, fact in (("20", "besmetting"), ("12", "1,5 meter"), ("10", "vlees")):
        told = member.page.get_by_role("rowheader", name=re.compile(fact, re.IGNORECASE))
        row = reasons.get_by_role("row").filter(has=told)
        expect(row.locator('[data-label="Punten"]')).to_have_text(points)
        expect(row.locator('[data-label="Waarop dit rust"]')).not_to_be_empty()
    member.sees("Drempel voor een brandhaard bereikt", "kritiek", re.compile(r"nog 23 u \d+ min"))
    expect(member.fact("Wat de inschatting zou veranderen")).not_to_be_empty()


def reads_the_proposal(member: Person) -> None:
    member.follows("Naar het voorstel")
    member.sees_heading(re.compile(r"^Interventie "))
    member.sees("voorgesteld", "kritiek")
    expect(member.fact("Coördinator")).to_have_text("GGD Noord- en Oost-Gelderland")
    expect(member.fact("Waarom deze coördinator")).to_contain_text(re.compile("besmett", re.IGNORECASE))
    parties = member.page.get_by_role("table", name="Betrokken partijen").get_by_role("row")
    for party in ("GGD Noord- en Oost-Gelderland", "Inspectie SZW", "NVWA"):
        powers = parties.filter(has_text=party).first.get_by_role("listitem")
        expect(powers.first).to_contain_text(re.compile(r"\(.+\)"))
    bases = member.page.get_by_role("table", name="Plan van aanpak").locator('[data-label="Grondslag"]')
    assert bases.count() >= 5
    assert all(basis.strip() for basis in bases.all_inner_texts())


def convenes_and_decides_go(member: Person) -> None:
    member.types("Toelichting", "Vandaag nog, via beeldbellen.")
    member.presses("Roep overleg bijeen")
    member.sees_heading(re.compile(r"^Overleg over "))
    expect(member.fact("Via")).to_contain_text("LOT-C")
    invited = member.page.get_by_role("table", name="Uitgenodigd").get_by_role("row")
    expect(invited.filter(has_text="GGD Noord- en Oost-Gelderland")).to_contain_text("@")
    member.ticks("Besluit", "doorgaan")
    member.types("Waarom", "De besmettingen nemen toe en het bezoek kan vandaag nog.")
    member.group("Wie deden mee").get_by_role("checkbox").first.check()
    member.presses("Leg besluit vast")
    member.sees_heading(re.compile(r"^Interventie "))
    member.sees("voorbereid", "De besmettingen nemen toe")


def staffs_every_party(member: Person, people: int = 2) -> None:
    asked = member.page.get_by_role("textbox", name="Aantal mensen")
    assert asked.count() >= 3
    for number in asked.all():
        number.fill(str(people))
    member.presses("Geef bemensing op")
    member.sees("Elke partij heeft opgegeven wie er komt.")


def makes_the_visit(member: Person) -> str:
    """Start, complete, and wait until the report is ready; answers its address."""
    member.presses("Start bezoek")
    member.sees("Het team is ter plaatse sinds")
    member.ticks("Hoe is het bezoek gegaan?", "uitgevoerd zoals gepland")
    member.presses("Rond bezoek af")
    ready = member.page.get_by_role("link", name="Open het rapport")
    expect(ready).to_be_visible()
    return str(ready.get_attribute("href"))


def opens_the_waiting_report(coordinator: Person, address: str) -> None:
    waiting = coordinator.section("Wat heeft mij nu nodig").get_by_role("link", name="Vul het rapport in")
    coordinator.page.locator(f'a[href="{address[address.index("/reports/") :]}"]').and_(waiting).click()
    coordinator.sees_heading(re.compile(r"^Rapport "))


def finds_it_prefilled(coordinator: Person, plant: MeatPlant) -> None:
    expect(coordinator.fact("Locatie")).to_have_text(plant.name)
    expect(coordinator.fact("Coördinator")).to_have_text("GGD Noord- en Oost-Gelderland")
    known = coordinator.section("Bekend voor het bezoek")
    for number in ("657", "212", "45"):
        expect(known).to_contain_text(number)
    parties = coordinator.page.get_by_role("table", name="Partijen en hun bevoegdheid").get_by_role("row")
    expect(parties.filter(has_text="Inspectie SZW").locator('[data-label="Mensen"]')).to_have_text("2")
    assert coordinator.group("Met wie wilt u het delen?").get_by_role("checkbox", checked=True).count() >= 3


def submits_with_a_mistake(coordinator: Person) -> None:
    """More people positive than tested: said beside the field, and nothing typed is lost."""
    coordinator.ticks("Hoe verliep het bezoek?", "uitgevoerd zoals gepland")
    coordinator.types("Hoeveel mensen waren er?", 212)
    coordinator.types("Hoeveel mensen zijn getest, tijdens of na het bezoek?", 212)
    coordinator.types("Hoeveel daarvan waren positief?", 450)
    coordinator.types("Wat is er gezien?", "Op de lijn staan mensen minder dan 1,5 meter uit elkaar.")
    coordinator.types("Hoeveel overtredingen?", 2)
    coordinator.ticks("Welke maatregelen zijn genomen?", "werk geheel of deels stilgelegd")
    coordinator.types("Conclusie", "De besmettingen hangen samen; de bron is nog actief.")
    coordinator.presses("Dien rapport in")
    coordinator.sees("Er kunnen niet meer mensen positief zijn dan er zijn getest.")


def corrects_and_submits(coordinator: Person) -> None:
    coordinator.types("Hoeveel daarvan waren positief?", 45)
    coordinator.presses("Dien rapport in")
    coordinator.sees("ingediend", "Deel het rapport")


def shares(coordinator: Person, *parties: str) -> None:
    """With these and nobody else."""
    for ticked in coordinator.group("Met wie?").get_by_role("checkbox").all():
        ticked.uncheck()
    coordinator.ticks("Met wie?", *parties)
    coordinator.presses("Deel rapport")
    shared = coordinator.page.get_by_role("table", name="Gedeeld met").get_by_role("row")
    for party in parties:
        expect(shared.filter(has_text=party).first).to_be_visible()
