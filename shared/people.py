"""Who did something, as the services record it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the sign-in said at that moment; `represents` is the organisation as people call it."""

    subject: str
    name: str
    organisation: str
    represents: str
