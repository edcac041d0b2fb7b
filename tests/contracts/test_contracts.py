"""Contracts keep their promises: every fact has an example that travels, and the catalogue is whole."""

from datetime import UTC, datetime

import pytest

from shared.contracts.asyncapi import asyncapi
from shared.contracts.catalogue import (
    MAX_MESSAGE_BYTES,
    SERVICES,
    TOPICS,
    inbound_topic,
    partner_topic,
    topics_read_by,
)
from shared.contracts.envelope import BadEnvelope, Envelope, Fact, fact_class, source_of
from shared.contracts.examples import examples

ALL_TOPICS = (*TOPICS, inbound_topic("hotline"), partner_topic("ggd-vr06"))
ALL_FACTS = sorted({fact for topic in ALL_TOPICS for fact in topic.facts}, key=lambda fact: fact.TYPE)


@pytest.mark.parametrize("fact", ALL_FACTS, ids=lambda fact: fact.__name__)
def test_every_fact_of_the_catalogue_has_an_example_that_survives_the_wire(fact: type[Fact]) -> None:
    example = examples()[fact]
    body = example.model_dump_json(by_alias=True).encode()
    assert fact.model_validate_json(body) == example
    assert len(body) < MAX_MESSAGE_BYTES
    assert b"_" not in body.split(b":")[0]


@pytest.mark.parametrize("fact", ALL_FACTS, ids=lambda fact: fact.__name__)
def test_types_are_plural_versioned_and_name_no_organisation(fact: type[Fact]) -> None:
    _, _, plural, verb, version = fact.TYPE.split(".")
    assert plural.endswith("s")
    assert version == "v1"
    assert verb
    assert fact_class(fact.TYPE) is fact


def test_each_topic_has_one_owner_that_does_not_read_it() -> None:
    assert len({topic.name for topic in ALL_TOPICS}) == len(ALL_TOPICS)
    for topic in TOPICS:
        assert topic.owner in SERVICES
        assert topic.owner not in topic.readers
        assert set(topic.readers) <= set(SERVICES)


def test_a_compacted_topic_carries_one_full_state_type_only() -> None:
    assert all(len(topic.facts) == 1 for topic in TOPICS if topic.compacted)


@pytest.mark.plan("C01")
def test_every_service_reads_at_least_one_fixed_topic() -> None:
    assert {service for service in SERVICES if any(topics_read_by(service))} == set(SERVICES)


def test_an_envelope_comes_back_from_its_headers_as_it_was() -> None:
    envelope = Envelope(
        "1",
        source_of("intake"),
        "nl.brandmeester.signals.received.v1",
        datetime.fromisoformat("2020-10-25T02:30:00+01:00"),
        "s",
        3,
    )
    assert Envelope.of_headers(envelope.headers()) == envelope


def test_a_broken_envelope_names_every_fault_and_no_value() -> None:
    headers = [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"secret"),
        ("ce_source", b"x"),
        ("ce_type", b"y"),
        ("ce_time", b"yesterday"),
        ("ce_subject", b"z"),
        ("ce_sequence", b"0"),
    ]
    with pytest.raises(BadEnvelope) as caught:
        Envelope.of_headers(headers)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["ce_specversion", "ce_time", "ce_sequence"]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (("ce_id", None), "ce_id: missing"),
        (("ce_sequence", None), "ce_sequence: not a whole number from 1 to 2^63 - 1"),
        (("ce_sequence", b"9223372036854775808"), "ce_sequence: not a whole number from 1 to 2^63 - 1"),
        (("ce_sequence", b"1" * 5000), "ce_sequence: not a whole number from 1 to 2^63 - 1"),
        (("ce_time", b"\xff"), "headers: not UTF-8"),
    ],
)
def test_what_a_client_may_put_into_a_header_is_a_fault_with_a_name(
    header: tuple[str, bytes | None], fault: str
) -> None:
    """Null among them, which Kafka allows; none of it may be more than the reader's one record."""
    good = Envelope("1", source_of("intake"), "nl.brandmeester.x.v1", datetime(2020, 10, 25, tzinfo=UTC), "s").headers()
    others: list[tuple[str, bytes | None]] = [("trace", None), ("span", b"\xff")]
    assert Envelope.of_headers([*good, *others]).id == "1"
    with pytest.raises(BadEnvelope) as caught:
        Envelope.of_headers([*good, *others, header])
    assert caught.value.faults == (fault,)


@pytest.mark.plan("C05")
def test_the_asyncapi_document_names_every_topic_and_only_schemas_that_are_there() -> None:
    document = asyncapi("0.1.0", "localhost:8012")
    assert {channel["address"] for channel in document["channels"].values()} == {
        *(topic.name for topic in TOPICS),
        "partners.{party}.v1",
        "intake.inbound.{party}.v1",
    }
    for reference in _references(document):
        assert _resolve(document, reference) is not None, reference


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in _references(value)]
    if isinstance(part, list):
        return [reference for value in part for reference in _references(value)]
    return []


def _resolve(document: object, reference: str) -> object:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step] if isinstance(document, dict) and step in document else None
    return document
