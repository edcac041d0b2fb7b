"""The AsyncAPI 3.0 document of the whole platform, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.contracts.catalogue import TOPICS, Topic, inbound_topic, partner_topic
from shared.contracts.envelope import TYPE_PREFIX, Fact
from shared.contracts.examples import examples

_PARTY = "{party}"


def asyncapi(version: str, bootstrap: str) -> dict[str, Any]:
    """Channels with their messages and examples, and who sends and receives on each.

    `bootstrap` is where partners connect, as `host:port`.
    """
    topics = [*TOPICS, _for_any_party(inbound_topic("party")), _for_any_party(partner_topic("party"))]
    facts = {fact for topic in topics for fact in topic.facts}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Brandmeester",
            "version": version,
            "description": "Facts of the cooperation platform on labour migrants and COVID-19, as CloudEvents 1.0 "
            "in Kafka's binary mode.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": bootstrap,
                "protocol": "kafka",
                "security": [
                    {"$ref": "#/components/securitySchemes/scram"},
                    {"$ref": "#/components/securitySchemes/plain"},
                ],
            }
        },
        "channels": {_id(topic): _channel(topic) for topic in topics},
        "operations": dict(operation for topic in topics for operation in _operations(topic)),
        "components": {
            "messages": {_name(fact): _message(fact) for fact in sorted(facts, key=_name)},
            "schemas": {_name(fact): _schema(fact) for fact in sorted(facts, key=_name)},
            "securitySchemes": {"scram": {"type": "scramSha512"}, "plain": {"type": "plain"}},
        },
    }


def _for_any_party(topic: Topic) -> Topic:
    return Topic(
        **{
            **vars(topic),
            "name": topic.name.replace("party", _PARTY),
            "owner": topic.owner.replace("party", _PARTY) if topic.owner == "party" else topic.owner,
            "readers": tuple(_PARTY if reader == "party" else reader for reader in topic.readers),
            "description": topic.description.replace("party", _PARTY),
        }
    )


def _id(topic: Topic) -> str:
    return topic.name.replace(_PARTY, "party")


def _name(fact: type[Fact]) -> str:
    return fact.__name__


def _channel(topic: Topic) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": topic.name,
        "description": topic.description,
        "messages": {_name(fact): {"$ref": f"#/components/messages/{_name(fact)}"} for fact in topic.facts},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact"] if topic.compacted else ["delete"],
                    "retention.ms": round(topic.retention.total_seconds() * 1000) if topic.retention else -1,
                },
                "bindingVersion": "0.5.0",
            }
        },
        "x-owner": topic.owner,
        "x-readers": list(topic.readers),
        "x-key": topic.key,
        "x-personal-data": topic.personal_data,
    }
    if _PARTY in topic.name:
        channel["parameters"] = {"party": {"description": "id of the partner or integration, such as ggd-vr06"}}
    return channel


def _operations(topic: Topic) -> Iterable[tuple[str, dict[str, Any]]]:
    channel = {"$ref": f"#/channels/{_id(topic).replace('/', '~1')}"}
    yield f"{_plain(topic.owner)}.send.{_id(topic)}", {"action": "send", "channel": channel, "x-by": topic.owner}
    for reader in topic.readers:
        yield (
            f"{_plain(reader)}.receive.{_id(topic)}",
            {"action": "receive", "channel": channel, "x-by": reader},
        )


def _plain(name: str) -> str:
    return name.replace(_PARTY, "party")


def _message(fact: type[Fact]) -> dict[str, Any]:
    example = examples()[fact].model_dump(mode="json", by_alias=True)
    return {
        "name": fact.TYPE,
        "title": _name(fact),
        "summary": (fact.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/json",
        "headers": _headers(fact),
        "payload": {"$ref": f"#/components/schemas/{_name(fact)}"},
        "examples": [{"name": fact.TYPE.removeprefix(TYPE_PREFIX), "payload": example}],
    }


def _headers(fact: type[Fact]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": text,
            "ce_source": text,
            "ce_type": {"const": fact.TYPE},
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_subject": text,
            "ce_dataschema": {"type": "string", "format": "uri"},
            "ce_sequence": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        },
    }


def _schema(fact: type[Fact]) -> dict[str, Any]:
    schema = fact.model_json_schema(
        by_alias=True, mode="validation", ref_template="#/components/schemas/" + _name(fact) + "/$defs/{model}"
    )
    return dict(schema)
