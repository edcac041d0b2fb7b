"""`python -m tests.bench [name ...]`: run the benchmarks on a stack of their own."""

import asyncio
import os
import sys

from deploy.kafka.apply import Broker
from shared.service import spare_the_collector
from tests.bench import stage
from tests.bench.figures import Figure, keep
from tests.stack import Stack, stack_for_tests

BENCHMARKS = {"stage": stage.figures}


async def run(stack: Stack, names: list[str]) -> list[Figure]:
    repetitions = int(os.environ.get("BRANDMEESTER_BENCH_REPETITIONS", "5"))
    found: list[Figure] = []
    for name in names:
        for one in await BENCHMARKS[name](stack, repetitions):
            print(one, flush=True)
            found.append(one)
    return found


def main() -> None:
    names = sys.argv[1:] or list(BENCHMARKS)
    # As in a service, for ours and the peers alike.
    spare_the_collector()
    with stack_for_tests() as stack:
        Broker(stack.kafka_admin).apply_catalogue(stack.kafka_passwords)
        keep(asyncio.run(run(stack, names)))


if __name__ == "__main__":
    main()
