"""The rules as data files of this service."""

import tomllib
from pathlib import Path

from services.triage.domain.ruleset import InvalidRuleset, Ruleset, read_ruleset

RULESETS = Path(__file__).parent.parent / "data"


def load_ruleset(name: str) -> Ruleset:
    """The rules with this name; a ruleset that does not hold together stops the service before it grades anything."""
    return read_ruleset(tomllib.loads((RULESETS / f"ruleset-{name}.toml").read_text(encoding="utf-8")))


def ruleset_at(name_or_file: str) -> Ruleset:
    """The rules of a version that is shipped, or of a file that somebody made; raises InvalidRuleset or OSError."""
    if not name_or_file.endswith(".toml"):
        return load_ruleset(name_or_file.replace(".", "-"))
    try:
        return read_ruleset(tomllib.loads(Path(name_or_file).read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRuleset([f"is no TOML: {error}"]) from None
