"""The least a process can be that takes in and tells: `python -m tests.bench.echo SETTINGS IN OUT`, from JSON."""

import asyncio
import json
import sys
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def echo(settings: dict[str, Any], into: tuple[str, int], out_of: str) -> None:
    """Pass each new record of one partition on, until killed."""
    consumer = AIOKafkaConsumer(**settings, enable_auto_commit=False, fetch_max_wait_ms=100)
    producer = AIOKafkaProducer(**settings, acks="all", enable_idempotence=True)
    await asyncio.gather(consumer.start(), producer.start())
    topic, offset = into
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, offset)
    async for record in consumer:
        await producer.send_and_wait(out_of, record.value, key=record.key)


if __name__ == "__main__":
    asyncio.run(echo(*map(json.loads, sys.argv[1:])))
