"""The Dutch word for each wire value of `shared.vocabulary`, the same on every page."""

from collections.abc import Mapping
from enum import StrEnum

from shared import vocabulary as v

_WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    v.Theme: {v.Theme.WORK: "werken", v.Theme.HOUSING: "wonen", v.Theme.TRANSPORT: "vervoer"},
    v.Sector: {
        v.Sector.MEAT: "slachterij en vleesverwerking",
        v.Sector.FOOD: "overige voedingsindustrie",
        v.Sector.LOGISTICS: "logistiek en distributie",
        v.Sector.GREENHOUSE: "glastuinbouw",
        v.Sector.FRUIT: "fruitteelt",
        v.Sector.OUTDOOR: "open teelt en buitenwerk",
        v.Sector.CONSTRUCTION: "bouw",
        v.Sector.OFFICE: "kantoor",
        v.Sector.OTHER: "andere sector",
    },
    v.Channel: {
        v.Channel.WEB: "webformulier",
        v.Channel.HOTLINE: "meldlijn 0800-5151",
        v.Channel.REGION: "veiligheidsregio",
        v.Channel.MEDIA: "media",
        v.Channel.MEMBER: "lid van het platform",
        v.Channel.INTEGRATION: "koppeling",
    },
    v.Grade: {
        v.Grade.LOW: "laag",
        v.Grade.MODERATE: "matig",
        v.Grade.HIGH: "hoog",
        v.Grade.CRITICAL: "kritiek",
    },
    v.ClockStage: {
        v.ClockStage.RECEIVED: "ontvangen",
        v.ClockStage.GRADED: "ingeschat",
        v.ClockStage.CONSULTED: "overlegd",
        v.ClockStage.DECIDED: "besloten",
        v.ClockStage.STAFFED: "bemenst",
        v.ClockStage.ON_SITE: "ter plaatse",
    },
    v.InterventionKind: {
        v.InterventionKind.PREVENTIVE: "preventief",
        v.InterventionKind.REPRESSIVE: "repressief",
    },
    v.InterventionState: {
        v.InterventionState.PROPOSED: "voorgesteld",
        v.InterventionState.DECIDED: "besloten",
        v.InterventionState.PREPARED: "voorbereid",
        v.InterventionState.STAFFED: "bemenst",
        v.InterventionState.UNDER_WAY: "bezoek gaande",
        v.InterventionState.COMPLETED: "uitgevoerd",
        v.InterventionState.REPORTED: "gerapporteerd",
        v.InterventionState.STOOD_DOWN: "afgezien",
        v.InterventionState.CANCELLED: "geannuleerd",
    },
    v.PartyKind: {
        v.PartyKind.LABOUR_INSPECTORATE: "Inspectie SZW",
        v.PartyKind.FOOD_AUTHORITY: "NVWA",
        v.PartyKind.HEALTH_SERVICE: "GGD",
        v.PartyKind.HEALTH_INSTITUTE: "RIVM",
        v.PartyKind.SAFETY_REGION: "veiligheidsregio",
        v.PartyKind.NATIONAL_TEAM: "LOT-C",
        v.PartyKind.MUNICIPALITY: "gemeente",
        v.PartyKind.POLICE: "politie",
        v.PartyKind.TRANSPORT_INSPECTORATE: "ILT",
        v.PartyKind.FOREIGN_AUTHORITY: "buitenlandse autoriteit",
    },
    v.ConsultationOutcome: {v.ConsultationOutcome.GO: "doorgaan", v.ConsultationOutcome.NO_GO: "niet doorgaan"},
    v.ReportState: {
        v.ReportState.OPEN: "nog in te vullen",
        v.ReportState.SUBMITTED: "ingediend",
        v.ReportState.SHARED: "gedeeld",
    },
    v.NoticeState: {
        v.NoticeState.DRAFT: "concept",
        v.NoticeState.SENT: "verstuurd",
        v.NoticeState.ANSWERED: "beantwoord",
    },
}
_BY_NAME = {kind.__name__: kind for kind in _WORDS}


def word(value: StrEnum | str, vocabulary: str = "") -> str:
    """The Dutch word for a value; a plain string needs the vocabulary's name, as in `"high" | word("Grade")`."""
    kind = _BY_NAME[vocabulary] if vocabulary else type(value)
    return _WORDS[kind][value]  # type: ignore[index]


def choices(vocabulary: type[StrEnum]) -> list[tuple[str, str]]:
    """Wire value and word of each member, in order, for a select or radio list."""
    return [(member.value, _WORDS[vocabulary][member]) for member in vocabulary]
