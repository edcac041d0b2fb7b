"""Who may do what follows from the catalogue, and no party can become a user of the platform."""

import pytest

from deploy.kafka.rights import check_party, partner_rights, service_rights
from shared.contracts.catalogue import SERVICES


@pytest.mark.parametrize("party", ["GGD", "vr 06", "6vr", "v", "a.b", "ggd_vr06", "x" * 42, ""])
def test_what_is_no_party_id_is_refused_with_the_rule(party: str) -> None:
    with pytest.raises(ValueError, match="is not a party id"):
        check_party(party)


@pytest.mark.parametrize("user", ["admin", "controller", *SERVICES])
def test_no_party_can_take_the_name_of_a_user_of_the_platform(user: str) -> None:
    with pytest.raises(ValueError, match="user of the platform"):
        check_party(user)


def test_a_service_writes_only_what_it_owns() -> None:
    written = {right.name for right in service_rights("planning") if right.operation == "write"}
    assert written == {"planning.parties.v1", "planning.consultations.v1", "planning.interventions.v1"}


def test_reporting_alone_writes_to_partners_and_intake_alone_reads_integrations() -> None:
    by_prefix = {
        (right.user, right.operation, right.name)
        for service in SERVICES
        for right in service_rights(service)
        if right.kind == "topic" and right.prefix
    }
    assert by_prefix == {("reporting", "write", "partners."), ("intake", "read", "intake.inbound.")}


def test_a_partner_only_reads_its_topic_and_keeps_its_groups() -> None:
    assert {str(right) for right in partner_rights("ggd-vr06")} == {
        "ggd-vr06: read topic partners.ggd-vr06.v1",
        "ggd-vr06: read group ggd-vr06.*",
    }
