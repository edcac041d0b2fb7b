"""Documents lead to what is there and say all there is to say."""

import re
from pathlib import Path

import pytest
import yaml

from shared import vocabulary
from shared.web.words import word

ROOT = Path(__file__).parents[2]
FOLDERS = ("", "docs", "docs/decisions", "docs/runbooks", "services/*", "shared/*", "deploy")
PAGES = sorted(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/*.md".lstrip("/")))
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_glossary_has_every_wire_value_with_its_word() -> None:
    text = (ROOT / "docs/glossary.md").read_text()
    kinds = [
        kind for kind in vars(vocabulary).values() if isinstance(kind, type) and kind.__module__ == vocabulary.__name__
    ]
    lines = [f"| {kind.__name__} | `{value.value}` | {word(value)} |" for kind in kinds for value in kind]  # type: ignore[attr-defined]
    assert [line for line in lines if line not in text] == []


def test_every_decision_is_on_the_list_and_says_when_to_look_again() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text()
    for decision in (ROOT / "docs/decisions").glob("0*.md"):
        assert f"]({decision.name})" in listed
        assert "**Look again**" in decision.read_text()


def test_publiccode_has_what_version_0_4_of_the_standard_asks_for() -> None:
    about = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    assert about["publiccodeYmlVersion"] == "0.4"
    mandatory = {"name", "url", "platforms", "categories", "developmentStatus", "softwareType", "description"}
    assert mandatory | {"legal", "maintenance", "localisation"} <= about.keys()
    for text in about["description"].values():
        assert len(text["shortDescription"]) <= 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
    assert about["maintenance"]["type"] == "community"
    assert about["maintenance"]["contacts"][0]["name"]
    assert isinstance(about["localisation"]["localisationReady"], bool)


def test_the_licence_is_the_same_everywhere() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert yaml.safe_load((ROOT / "publiccode.yml").read_text())["legal"]["license"] == "EUPL-1.2"
    assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text()
