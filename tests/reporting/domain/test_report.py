"""The life of a report: one table, each step on record, and nobody reads or writes who has no part in it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.report import STEPS, DeliveryState, Happening, Invalid, NotAllowed, Report, Step
from shared.vocabulary import ReportState
from tests.reporting.builders import COMPLETE, GIJS, LENA, NETWORK, NOON, filled_in, opened, shared, submitted

LATER = NOON + timedelta(hours=1)


@pytest.mark.plan("S20")
def test_a_report_opens_with_what_planning_knows() -> None:
    report = opened()
    assert report.visit.site.name == "Vleesbedrijf De Voorbeeldhoeve"
    assert report.visit.parties[0].powers[0].legal_base == "Wpg art. 6 en 14"
    assert report.visit.observations["positive"] == 45
    assert report.filling.shared_with == ("ggd-vr06",)
    assert report.number.startswith("R-2020-")


def test_an_unfinished_report_is_not_submitted_and_says_all_that_is_missing() -> None:
    with pytest.raises(Invalid) as refusal:
        opened().submitted(GIJS, NOON)
    assert [field for field, _ in refusal.value.faults] == [
        "outcome",
        "people_present",
        "findings.work.text",
        "findings.work.infringements",
        "measures",
        "conclusion",
    ]


def test_a_contradiction_is_not_saved() -> None:
    with pytest.raises(Invalid):
        opened().filled_in({"tested": 1, "positive": 2}, GIJS, NOON)


def test_saving_the_same_again_is_no_event() -> None:
    assert filled_in().filled_in(COMPLETE, GIJS, LATER) == filled_in()


def test_a_submitted_report_does_not_change_any_more() -> None:
    with pytest.raises(NotAllowed, match="ligt vast"):
        submitted().filled_in({"conclusion": "Toch anders."}, GIJS, LATER)
    with pytest.raises(NotAllowed, match="al ingediend"):
        submitted().submitted(GIJS, LATER)


def test_a_report_is_shared_only_once_submitted() -> None:
    with pytest.raises(NotAllowed, match="nog niet ingediend"):
        filled_in().shared({"vr06": "VNOG"}, GIJS, NOON)


def test_sharing_again_adds_parties_and_tells_nobody_twice() -> None:
    once = shared("vr06").notified({"vr06"}, NOON)
    again = once.shared({"vr06": NETWORK["vr06"].name, "iszw": NETWORK["iszw"].name}, LENA, LATER)
    assert again.shared_with == ("vr06", "iszw")
    assert again.waiting == ("iszw",)
    assert again.shared({"vr06": "VNOG"}, GIJS, LATER) is again


def test_a_party_without_a_topic_waits_until_it_was_told() -> None:
    report = shared("vr06", "iszw").notified({"vr06"}, LATER)
    assert [delivery.state for delivery in report.deliveries] == [DeliveryState.NOTIFIED, DeliveryState.WAITING]
    assert report.deliveries[0].notified_at == LATER


@pytest.mark.plan("S21")
def test_the_named_entities_are_the_access_list() -> None:
    before, after = submitted(), shared("vr23")
    assert [before.may_read(party) for party in ("ggd-vr06", "lotc", "vr23", "rivm")] == [True, True, False, False]
    assert after.may_read("vr23")
    assert [after.may_write(party) for party in ("ggd-vr06", "lotc", "vr23")] == [True, True, False]


def test_every_change_records_who_and_when() -> None:
    history = shared("vr06").notified({"vr06"}, LATER).history
    assert [entry.what for entry in history] == [
        Happening.OPENED,
        Happening.FILLED_IN,
        Happening.SUBMITTED,
        Happening.SHARED,
        Happening.NOTIFIED,
    ]
    assert [entry.by for entry in history] == [None, GIJS, GIJS, GIJS, None]
    assert "conclusion" in history[1].about


def take(report: Report, step: Step) -> Report:
    if step is Step.FILL_IN:
        return report.filled_in({**COMPLETE, "follow_up": f"{len(report.history)} dagen"}, GIJS, NOON)
    if step is Step.SUBMIT:
        return report.submitted(GIJS, NOON)
    return report.shared({f"vr{len(report.history):02}": "Een regio"}, GIJS, NOON)


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_no_order_of_steps_leaves_the_table_or_loses_what_was_recorded(steps: list[Step]) -> None:
    report = filled_in()
    for step in steps:
        if not report.allows(step):
            with pytest.raises(NotAllowed):
                take(report, step)
            continue
        after = take(report, step)
        assert after.state is STEPS[report.state][step]
        assert after.history[: len(report.history)] == report.history
        assert set(report.shared_with) <= set(after.shared_with)
        assert report.state is ReportState.OPEN or after.filling == report.filling
        report = after
