"""Notices signals that look like a flood, from what this process remembers of the last hour as keyed hashes."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from services.intake.domain.signal import Mark
from services.intake.sources import Source

AT_ONCE = 10
AN_HOUR = 10
"""So many signals of one source are nothing special: that many at once, and as many more each hour."""
REMEMBERED_SECONDS = 3600.0
LEAST_WORDS = 20
"""Texts shorter than this many signs are the same by chance."""
_MOST_REMEMBERED = 20_000


class Floods:
    """Marks what a flood would look like. A house full of people on one network looks so too: it is a mark, no more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._texts: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def marks_of(self, source: Source, ticket: str, words: str) -> Iterable[Mark]:
        """What there is to say of one signal more; of the same ticket again, nothing new."""
        if not source.vouched and not self._takes_token(source.key):
            yield Mark.MANY_FROM_ONE_SOURCE
        text = " ".join(words.casefold().split())
        if len(text) >= LEAST_WORDS and self._is_of_another(text, ticket):
            yield Mark.SAME_WORDS

    def _takes_token(self, key: bytes) -> bool:
        now = self._clock()
        left, since = self._buckets.pop(key, (float(AT_ONCE), now))
        left = min(AT_ONCE, left + (now - since) * AN_HOUR / REMEMBERED_SECONDS)
        self._buckets[key] = (max(0.0, left - 1), now)
        _shorten(self._buckets)
        return left >= 1

    def _is_of_another(self, text: str, ticket: str) -> bool:
        now, name = self._clock(), hashlib.blake2b(text.encode(), digest_size=16, key=self._key).digest()
        first, since = self._texts.get(name, (ticket, now))
        if now - since > REMEMBERED_SECONDS:
            first = ticket
        self._texts[name] = (first, now)
        self._texts.move_to_end(name)
        _shorten(self._texts)
        return first != ticket


def _shorten(remembered: OrderedDict[bytes, Any]) -> None:
    if len(remembered) > _MOST_REMEMBERED:
        remembered.popitem(last=False)
