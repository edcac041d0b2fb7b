"""What the coordinator fills in: what is missing is said at once, and what contradicts itself is refused."""

from services.reporting.domain.filling import Filling, Finding, Measure, VisitOutcome, contradictions, gaps
from shared.vocabulary import Theme
from tests.reporting.builders import COMPLETE

WHOLE = Filling().amended(COMPLETE)


def fields(faults: list[tuple[str, str]]) -> list[str]:
    return [field for field, _ in faults]


def test_an_empty_report_names_everything_that_is_missing() -> None:
    assert fields(gaps(Filling(), (Theme.WORK, Theme.TRANSPORT))) == [
        "outcome",
        "people_present",
        "findings.work.text",
        "findings.work.infringements",
        "findings.transport.text",
        "findings.transport.infringements",
        "measures",
        "conclusion",
    ]


def test_a_whole_report_has_no_gaps() -> None:
    assert gaps(WHOLE, (Theme.WORK,)) == []


def test_without_access_there_are_no_findings_to_ask_for() -> None:
    nobody = Filling(VisitOutcome.NO_ACCESS, measures=(Measure.NONE,), conclusion="De poort bleef dicht.")
    assert gaps(nobody, tuple(Theme)) == []


def test_measures_in_words_are_measures_too() -> None:
    assert gaps(WHOLE.amended({"measures": (), "other_measures": "Pauzes in ploegen"}), (Theme.WORK,)) == []


def test_more_positive_than_tested_is_refused() -> None:
    assert fields(contradictions(Filling(tested=3, positive=4))) == ["positive"]
    assert fields(contradictions(Filling(positive=4))) == ["tested"]
    assert contradictions(Filling(tested=4, positive=4)) == []


def test_no_measures_and_a_measure_is_refused() -> None:
    assert fields(contradictions(Filling(measures=(Measure.NONE, Measure.ADVICE)))) == ["measures"]
    assert fields(contradictions(Filling(measures=(Measure.NONE,), other_measures="Iets"))) == ["measures"]
    assert contradictions(Filling(measures=(Measure.NONE,))) == []


def test_a_finding_replaces_the_one_on_its_own_theme_only() -> None:
    after = WHOLE.amended({"findings": (Finding(Theme.HOUSING, "Vier per kamer.", 1),)})
    assert [finding.theme for finding in after.findings] == [Theme.WORK, Theme.HOUSING]
    assert after.infringements == 3
    assert after.amended({"findings": (Finding(Theme.WORK),)}).findings == (
        Finding(Theme.HOUSING, "Vier per kamer.", 1),
    )


def test_what_changed_is_named() -> None:
    assert WHOLE.amended({"conclusion": "Anders.", "tested": 212}).changed_since(WHOLE) == ("conclusion",)
