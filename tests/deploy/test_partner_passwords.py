"""Clients that cannot do Kafka's SCRAM sign in with PLAIN, on the partners' listener only."""

import uuid

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.kafka.access import ADMIN, PLAIN, client_settings
from deploy.local.partner_passwords import PartnerPasswords
from tests.stack import Stack

SECRET = "a-secret-for-tests-only"


@pytest.fixture
def passwords(platform_stack: Stack) -> PartnerPasswords:
    if platform_stack.data is None:
        pytest.skip("only the embedded Kafka takes plain passwords")
    return PartnerPasswords(platform_stack.data)


@pytest.fixture
def party(passwords: PartnerPasswords) -> str:
    party = f"party-{uuid.uuid4().hex[:8]}"
    passwords.set(party, SECRET)
    return party


def signs_in(bootstrap: str, user: str, password: str) -> bool:
    client = AdminClient({**client_settings(bootstrap, user, password, PLAIN), "log_level": 0})
    try:
        client.list_topics(timeout=3)
    except KafkaException:
        return False
    return True


@pytest.mark.stack
def test_a_party_signs_in_with_its_plain_password_and_no_other(platform_stack: Stack, party: str) -> None:
    assert signs_in(platform_stack.kafka_partners, party, SECRET)
    assert not signs_in(platform_stack.kafka_partners, party, "another")
    assert not signs_in(platform_stack.kafka_partners, "nobody", SECRET)


@pytest.mark.stack
def test_a_party_that_was_removed_signs_in_no_more(
    platform_stack: Stack, passwords: PartnerPasswords, party: str
) -> None:
    passwords.remove(party)
    assert not signs_in(platform_stack.kafka_partners, party, SECRET)


@pytest.mark.stack
def test_neither_the_services_listener_nor_the_administrator_takes_plain_passwords(
    platform_stack: Stack, party: str
) -> None:
    assert not signs_in(platform_stack.kafka_bootstrap, party, SECRET)
    assert not signs_in(platform_stack.kafka_partners, ADMIN, platform_stack.kafka_admin_password)
