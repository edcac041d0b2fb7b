"""The start data: authorities, the task force and the phrases of the letters, read from `data/` and the reference."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from services.crossborder.domain.authorities import Authority, TaskForce
from services.crossborder.domain.letters import Phrases
from shared.reference.places import Reference

LANGUAGES = ("nl", "de", "fr")

_DATA = files(__package__) / "data"
_AUTHORITY = TypeAdapter(Authority)
_TASK_FORCE = TypeAdapter(TaskForce)
_PHRASES = TypeAdapter(Phrases)


@dataclass(frozen=True)
class StartData:
    """What the service knows before anybody told it anything; read once, never changed."""

    authorities: Mapping[str, Authority]
    phrases: Mapping[str, Phrases]
    regions: Mapping[str, str]

    def region_name(self, code: str | None) -> str | None:
        """What people call a region: `VR06` is Noord- en Oost-Gelderland."""
        return self.regions.get(code, code) if code else None


def read_start_data(reference: Reference) -> StartData:
    """Read the files; a mistake in them is an error at start-up."""
    table = _table("authorities.toml")
    task_forces = {
        party: _TASK_FORCE.validate_python(entry) for entry in table["task_forces"] for party in entry["authorities"]
    }
    authorities = [_authority(entry, task_forces, reference) for entry in table["authorities"]]
    return StartData(
        authorities={authority.party: authority for authority in authorities},
        phrases={language: _PHRASES.validate_python(_table(f"letters/{language}.toml")) for language in LANGUAGES},
        regions={region.code: region.name for region in reference.regions},
    )


def _authority(entry: Mapping[str, Any], task_forces: Mapping[str, TaskForce], reference: Reference) -> Authority:
    district = reference.district(entry["party"])
    if district is None:
        raise LookupError(f"{entry['party']} is not a border district of the reference data")
    named = {"name": district.name, "country": district.country, "code": district.code}
    return _AUTHORITY.validate_python({**entry, **named, "task_force": task_forces.get(district.party)})


def _table(path: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / path).read_text(encoding="utf-8"))
