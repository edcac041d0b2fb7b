"""Keys that come twice in one object of JSON: which of both is meant, nobody can tell."""

import json
from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[str | int, ...]


class _Object(list[tuple[str, Any]]):
    """An object with all its keys, also those that come again."""


def read_once(text: str | bytes) -> tuple[Any, bool]:
    """What a piece of JSON says, as `json.loads` reads it, and whether every key in it comes once."""
    once = True

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal once
        made = dict(pairs)
        once = once and len(made) == len(pairs)
        return made

    read = json.loads(text, object_pairs_hook=noted)
    return read, once


def given_twice(text: str | bytes, meant: Callable[[str], str] = str) -> Iterator[Place]:
    """Where a key comes again; `meant` makes keys one that say the same."""
    # Numbers stay text: none is looked at here, and one of a thousand digits costs a second.
    read = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
    yield from _again(read, (), meant)


def _again(read: Any, place: Place, meant: Callable[[str], str]) -> Iterator[Place]:
    if isinstance(read, _Object):
        names: set[str] = set()
        for key, value in read:
            if meant(key) in names:
                yield (*place, key)
            names.add(meant(key))
            yield from _again(value, (*place, key), meant)
    elif isinstance(read, list):
        for number, value in enumerate(read):
            yield from _again(value, (*place, number), meant)
