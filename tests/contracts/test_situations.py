"""The rules' situation and the contract's have the same fields, so nothing is lost between them, either way."""

from dataclasses import fields

import pytest

from shared import situation as plain
from shared.contracts import common
from shared.contracts.examples import examples
from shared.contracts.intake import InboundSignal, SignalReceived
from shared.contracts.situations import known_of, situation_of, wire_site, wire_situation


@pytest.mark.parametrize("name", ["Site", "Observations", "Situation"])
def test_rules_and_contract_have_the_same_fields(name: str) -> None:
    ours = {field.name for field in fields(getattr(plain, name))}
    assert ours == set(getattr(common, name).model_fields)


def test_a_situation_comes_back_as_it_was_told() -> None:
    told = examples()[SignalReceived].situation
    assert wire_situation(situation_of(told)) == told
    assert wire_site(situation_of(told).site) == told.site


def test_a_situation_goes_out_and_comes_back_whole() -> None:
    seen = plain.Observations(people_exposed=9, square_metres_per_person=4.5, no_screens=False, van_mixed_sites=True)
    site = plain.Site("Ferme", "46325", "3a", "Borken", "Borken", None, "DE", "kreis-borken")
    whole = plain.Situation(("housing", "transport"), "food", site, seen, ("kreis-borken",))
    assert situation_of(wire_situation(whole)) == whole


def test_what_was_reported_is_read_like_what_is_told() -> None:
    reported = examples()[InboundSignal].situation
    read = situation_of(reported)
    assert (type(read.site), type(read.observations)) == (plain.Site, plain.Observations)
    assert read.observations.vans_checked == reported.observations.vans_checked


def test_what_is_not_known_is_left_out_but_no_stays_no() -> None:
    assert known_of(common.Observations(tested=0, no_screens=False)) == {"tested": 0, "no_screens": False}
