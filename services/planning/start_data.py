"""The network map and the plan rules that planning starts with, read from its data folder."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.planning.domain.network import Competence, Contact, ContactRole, Party
from services.planning.domain.plan import StepRule
from shared.reference.places import Reference
from shared.vocabulary import PartyKind, Sector, Theme

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class StartData:
    """Parties by id, and the rules of the plan of approach in the order of a visit."""

    parties: Mapping[str, Party]
    plan_rules: tuple[StepRule, ...]


def read_start_data(reference: Reference) -> StartData:
    """Read everything; a rule that rests on an unknown competence is refused here, not at the first case."""
    competences = _competences()
    known = {competence.key for powers in competences.values() for competence in powers}
    rules = _plan_rules()
    if unknown := {rule.competence for rule in rules} - known:
        raise ValueError(f"plan.toml rests on unknown competences: {', '.join(sorted(unknown))}")
    contacts = _contacts()
    parties = [
        Party(
            **described,
            competences=competences[described["kind"]],
            contacts=contacts.get(described["id"]) or (_desk(described["id"], described["name"]),),
        )
        for described in [*_national(), *_regional(reference), *_municipal(reference)]
    ]
    return StartData({party.id: party for party in parties}, rules)


def municipality_party(name: str) -> str:
    """The party id of a municipality: Oost Gelre is `gemeente-oost-gelre`."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "-".join(["gemeente", *re.findall(r"[a-z]+", bare)])


def _national() -> Iterator[dict[str, Any]]:
    for row in _rows("national_parties.csv"):
        yield {
            "id": row["party"],
            "name": row["name"],
            "kind": PartyKind(row["kind"]),
            "member": row["member"] == "yes",
        }


def _regional(reference: Reference) -> Iterator[dict[str, Any]]:
    for region in reference.regions:
        common = {"region": region.code, "member": True}
        safety_region = f"Veiligheidsregio {region.name}"
        yield {"id": region.party, "name": safety_region, "kind": PartyKind.SAFETY_REGION, **common}
        yield {"id": region.ggd, "name": f"GGD {region.name}", "kind": PartyKind.HEALTH_SERVICE, **common}


def _municipal(reference: Reference) -> Iterator[dict[str, Any]]:
    for municipality in reference.municipalities:
        yield {
            "id": municipality_party(municipality.name),
            "name": f"Gemeente {municipality.name}",
            "kind": PartyKind.MUNICIPALITY,
            "region": municipality.region.code,
            "municipality": municipality.name,
        }


def _contacts() -> dict[str, tuple[Contact, ...]]:
    contacts: dict[str, tuple[Contact, ...]] = {}
    for row in _rows("contacts.csv"):
        role = ContactRole(row["role"])
        contact = Contact(row["name"], role, row["email"], on_duty=role is not ContactRole.SUBSTITUTE)
        contacts[row["party"]] = (*contacts.get(row["party"], ()), contact)
    return contacts


def _desk(party: str, name: str) -> Contact:
    """Municipalities are reached at a desk of their own."""
    return Contact(f"Crisisteam {name}", ContactRole.DESK, f"crisisteam@{party}.example", on_duty=True)


def _competences() -> dict[PartyKind, tuple[Competence, ...]]:
    by_kind: dict[PartyKind, tuple[Competence, ...]] = dict.fromkeys(PartyKind, ())
    for entry in _tables("competences.toml", "competence"):
        kind = PartyKind(entry.pop("kind"))
        theme = Theme(entry.pop("theme")) if "theme" in entry else None
        sectors: Sequence[Sector | None] = [Sector(sector) for sector in entry.pop("sectors", [])] or [None]
        by_kind[kind] += tuple(Competence(theme=theme, sector=sector, **entry) for sector in sectors)
    return by_kind


def _plan_rules() -> tuple[StepRule, ...]:
    return tuple(
        StepRule(
            competence=entry["competence"],
            what=entry["what"],
            themes=tuple(Theme(theme) for theme in entry.get("themes", ())),
            sectors=tuple(Sector(sector) for sector in entry.get("sectors", ())),
            only_with_infections=entry.get("only_with") == "infections",
        )
        for entry in _tables("plan.toml", "step")
    )


def _tables(name: str, kind: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((_DATA / name).read_text(encoding="utf-8"))[kind]
    return entries


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
