"""How planning's own values read in Dutch."""

from collections.abc import Mapping
from enum import StrEnum

from services.planning.domain.case import Case
from services.planning.domain.draft import PartyRole
from services.planning.domain.intervention import Intervention, VisitOutcome
from services.planning.domain.needs import Need
from services.planning.domain.network import Competence, ContactRole
from shared.situation import Observation
from shared.web.times import number

WORDS: Mapping[StrEnum, str] = {
    PartyRole.COORDINATOR: "coördinator",
    PartyRole.PARTICIPANT: "deelnemer",
    PartyRole.CONVENOR: "roept bijeen",
    VisitOutcome.CARRIED_OUT: "uitgevoerd zoals gepland",
    VisitOutcome.PARTLY: "deels uitgevoerd",
    VisitOutcome.NO_ACCESS: "geen toegang gekregen",
    VisitOutcome.NOBODY_THERE: "niemand aangetroffen",
    Need.CONVENE: "Roep overleg bijeen",
    Need.DECIDE: "Leg besluit vast",
    Need.ANSWER: "Geef bemensing op",
    Need.CHASE: "Vraag na wie er komt",
    Need.START: "Start bezoek",
    Need.COMPLETE: "Rond bezoek af",
    Need.REPORT: "Vul het rapport in",
    ContactRole.MEMBER: "lid",
    ContactRole.SUBSTITUTE: "plaatsvervanger",
    ContactRole.DESK: "meldpunt",
}
_OBSERVED: Mapping[str, str] = {
    "people_exposed": "Mensen die risico lopen",
    "confirmed_infections": "Bevestigde besmettingen",
    "tested": "Getest",
    "positive": "Positief getest",
    "people_with_symptoms": "Mensen met klachten",
    "sick_people_at_work": "Zieke mensen aan het werk",
    "distance_not_kept": "Minder dan 1,5 meter is gewoon",
    "cold_or_poorly_ventilated": "Koude of slecht geventileerde ruimte",
    "no_screens": "Schermen ontbreken",
    "shared_breaks": "Gezamenlijke pauzes",
    "people_per_bedroom": "Mensen per slaapkamer",
    "square_metres_per_person": "Vierkante meter per persoon",
    "people_per_toilet_or_shower": "Mensen per toilet of douche",
    "no_room_to_isolate": "Geen ruimte om zich af te zonderen",
    "van_mixed_households": "Busjes met meerdere huishoudens",
    "van_mixed_sites": "Busjes naar meerdere werklocaties",
    "vans_checked": "Gecontroleerde busjes",
    "vans_in_breach": "Busjes in overtreding",
    "same_workers_as_outbreak": "Dezelfde mensen als bij een andere uitbraak",
    "linked_sites": "Andere locaties met dezelfde mensen of busjes",
}


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Wire value and word of each member, for a form."""
    return [(member.value, WORDS[member]) for member in kind]


def observed(case: Case) -> list[tuple[str, str]]:
    """What was seen, as pairs of label and value; what is unknown is left out."""
    return [
        (label, _value(case.observations[name]))
        for name, label in _OBSERVED.items()
        if case.observations.get(name) is not None
    ]


def place(case: Case) -> str:
    """Where it is in one line, as far as known."""
    site = case.site
    address = " ".join(filter(None, (site.postcode, site.house_number)))
    town = site.place or site.municipality
    around = f"gemeente {site.municipality}" if site.municipality and site.municipality != site.place else ""
    return ", ".join(filter(None, (site.name, address, town, around if site.place else ""))) or "plaats onbekend"


def validity(competence: Competence) -> str:
    """From when and until when a power holds."""
    since = f"vanaf {competence.valid_from:%d-%m-%Y}" if competence.valid_from else ""
    until = f"tot en met {competence.valid_until:%d-%m-%Y}" if competence.valid_until else ""
    return " ".join(filter(None, (since, until)))


def history(intervention: Intervention) -> list[dict[str, object]]:
    """What happened, the newest first."""
    return [
        {
            "at": event.at,
            "what": event.what,
            "who": f"{event.by.name}, {event.by.represents}" if event.by else "Brandmeester",
            "why": event.why,
        }
        for event in reversed(intervention.history)
    ]


def _value(value: Observation) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    decimals = 0 if value is None or float(value).is_integer() else 1
    return number(value or 0, decimals)
