"""Who coordinates a visit, and why."""

from dataclasses import dataclass

from services.planning.domain.case import Case
from services.planning.domain.network import Network, Party
from shared.vocabulary import PartyKind, Sector, Theme

_THEME_WORDS = {Theme.WORK: "werken", Theme.HOUSING: "wonen", Theme.TRANSPORT: "vervoer"}


@dataclass(frozen=True, slots=True)
class Coordination:
    """The coordinating party, the reason in plain Dutch, and LOT-C where it convenes because regions must agree."""

    coordinator: Party
    reason: str
    convenor: Party | None = None


def coordination(case: Case, network: Network) -> Coordination:
    """The rule, in this order.

    Without a known region LOT-C coordinates. Infections make it the region's GGD. A case that crosses a region's or
    the country's border is coordinated by the work site's safety region and convened by LOT-C (which also convenes
    where such a case has infections). Otherwise the theme with most points decides.
    """
    lotc = network.party(PartyKind.NATIONAL_TEAM)
    if case.region is None:
        return Coordination(lotc, "De regio is nog niet bekend. LOT-C coördineert tot vaststaat waar het is.")
    wide = _why_convened(case)
    convenor = lotc if wide else None
    if case.has_infections:
        ggd = network.party(PartyKind.HEALTH_SERVICE, case.region)
        return Coordination(ggd, " ".join(filter(None, (_infections(case), wide))), convenor)
    if wide:
        region = network.party(PartyKind.SAFETY_REGION, case.region)
        return Coordination(region, f"{wide} De veiligheidsregio van de werklocatie coördineert.", convenor)
    return _by_theme(case, network)


def leading_theme(case: Case) -> Theme:
    """The theme with most points; of equals work comes before housing, and housing before transport."""
    order = [theme for theme in Theme if theme in case.themes]
    return max(order, key=lambda theme: case.points_by_theme.get(theme, 0))


def _by_theme(case: Case, network: Network) -> Coordination:
    theme = leading_theme(case)
    points = case.points_by_theme.get(theme, 0)
    why = f"De meeste punten ({points}) komen van {_THEME_WORDS[theme]}."
    if len(case.themes) == 1:
        why = f"De zaak gaat over {_THEME_WORDS[theme]}."
    if theme is Theme.WORK:
        together = ", in een slachterij samen met de NVWA" if case.sector is Sector.MEAT else ""
        inspectorate = network.party(PartyKind.LABOUR_INSPECTORATE)
        return Coordination(inspectorate, f"{why} Daarvoor coördineert de Inspectie SZW{together}.")
    partners = "gemeente en politie" if theme is Theme.HOUSING else "gemeente, politie en ILT"
    region = network.party(PartyKind.SAFETY_REGION, case.region)
    return Coordination(region, f"{why} Daarvoor coördineert de veiligheidsregio, met {partners}.")


def _infections(case: Case) -> str:
    if case.infections == 1:
        found = "Er is een bevestigde besmetting."
    elif case.infections:
        found = f"Er zijn {case.infections} bevestigde besmettingen."
    else:
        found = "Er zijn samenhangende besmettingen."
    return f"{found} Dan coördineert de GGD van de regio."


def _why_convened(case: Case) -> str:
    if len(case.regions) > 1:
        return f"De zaak raakt {len(case.regions)} regio's, daarom roept LOT-C het overleg bijeen."
    if case.crosses_border:
        return "De zaak gaat over de grens, daarom roept LOT-C het overleg bijeen."
    return ""
