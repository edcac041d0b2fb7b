"""Triage's collections, what is loaded of them for a decision or a page, and the rules as data."""

import tomllib
from pathlib import Path

from services.triage.domain.ruleset import Ruleset, read_ruleset

RULESETS = Path(__file__).parent / "data"


def load_ruleset(name: str) -> Ruleset:
    """The rules with this name; a ruleset that does not hold together stops the service before it grades anything."""
    return read_ruleset(tomllib.loads((RULESETS / f"ruleset-{name}.toml").read_text(encoding="utf-8")))
