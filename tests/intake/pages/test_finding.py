"""Places that the reference data do not know are filled in from the address service; all others ask nobody."""

from collections.abc import Sequence

from services.intake.locatieserver import Address, NoAddresses, Offer
from services.intake.pages.answers import AS_TYPED, Answers, faults_of_step
from services.intake.pages.finding import Finder
from services.intake.pages.questions import Step
from tests.intake.builders import REFERENCE, TODAY

WEG = Offer("adr-1", "Voorbeeldweg 12A, 7131MC Lichtenvoorde")
LAAN = Offer("weg-2", "Voorbeeldlaan, Bergen (Limburg)")
FOUND = {
    "adr-1": Address("Lichtenvoorde", "Oost Gelre", "7131MC", "12a"),
    "weg-2": Address("Bergen", "Bergen (L)"),
    "wpl-3": Address("Nieuwbuurt", "Oost Gelre"),
}


class Service:
    """Offers what it was made with, and notes what it was asked."""

    elsewhere = True

    def __init__(self, *offers: Offer, knows: bool = True) -> None:
        self.offers = offers
        self.knows = knows
        self.asked: list[str] = []

    async def suggest(self, typed: str) -> Sequence[Offer]:
        self.asked.append(typed)
        return self.offers

    async def look_up(self, id_: str) -> Address | None:
        return FOUND.get(id_) if self.knows else None


def where(**typed: str) -> Answers:
    return Answers("", {name: [value] for name, value in {"themes": "work", **typed}.items()})


async def looked_up(service: Service | NoAddresses, **typed: str) -> Answers:
    return await Finder(REFERENCE, service).looked_up(where(**typed))


async def test_a_known_place_postcode_or_foreign_place_and_no_place_at_all_ask_nobody() -> None:
    service = Service(WEG)
    for typed in (
        {"place": "Groenlo"},
        {"place": "Laren"},
        {"place": "Voorbeeldweg", "postcode": "7131MC"},
        {"place": "Musterstadt", "area": "DE"},
        {"place": ""},
        {},
    ):
        assert await looked_up(service, **typed) == where(**typed)
    assert service.asked == []


async def test_what_may_be_meant_is_offered_and_must_be_chosen_from() -> None:
    answers = await looked_up(Service(WEG, LAAN), place="Voorbeeldstraat 12")
    assert answers.offered == (("address/adr-1", WEG.label), ("address/weg-2", LAAN.label))
    assert [fault.code for fault in faults_of_step(Step.WHERE, answers, REFERENCE, TODAY)] == ["which_place"]


async def test_a_choice_fills_in_the_address_beside_what_was_typed() -> None:
    answers = await looked_up(Service(WEG), place="Voorbeeldweg", pick="address/adr-1", house_number="14")
    told = {name: answers.value(name) for name in ("postcode", "house_number", "place")}
    assert told == {"postcode": "7131MC", "house_number": "14", "place": "Lichtenvoorde"}
    assert faults_of_step(Step.WHERE, answers, REFERENCE, TODAY) == []


async def test_the_whole_label_typed_is_a_choice() -> None:
    answers = await looked_up(Service(WEG, LAAN), place="voorbeeldweg 12a 7131MC  lichtenvoorde")
    assert (answers.value("postcode"), answers.value("house_number")) == ("7131MC", "12a")


async def test_of_places_with_one_name_the_one_in_that_municipality_is_meant() -> None:
    answers = await looked_up(Service(LAAN), place=LAAN.label)
    assert (answers.value("place"), answers.value("pick")) == ("Bergen", "Bergen L|Bergen (L.)")
    assert faults_of_step(Step.WHERE, answers, REFERENCE, TODAY) == []


async def test_a_place_that_only_the_service_knows_stays_as_it_says() -> None:
    answers = await looked_up(Service(), place="nieuwbuurt", pick="address/wpl-3")
    assert (answers.value("place"), answers.value("pick")) == ("Nieuwbuurt", AS_TYPED)
    assert faults_of_step(Step.WHERE, answers, REFERENCE, TODAY) == []


async def test_none_of_these_is_a_choice_that_asks_nobody_again() -> None:
    service = Service(WEG)
    answers = await looked_up(service, place="Voorbeeldstraat", pick=AS_TYPED)
    assert faults_of_step(Step.WHERE, answers, REFERENCE, TODAY) == []
    assert service.asked == []


async def test_when_the_service_goes_away_between_offer_and_choice_the_place_stays_as_typed() -> None:
    answers = await looked_up(Service(knows=False), place="Voorbeeldstraat", pick="address/adr-1")
    assert (answers.value("place"), answers.value("pick")) == ("Voorbeeldstraat", AS_TYPED)
    assert faults_of_step(Step.WHERE, answers, REFERENCE, TODAY) == []


async def test_without_a_service_all_is_as_typed() -> None:
    assert await looked_up(NoAddresses(), place="Voorbeeldstraat") == where(place="Voorbeeldstraat")


async def test_offers_go_when_the_place_is_typed_anew() -> None:
    from starlette.datastructures import FormData

    answers = await looked_up(Service(WEG), place="Voorbeeldstraat")
    assert answers.with_step(Step.WHERE, FormData({"place": "Groenlo"})).offered == ()
