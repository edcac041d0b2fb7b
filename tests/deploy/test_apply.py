"""The broker lets everyone do what the catalogue says, and nothing else."""

import time
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from deploy.kafka.access import client_settings
from deploy.kafka.apply import Broker, settings_of, topic_settings
from deploy.kafka.rights import Right, integration_rights, partner_rights
from shared.contracts.catalogue import CASES, PARTIES, inbound_topic, partner_topic
from tests.service_harness import records_on
from tests.stack import Stack

REFUSED = KafkaError.TOPIC_AUTHORIZATION_FAILED
SECRET = "a-secret-for-tests-only"


def reason_of_refused_read(settings: dict[str, str], topic: str) -> int | None:
    """What the broker answers someone who reads a topic from its beginning; None when it lets them."""
    group = {"group.id": f"{settings['sasl.username']}.test", "auto.offset.reset": "earliest"}
    consumer = Consumer({**settings, **group, "log_level": 0})
    try:
        consumer.subscribe([topic])
        message = consumer.poll(10)
        assert message is not None, "neither a message nor a refusal"
        error = message.error()
        return error.code() if error else None
    finally:
        consumer.close()


def reason_of_refused_write(settings: dict[str, str], topic: str, size: int = 2) -> int | None:
    refusals: list[KafkaError | None] = []
    producer = Producer({**settings, "log_level": 0, "message.max.bytes": 2_000_000, "message.timeout.ms": 10_000})
    producer.produce(topic, b"{" + b" " * (size - 2) + b"}", on_delivery=lambda error, _: refusals.append(error))
    producer.flush(15)
    (refusal,) = refusals
    return refusal.code() if refusal else None


@pytest.fixture
def two_partners(platform_stack: Stack, platform_broker: Broker) -> dict[str, dict[str, str]]:
    parties = [f"partner-{uuid.uuid4().hex[:8]}" for _ in range(2)]
    for party in parties:
        platform_broker.admit_partner(party, SECRET)
        reporting = platform_stack.kafka_settings("reporting", platform_stack.kafka_passwords["reporting"])
        assert reason_of_refused_write(reporting, partner_topic(party).name) is None
    return {party: client_settings(platform_stack.kafka_partners, party, SECRET) for party in parties}


@pytest.mark.stack
@pytest.mark.plan("C05")
def test_a_partner_reads_its_own_topic_and_is_refused_every_other(
    two_partners: dict[str, dict[str, str]],
) -> None:
    mine, other = two_partners
    settings = two_partners[mine]
    assert reason_of_refused_read(settings, partner_topic(mine).name) is None
    for topic in (partner_topic(other).name, CASES.name, "intake.inbound.hotline.v1"):
        assert reason_of_refused_read(settings, topic) == REFUSED
    assert reason_of_refused_write(settings, partner_topic(mine).name) == REFUSED


@pytest.mark.stack
def test_a_partner_sees_no_other_topic_in_the_list(two_partners: dict[str, dict[str, str]]) -> None:
    mine, _ = two_partners
    listed = Consumer({**two_partners[mine], "group.id": f"{mine}.x"}).list_topics(timeout=10).topics
    assert set(listed) == {partner_topic(mine).name}


@pytest.mark.stack
def test_a_partner_that_was_dismissed_is_locked_out(
    platform_broker: Broker, two_partners: dict[str, dict[str, str]]
) -> None:
    mine, other = two_partners
    platform_broker.dismiss_partner(mine)
    assert mine not in platform_broker.partners()
    assert mine not in platform_broker.users()
    assert other in platform_broker.partners()
    with pytest.raises(KafkaException):
        Consumer({**two_partners[mine], "group.id": f"{mine}.x", "log_level": 0}).list_topics(timeout=3)


@pytest.mark.stack
@pytest.mark.plan("C04")
def test_an_integration_writes_its_own_inbound_topic_only(platform_stack: Stack, platform_broker: Broker) -> None:
    party = f"integration-{uuid.uuid4().hex[:8]}"
    platform_broker.admit_integration(party, SECRET)
    settings = client_settings(platform_stack.kafka_partners, party, SECRET)
    assert reason_of_refused_write(settings, inbound_topic(party).name) is None
    assert reason_of_refused_write(settings, "intake.signals.v1") == REFUSED
    assert reason_of_refused_read(settings, inbound_topic(party).name) == REFUSED
    assert party in platform_broker.partners(), "it may read on its own topic what was refused"


@pytest.mark.stack
def test_a_message_of_more_than_a_megabyte_is_refused(platform_stack: Stack, platform_broker: Broker) -> None:
    triage = platform_stack.kafka_settings("triage", platform_stack.kafka_passwords["triage"])
    assert reason_of_refused_write(triage, CASES.name, size=1_200_000) == KafkaError.MSG_SIZE_TOO_LARGE


@pytest.mark.stack
def test_applying_the_catalogue_again_changes_nothing(platform_stack: Stack, platform_broker: Broker) -> None:
    assert platform_broker.apply_catalogue(platform_stack.kafka_passwords) == []


@pytest.mark.stack
def test_a_right_that_the_catalogue_does_not_give_is_taken_away(platform_stack: Stack, platform_broker: Broker) -> None:
    platform_broker.give([Right("triage", "write", "topic", "intake.signals.v1")])
    assert platform_broker.apply_catalogue(platform_stack.kafka_passwords) == [
        "triage: write topic intake.signals.v1 taken away"
    ]


