"""The rules of grading and the weights of linking as data files of this service."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.triage.domain.linkage.model import LinkModel
from services.triage.domain.linkage.model_data import InvalidLinkModel, read_link_model
from services.triage.domain.rulebook import Rulebook, rulebook
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import FaultCode, InvalidRuleset, RulesetFault
from services.triage.store.ruleset_file import read_ruleset

RULESETS = Path(__file__).parent.parent / "data"

_OWN = ("version", "title", "valid_from", "valid_until", "regions", "draft")
_BY_NAME = ("unknowns", "trigger", "inputs")


def load_rulebook(folder: Path = RULESETS) -> Rulebook:
    """Every ruleset of a folder; raises InvalidRuleset with what is wrong in each file, or between them."""
    faults: list[RulesetFault] = []
    rulesets: list[Ruleset] = []
    for file in sorted(folder.glob("ruleset-*.toml")):
        try:
            rulesets.append(read_ruleset_file(file.read_bytes(), folder))
        except InvalidRuleset as invalid:
            faults += [replace(fault, where=f"{file.name}: {fault.where}") for fault in invalid.faults]
    if faults:
        raise InvalidRuleset(faults)
    return rulebook(rulesets)


def load_ruleset(name: str, folder: Path = RULESETS) -> Ruleset:
    """The rules with this name, `2020-1`; raises InvalidRuleset or OSError."""
    return read_ruleset_file((folder / f"ruleset-{name}.toml").read_bytes(), folder)


def ruleset_at(name_or_file: str) -> Ruleset:
    """The rules of a version that is shipped, or of a file that somebody made; raises InvalidRuleset or OSError."""
    if not name_or_file.endswith(".toml"):
        return load_ruleset(name_or_file.replace(".", "-"))
    return read_ruleset_file(Path(name_or_file).read_bytes())


def read_ruleset_file(content: bytes, folder: Path = RULESETS) -> Ruleset:
    """The rules that a TOML file says; raises InvalidRuleset with every fault and where it is.

    With `based_on` a file says only what it has otherwise than another version of the folder. Title, validity and
    regions are always its own.
    """
    return read_ruleset(_completed(_parsed(content), folder))


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRuleset([RulesetFault("", FaultCode.NO_TOML, {"why": error})]) from None


def _completed(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    name = data.pop("based_on", None)
    if name is None:
        return data
    file = folder / f"ruleset-{str(name).replace('.', '-')}.toml"
    if file not in folder.glob("ruleset-*.toml"):
        raise InvalidRuleset([RulesetFault("based_on", FaultCode.NO_BASE)])
    base = {part: value for part, value in _parsed(file.read_bytes()).items() if part not in _OWN}
    if "based_on" in base:
        raise InvalidRuleset([RulesetFault("based_on", FaultCode.BASE_NOT_WHOLE)])
    if faults := list(_not_to_be_laid_over(data)):
        raise InvalidRuleset(faults)
    return _laid_over(base, data)


def _not_to_be_laid_over(other: Mapping[str, Any]) -> Iterator[RulesetFault]:
    """What says nothing of the part it would change: a table that is none, a factor without its id."""
    for name in _BY_NAME:
        if not isinstance(other.get(name, {}), Mapping):
            yield RulesetFault(name, FaultCode.WRONG_FORM)
    factors = other.get("factors", [])
    if not isinstance(factors, list):
        yield RulesetFault("factors", FaultCode.WRONG_FORM)
        return
    for number, factor in enumerate(factors, start=1):
        if not isinstance(factor, Mapping):
            yield RulesetFault(f"factors.{number}", FaultCode.WRONG_FORM)
        elif "id" not in factor:
            yield RulesetFault(f"factors.{number}.id", FaultCode.MISSING)
        elif not isinstance(factor["id"], str):
            yield RulesetFault(f"factors.{number}.id", FaultCode.NO_TEXT)


def _laid_over(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One set with what another says: tables entry by entry, factors by their id, anything else as a whole."""
    tables = {name: {**base[name], **other[name]} for name in _BY_NAME if name in other}
    factors: dict[str, Mapping[str, Any]] = {factor["id"]: factor for factor in base["factors"]}
    for factor in other.get("factors", ()):
        factors[factor["id"]] = {**factors.get(factor["id"], {}), **factor}
    return {**base, **other, **tables, "factors": list(factors.values())}


def load_link_model(name: str) -> LinkModel:
    """The weights with this name; weights that do not hold together stop the service before it links anything."""
    return read_link_model(tomllib.loads((RULESETS / f"links-{name}.toml").read_text(encoding="utf-8")))


def link_model_at(name_or_file: str) -> LinkModel:
    """The weights of a version that is shipped, or of a file that somebody made; raises InvalidLinkModel or OSError."""
    if not name_or_file.endswith(".toml"):
        return load_link_model(name_or_file.replace(".", "-"))
    try:
        return read_link_model(tomllib.loads(Path(name_or_file).read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidLinkModel([f"is no TOML: {error}"]) from None
