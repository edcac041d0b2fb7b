"""`python -m tests.bench [name ...]`: run the benchmarks, each on a stack or platform of its own."""

import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from deploy.kafka.apply import Broker
from shared.logging import configure_logging
from shared.service import share_the_interpreter, spare_the_collector
from tests.bench import backlog, end_to_end, growth, intake, linking, restart, stage
from tests.bench.figures import Figure, keep
from tests.bench.platform import Platform, running_platform
from tests.stack import Stack, stack_for_tests

Benchmark = Callable[[int], list[Figure]]
"""Takes the number of repetitions."""


def on_stack(figures: Callable[[Stack, int], Coroutine[Any, Any, list[Figure]]]) -> Benchmark:
    """On a Kafka and a MongoDB alone."""

    def run(repetitions: int) -> list[Figure]:
        with stack_for_tests() as stack:
            Broker(stack.kafka_admin).apply_catalogue(stack.kafka_passwords)
            return uvloop.run(figures(stack, repetitions))

    return run


def on_platform(figures: Callable[[Platform, int], Coroutine[Any, Any, list[Figure]]]) -> Benchmark:
    """On a whole running platform."""

    def run(repetitions: int) -> list[Figure]:
        with running_platform() as platform:
            return uvloop.run(figures(platform, repetitions))

    return run


BENCHMARKS: dict[str, Benchmark] = {
    "stage": on_stack(stage.figures),
    "end_to_end": on_platform(end_to_end.figures),
    "intake": on_stack(intake.figures),
    "growth": on_stack(growth.figures),
    "linking": on_stack(linking.figures),
    "backlog": on_platform(backlog.figures),
    "restart": on_platform(restart.figures),
}


def main() -> None:
    names = sys.argv[1:] or list(BENCHMARKS)
    repetitions = int(os.environ.get("BRANDMEESTER_BENCH_REPETITIONS", "5"))
    configure_logging("bench", "WARNING")
    # As in a service, the event loop included, for ours and the peers alike.
    spare_the_collector()
    share_the_interpreter()
    found: list[Figure] = []
    for name in names:
        figures = BENCHMARKS[name](repetitions)
        print(*figures, sep="\n", flush=True)
        found += figures
        keep(found)


if __name__ == "__main__":
    main()
