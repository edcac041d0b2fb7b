"""Authorities: who may act for them, and how long a confirmation holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.crossborder.domain.authorities import FRESH_FOR, Freshness, confirmed
from services.crossborder.start_data import StartData
from tests.crossborder.builders import FROM_LIMBURG, FROM_VNOG, NOON, VERA


@pytest.mark.plan("S25")
def test_the_task_force_of_vnog_is_with_borken_and_kleve(start: StartData) -> None:
    with_it = [party for party, authority in start.authorities.items() if authority.task_force]
    assert with_it == ["kreis-borken", "kreis-kleve"]
    borken = start.authorities["kreis-borken"]
    assert borken.task_force is not None
    assert borken.task_force.name == "Covid 19 Infektion Arbeitsmigranten"
    assert borken.regions == ("VR06", "VR07")


def test_every_authority_of_the_start_data_has_a_region_a_language_and_somebody_to_call(start: StartData) -> None:
    for authority in start.authorities.values():
        assert authority.region in start.regions
        assert authority.language in start.phrases
        assert authority.contacts
        assert authority.confirmed_at is None


def test_invented_contacts_have_addresses_that_lead_nowhere(start: StartData) -> None:
    people = [contact for authority in start.authorities.values() for contact in authority.contacts]
    assert all(contact.email.endswith(".example") for contact in people)


@pytest.mark.plan("S09")
def test_a_confirmation_is_fresh_for_ninety_days(start: StartData) -> None:
    borken = start.authorities["kreis-borken"]
    assert borken.freshness(NOON) == Freshness.NEVER_CONFIRMED
    checked = confirmed(borken, VERA, NOON, "gebeld")
    assert checked.freshness(NOON + FRESH_FOR) == Freshness.FRESH
    assert checked.freshness(NOON + FRESH_FOR + timedelta(seconds=1)) == Freshness.STALE
    assert (checked.history[-1].by, checked.history[-1].note) == (VERA, "gebeld")


def test_only_the_regions_in_charge_and_the_convenor_may_act(start: StartData) -> None:
    regions = start.authorities["kreis-borken"].regions
    assert FROM_VNOG.may_act_for(regions)
    assert not FROM_LIMBURG.may_act_for(regions)
    assert replace(FROM_LIMBURG, convenor=True).may_act_for(regions)
    assert not replace(FROM_VNOG, region=None).may_act_for(regions)
