"""The rules as data files of this service."""

import tomllib
from pathlib import Path

from services.triage.domain.ruleset import Ruleset, read_ruleset

RULESETS = Path(__file__).parent.parent / "data"


def load_ruleset(name: str) -> Ruleset:
    """The rules with this name; a ruleset that does not hold together stops the service before it grades anything."""
    return read_ruleset(tomllib.loads((RULESETS / f"ruleset-{name}.toml").read_text(encoding="utf-8")))