@pytest.mark.stack
def test_a_partner_that_also_sends_signals_keeps_its_user_until_both_have_ended(platform_broker: Broker) -> None:
    party = f"both-{uuid.uuid4().hex[:8]}"
    platform_broker.admit_partner(party, SECRET)
    platform_broker.admit_integration(party, SECRET)
    assert platform_broker.rights(party) == partner_rights(party) | integration_rights(party)
    platform_broker.dismiss_partner(party)
    assert platform_broker.rights(party) == integration_rights(party)
    assert party in platform_broker.users()
    platform_broker.dismiss_integration(party)
    assert party not in platform_broker.users()


class Late(Broker):
    """Tells for a moment what rights there were, as a broker does that hears late of what its controller did."""

    def __init__(self, admin_settings: Mapping[str, str]) -> None:
        super().__init__(admin_settings)
        self._before: set[Right] = set()
        self._until = 0.0

    def take(self, rights: Collection[Right]) -> None:
        self._before, self._until = super().rights(), time.monotonic() + 0.3
        super().take(rights)

    def rights(self, user: str | None = None) -> set[Right]:
        found = self._before if time.monotonic() < self._until else super().rights()
        return {right for right in found if user in (None, right.user)}


@pytest.mark.stack
def test_who_is_dismissed_keeps_no_password_though_the_broker_hears_of_it_late(platform_stack: Stack) -> None:
    party, broker = f"late-{uuid.uuid4().hex[:8]}", Late(platform_stack.kafka_admin)
    broker.admit_partner(party, SECRET)
    broker.dismiss_partner(party)
    assert party not in broker.users()


def test_old_data_leave_a_topic_with_a_retention_and_no_other() -> None:
    assert topic_settings(CASES)["retention.ms"] == "-1"
    assert topic_settings(partner_topic("iszw"))["retention.ms"] == str(30 * 24 * 3600 * 1000)
    assert topic_settings(PARTIES)["cleanup.policy"] == "compact"


@pytest.fixture
def integration(platform_stack: Stack, platform_broker: Broker) -> tuple[dict[str, str], str]:
    """Client settings of one that was admitted, and the topic it writes to."""
    party = f"integration-{uuid.uuid4().hex[:8]}"
    platform_broker.admit_integration(party, SECRET)
    return client_settings(platform_stack.kafka_partners, party, SECRET), inbound_topic(party).name


def send(settings: dict[str, str], topic: str, body: bytes, **how: Any) -> KafkaError | None:
    answers: list[KafkaError | None] = []
    producer = Producer({**settings, "log_level": 0, "message.max.bytes": 60_000_000, **how.pop("client", {})})
    producer.produce(topic, body, partition=0, on_delivery=lambda error, _: answers.append(error), **how)
    producer.flush(20)
    return answers[0]


@pytest.mark.stack
@pytest.mark.parametrize("packed", ["gzip", "snappy", "lz4", "zstd"])
async def test_services_can_read_what_a_client_packed_however_it_did(
    platform_stack: Stack, integration: tuple[dict[str, str], str], packed: str
) -> None:
    """A setting that many clients come with; what intake could not unpack kept it from reading anything more."""
    settings, topic = integration
    assert send(settings, topic, b"{} " * 5_000, client={"compression.type": packed}) is None
    (record,) = await records_on(platform_stack, inbound_topic(settings["sasl.username"]))
    assert record.value == b"{} " * 5_000


@pytest.mark.stack
def test_what_is_small_only_while_it_is_packed_is_refused(integration: tuple[dict[str, str], str]) -> None:
    refused = send(*integration, b" " * 50_000_000, client={"compression.type": "gzip"})
    assert refused is not None
    assert refused.code() == KafkaError.MSG_SIZE_TOO_LARGE


@pytest.mark.stack
def test_an_integration_cannot_open_a_transaction(integration: tuple[dict[str, str], str]) -> None:
    """One that it left open would hold up whoever reads only what is committed, for as long as it likes."""
    settings, _ = integration
    producer = Producer({**settings, "transactional.id": "mine", "log_level": 0})
    with pytest.raises(KafkaException) as refused:
        producer.init_transactions(20)
    assert refused.value.args[0].code() == KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED


@pytest.mark.stack
async def test_a_sender_with_a_wrong_clock_has_its_records_kept_as_long_as_others(
    platform_stack: Stack, integration: tuple[dict[str, str], str]
) -> None:
    settings, topic = integration
    assert send(settings, topic, b"{}", timestamp=1_000_000) is None
    (record,) = await records_on(platform_stack, inbound_topic(settings["sasl.username"]))
    assert time.time() - record.timestamp / 1000 < 60


@pytest.mark.stack
def test_the_topics_of_those_who_were_admitted_are_brought_in_line_too(
    platform_stack: Stack, platform_broker: Broker, integration: tuple[dict[str, str], str]
) -> None:
    _, topic = integration
    older = {"compression.type": "producer", "message.timestamp.type": "CreateTime"}
    (changed,) = platform_broker._admin.incremental_alter_configs([settings_of(topic, older)]).values()
    changed.result(20)
    assert platform_broker.apply_catalogue(platform_stack.kafka_passwords) == [
        f"topic {topic}: compression.type set to uncompressed",
        f"topic {topic}: message.timestamp.type set to LogAppendTime",
    ]
