"""Parties as people call them, from their ids alone, for who knows no more of them than the reference data do."""

from shared.reference.places import Reference
from shared.vocabulary import Channel, PartyKind
from shared.web.words import word

_NATIONAL = {
    "iszw": word(PartyKind.LABOUR_INSPECTORATE),
    "nvwa": word(PartyKind.FOOD_AUTHORITY),
    "rivm": word(PartyKind.HEALTH_INSTITUTE),
    "lotc": word(PartyKind.NATIONAL_TEAM),
    "hotline": word(Channel.HOTLINE),
}
_REGIONAL = {"": "Veiligheidsregio", "ggd": word(PartyKind.HEALTH_SERVICE)}


def party_name(party: str, reference: Reference) -> str:
    """The name behind an id; an integration, of which nothing else is known here, is called by its id."""
    kind, _, code = party.rpartition("-")
    region = reference.region_named(code) if kind in _REGIONAL and code.startswith("vr") else None
    if region:
        return f"{_REGIONAL[kind]} {region.name}"
    district = reference.district(party)
    return district.name if district else _NATIONAL.get(party, party)
