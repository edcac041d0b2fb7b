"""Why a signal was put into its case, in one sentence, with nothing said that no longer holds."""

from dataclasses import replace

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.merging import CaseSignal, Earlier, Linked
from services.triage.domain.numbers import CaseRef
from services.triage.link_wording import chance, why_linked
from shared.vocabulary import Sector
from tests.triage.builders import NOON, RULES, after, signal
from tests.triage.domain.linkage.builders import LINKS, record

NOW = after(days=1)
AT = {"postcode": "7141AB", "house_number": "12"}


def linked(to: str = "s1") -> CaseSignal:
    likeness = LINKS.compare(record(name="De Groot", **AT), record(name="Bonev", sector=Sector.OFFICE, **AT))
    return signal("s2", after(hours=1), link=Linked(to, Relation.DUPLICATE, likeness))


def case_with(*signals: CaseSignal) -> Case:
    case = cases.found("Z", signals[0], RULES, NOON)
    for one in signals[1:]:
        case = cases.with_signal(case, one, RULES, NOON)
    return case


def test_one_sentence_says_how_likely_to_what_and_why() -> None:
    case = case_with(signal("s1"), linked())
    assert why_linked(case, case.signals[1], NOW) == (
        "Vanzelf toegevoegd, omdat zij met 74% kans over hetzelfde gaat als de melding van gisteren 14:00: "
        "dezelfde postcode en hetzelfde huisnummer, hoogstens een week ertussen en dezelfde thema's; "
        "ertegen pleit een andere naam en een andere sector."
    )


def test_nothing_is_said_of_the_first_nor_of_what_a_person_moved_nor_of_what_has_gone() -> None:
    case = case_with(signal("s1"), linked())
    moved = replace(linked(), moved_from=Earlier(CaseRef("c", "Z-2020-000000"), 0))
    assert why_linked(case, case.signals[0], NOW) is None
    assert why_linked(case, moved, NOW) is None
    assert why_linked(case, linked("elsewhere"), NOW) is None


@pytest.mark.parametrize(("probability", "words"), [(0.5, "50%"), (0.97, "97%"), (0.9999999, "meer dan 99%")])
def test_no_probability_is_shown_as_certainty(probability: float, words: str) -> None:
    assert chance(probability) == words
