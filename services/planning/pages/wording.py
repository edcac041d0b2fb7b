"""How planning's own values read in Dutch."""

from collections.abc import Mapping
from enum import StrEnum

from services.planning.domain.case import Case
from services.planning.domain.draft import PartyRole
from services.planning.domain.intervention import Intervention, VisitOutcome
from services.planning.domain.needs import Need
from services.planning.domain.network import Competence, ContactRole
from shared.web.observations import in_words

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


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Wire value and word of each member, for a form."""
    return [(member.value, WORDS[member]) for member in kind]


def observed(case: Case) -> list[tuple[str, str]]:
    """What was seen, as pairs of label and value; what is unknown is left out."""
    return in_words(case.observations)


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
