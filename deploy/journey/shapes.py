"""The three situations: their numbers are those of 2020, their names and addresses are invented."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from shared.vocabulary import Grade


@dataclass(frozen=True)
class Shape:
    """A situation, the door it comes in by, and what the platform has to make of it."""

    name: str
    door: str
    situation: dict[str, Any]
    grade: Grade
    region: str
    coordinator: str | None
    notice_for: str | None = None


def shapes() -> tuple[Shape, Shape, Shape]:
    """The situations, each at a house number of its own, so that every journey makes new cases."""
    number = str(secrets.randbelow(9000) + 1000)
    return (
        Shape(
            name="meat plant, 45 of 212 positive",
            door="form",
            situation={
                "themes": ["work"],
                "sector": "meat",
                "site": {
                    "name": "Vleesbedrijf De Voorbeeldhoeve",
                    "postcode": "7141 DC",
                    "houseNumber": number,
                    "place": "Groenlo",
                },
                "observations": {
                    "peopleExposed": 657,
                    "confirmedInfections": 45,
                    "tested": 212,
                    "positive": 45,
                    "distanceNotKept": True,
                },
                "workersLiveIn": ["kreis-borken"],
            },
            grade=Grade.CRITICAL,
            region="VR06",
            coordinator="ggd-vr06",
            notice_for="kreis-borken",
        ),
        Shape(
            name="house, 21 of 49 positive",
            door="POST",
            situation={
                "themes": ["housing"],
                "sector": "logistics",
                "site": {"postcode": "5801 AB", "houseNumber": number, "place": "Venray"},
                "observations": {"peopleExposed": 49, "tested": 49, "positive": 21, "peoplePerBedroom": 4},
            },
            grade=Grade.CRITICAL,
            region="VR23",
            coordinator="ggd-vr23",
        ),
        Shape(
            name="van check, 17 of 24 in breach",
            door="topic",
            situation={
                "themes": ["transport"],
                "sector": "logistics",
                "site": {"postcode": "5928 NS", "houseNumber": number, "place": "Venlo"},
                "observations": {"vansChecked": 24, "vansInBreach": 17, "vanMixedHouseholds": True},
            },
            grade=Grade.LOW,
            region="VR23",
            coordinator=None,
        ),
    )
