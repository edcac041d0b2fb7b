"""A backlog read in the order in which it came about, across partitions: what belongs together then meets as it did."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heapreplace, merge
from typing import Any

from aiokafka import TopicPartition

MOST_HELD = 2_000
"""A partition that is so many records ahead of the others waits for them."""


def in_order(found: Mapping[TopicPartition, Sequence[Any]]) -> tuple[Any, ...]:
    """Records by their timestamps; those of one partition stay in its order, whatever their timestamps say."""
    if len(found) == 1:
        return tuple(*found.values())
    return tuple(merge(*(found[partition] for partition in sorted(found)), key=_sent))


class Backlog:
    """Holds records back until nothing older can come of a partition that is still behind.

    `ends` says where each partition with a backlog ended when it was assigned: as soon as it is read so far, nobody
    waits for it. What comes of other partitions is put in where it belongs. `held_up` are those not fetched from now.
    """

    def __init__(self, ends: Mapping[TopicPartition, int]) -> None:
        self.ends = dict(ends)
        self.held_up: frozenset[TopicPartition] = frozenset()
        self._behind = set(ends)
        self._held: dict[TopicPartition, deque[Any]] = {}

    @property
    def behind(self) -> frozenset[TopicPartition]:
        """The partitions whose backlog is not read whole."""
        return frozenset(self._behind)

    @property
    def is_done(self) -> bool:
        """Whether everything was read and handed on."""
        return not self._behind and not any(self._held.values())

    @property
    def ahead(self) -> frozenset[TopicPartition]:
        """The partitions of which enough is held for now."""
        return frozenset(one for one, held in self._held.items() if len(held) >= MOST_HELD)

    def hold(self, found: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Records that were read, in the order of each partition."""
        for partition, records in found.items():
            self._held.setdefault(partition, deque()).extend(records)

    def read_whole(self, partitions: Iterable[TopicPartition]) -> None:
        """Nothing of the backlog of these is left to be read, or nobody waits for it any more."""
        self._behind.difference_update(partitions)

    def take(self, most: int) -> tuple[Any, ...]:
        """The next records, at most so many; none while a partition that is behind has told nothing yet."""
        heads = [(_sent(held[0]), partition) for partition, held in self._held.items() if held]
        if not self._behind <= {partition for _, partition in heads}:
            return ()
        heapify(heads)
        taken: list[Any] = []
        while heads and len(taken) < most:
            _, partition = heads[0]
            held = self._held[partition]
            taken.append(held.popleft())
            if held:
                heapreplace(heads, (_sent(held[0]), partition))
            elif partition in self._behind:
                break
            else:
                heappop(heads)
        return tuple(taken)


def _sent(record: Any) -> int:
    return int(record.timestamp)
