"""A place that the reference data do not know is looked for in the national address service, where one is set up."""

from dataclasses import dataclass

from services.intake.locatieserver import Address, Addresses
from services.intake.pages.answers import AS_TYPED, Answers, pick_of
from shared.reference.names import fold
from shared.reference.places import Reference

_OFFERED = "address/"


@dataclass(frozen=True, slots=True)
class Finder:
    """Fills in an address that was chosen, and offers those that may be meant."""

    reference: Reference
    addresses: Addresses

    @property
    def asks_elsewhere(self) -> bool:
        """Whether what is typed as a place may leave our server."""
        return self.addresses.elsewhere

    async def looked_up(self, answers: Answers) -> Answers:
        """The answers with the address filled in, or with what to choose from; as they were when it is of no help."""
        place, pick = answers.value("place"), answers.value("pick")
        if not place or not answers.in_netherlands or self._is_known(answers):
            return answers
        if pick.startswith(_OFFERED):
            found = await self.addresses.look_up(pick.removeprefix(_OFFERED))
            return self._filled_in(answers, found) if found else answers.with_value("pick", AS_TYPED)
        if pick:
            return answers
        offers = await self.addresses.suggest(place)
        meant = [offer for offer in offers if fold(offer.label) == fold(place)]
        if len(meant) == 1 and (found := await self.addresses.look_up(meant[0].id)):
            return self._filled_in(answers, found)
        return answers.with_offers([(_OFFERED + offer.id, offer.label) for offer in offers])

    def _is_known(self, answers: Answers) -> bool:
        place = answers.value("place")
        return self.reference.locate(postcode=answers.value("postcode")) is not None or bool(
            self.reference.namesakes(place)
        )

    def _filled_in(self, answers: Answers, found: Address) -> Answers:
        """What stood in the fields stays; of places with one name it is the one in that municipality."""
        filled = {
            "postcode": answers.value("postcode") or found.postcode,
            "house_number": answers.value("house_number") or found.house_number,
            "place": found.place,
            "pick": "",
        }
        for name, value in filled.items():
            answers = answers.with_value(name, value)
        home = self.reference.municipality(found.municipality)
        own = [pick_of(known) for known in self.reference.namesakes(found.place) if known.municipality == home]
        return answers.with_value("pick", next(iter(own), AS_TYPED))
