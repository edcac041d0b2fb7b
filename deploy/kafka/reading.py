"""Reading a topic from its beginning for people: no place is kept, nobody else is disturbed."""

import json
from collections.abc import Iterator, Mapping

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

SHOWN_HEADERS = ("ce_type", "ce_id", "ce_source", "ce_subject", "ce_time")


def messages(settings: Mapping[str, str], topic: str, *, group: str, follow: bool) -> Iterator[Message]:
    """Every message of a topic, per partition in order; with `follow`, without end.

    Raises KafkaException where the topic does not exist or may not be read.
    """
    own = {"group.id": group, "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer({**settings, **own, "log_level": 0})
    try:
        found = consumer.list_topics(topic, timeout=10).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        partitions = found.partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        open_partitions = set(partitions)
        while open_partitions or follow:
            message = consumer.poll(0.5)
            if message is None:
                continue
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(message.partition())
            else:
                raise KafkaException(error)
    finally:
        consumer.close()


def readable(message: Message) -> str:
    """The headers that say what it is, and the body in lines."""
    headers = {name: _text(value) for name, value in dict(message.headers() or []).items() if value}
    lines = [f"{name.removeprefix('ce_')}: {headers[name]}" for name in SHOWN_HEADERS if name in headers]
    return "\n".join([*lines, _body(message.value()), ""])


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _body(value: bytes | None) -> str:
    if value is None:
        return "(tombstone)"
    try:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    except ValueError:
        return value.decode(errors="replace")
