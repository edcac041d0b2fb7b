"""The plan of approach: steps that follow from the competences of the parties, the themes and the sector."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.planning.domain.case import Case
from services.planning.domain.network import Party
from shared.vocabulary import Sector, Theme


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step that a party takes because of a competence; empty themes and sectors mean all."""

    competence: str
    what: str
    themes: tuple[Theme, ...] = ()
    sectors: tuple[Sector, ...] = ()
    only_with_infections: bool = False

    def fits(self, case: Case) -> bool:
        on_theme = not self.themes or any(theme in case.themes for theme in self.themes)
        in_sector = not self.sectors or case.sector in self.sectors
        return on_theme and in_sector and (case.has_infections or not self.only_with_infections)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the plan: who does what, on which legal base."""

    party: str
    theme: Theme | None
    what: str
    legal_base: str


def plan_of_approach(rules: Iterable[StepRule], parties: Sequence[Party], case: Case) -> tuple[PlanStep, ...]:
    """Every step that some party may take, in the order of the rules and then of the parties."""
    return tuple(
        PlanStep(party.id, competence.theme, rule.what, competence.legal_base)
        for rule in rules
        if rule.fits(case)
        for party in parties
        for competence in party.competences
        if competence.key == rule.competence
    )
