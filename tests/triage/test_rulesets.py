"""Rulesets as files: a folder of them makes a book, and a file may say only what it has otherwise than another."""

import copy
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.cli import app
from services.triage.domain.explanation import assess
from services.triage.domain.facts import facts_of
from services.triage.domain.ruleset_faults import ENGLISH, FaultCode, InvalidRuleset
from services.triage.rules_wording import FAULTS
from services.triage.store import RULESETS, load_rulebook, load_ruleset, read_ruleset_file
from services.triage.store.ruleset_file import read_ruleset
from shared.situation import Situation
from shared.vocabulary import Grade
from tests.triage.builders import RULES
from tests.triage.strategies import SITUATIONS

SHIPPED = (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")
OTHER = 'based_on = "2020.1"\nversion = "t"\ntitle = "-"\nvalid_from = 2021-01-01\n'


def folder_with(tmp_path: Path, **files: str) -> Path:
    for name, content in files.items():
        (tmp_path / f"ruleset-{name}.toml").write_text(content, encoding="utf-8")
    return tmp_path


def test_what_is_shipped_fits_together_and_2020_1_holds() -> None:
    book = load_rulebook()
    assert book.published == (RULES,)
    assert all("oncept" in one.title for one in book.rulesets if one.draft)


def test_a_file_says_only_what_it_has_otherwise() -> None:
    other = read_ruleset_file(
        (
            OTHER
            + "likelihood_from = [0, 10, 30, 50]\n[trigger]\ninfections = 2\n"
            + '[[factors]]\nid = "no_distance"\npoints = 20\n'
        ).encode()
    )
    assert (other.likelihood_from, other.trigger.infections) == ((0, 10, 30, 50), 2)
    assert other.trigger.at_least == Grade.HIGH
    points = {factor.id: factor.kind.rows()[-1][1] for factor in other.factors}
    before = {factor.id: factor.kind.rows()[-1][1] for factor in RULES.factors}
    assert points == {**before, "no_distance": 20}
    assert (other.version, other.regions, other.valid_until) == ("t", frozenset(), None)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('based_on = "1999.1"', "based_on: there is no such version"),
        ('based_on = "../data/ruleset-2020-1"', "based_on: there is no such version"),
        ("based_on = 3", "based_on: there is no such version"),
        ('based_on = "2020.2-draft"', "based_on: must name a version that is whole by itself"),
        ('based_on = "2020.1"', "title: is missing"),
        (OTHER + "trigger = 3", "trigger: has not the form that belongs here"),
        (OTHER + "factors = [3]", "factors.1: has not the form that belongs here"),
        (OTHER + "[factors.sector]\npoints = 3", "factors: has not the form that belongs here"),
        (OTHER + '[[factors]]\nid = "sector"\n[[factors]]\npoints = 3', "factors.2.id: is missing"),
        (OTHER + "[[factors]]\nid = [1]", "factors.1.id: must be text"),
        (OTHER + '[[factors]]\nid = "moon"\npoints = 3', "factors.moon.kind: is missing"),
        (
            OTHER + '[[factors]]\nid = "crowded_bedroom"\nfound = "er {n} mensen slapen"',
            "factors.crowded_bedroom: a sentence of it may hold only norm in braces",
        ),
        ("= 3", "is no TOML"),
    ],
)
def test_what_a_file_gets_wrong_is_named(content: str, fault: str) -> None:
    with pytest.raises(InvalidRuleset, match=fault):
        read_ruleset_file(content.encode())
    with pytest.raises(InvalidRuleset, match="is no TOML"):
        read_ruleset_file(b"\xff\xfe")


def paths(data: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a ruleset's data."""
    if here:
        yield here
    entries: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from paths(value, (*here, key))


DATA = tomllib.loads(SHIPPED)
GONE = object()
VALUES = st.sampled_from(
    [
        GONE,
        None,
        0,
        -1,
        3,
        2**70,
        1.5,
        True,
        "",
        "yes",
        "{n}",
        "{x}",
        "{",
        "meat",
        date(2020, 1, 1),
        [],
        [0],
        {},
        {"a": 1},
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(paths(DATA))), VALUES, st.lists(SITUATIONS, min_size=1, max_size=1))
def test_whatever_is_put_anywhere_is_refused_with_its_faults_or_grades(
    path: tuple[Any, ...], value: object, some: list[Situation]
) -> None:
    data = copy.deepcopy(DATA)
    part = data
    for step in path[:-1]:
        part = part[step]
    if value is GONE:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    try:
        rules = read_ruleset(data)
    except InvalidRuleset as refused:
        assert refused.faults
        assert all(str(fault) and fault.worded(FAULTS) for fault in refused.faults)
    else:
        assert all(assess(facts_of(one), rules).summary for one in some)


def test_every_fault_has_its_sentence_in_both_languages() -> None:
    for code in FaultCode:
        names = [{name for _, name, _, _ in Formatter().parse(said[code]) if name} for said in (ENGLISH, FAULTS)]
        assert names[0] == names[1], code


def test_a_folder_names_the_file_of_each_fault(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        a=SHIPPED.replace("window_days = 14", "window_days = 0"),
        b=SHIPPED.replace("likelihood_from = [0, 15", "likelihood_from = [1, 15"),
    )
    with pytest.raises(InvalidRuleset) as refused:
        load_rulebook(folder)
    assert [str(fault).partition(":")[0] for fault in refused.value.faults] == ["ruleset-a.toml", "ruleset-b.toml"]


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRuleset, match="no ruleset holds for the whole country"):
        load_rulebook(tmp_path)


def test_a_version_is_found_by_its_name_in_the_folder() -> None:
    assert load_ruleset("2020-1") == RULES


def test_the_command_lists_the_versions_and_names_holes(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["triage", "rulesets"])
    assert listed.exit_code == 0, listed.output
    assert "2020.1,2020-07-01,,,false,Inschatting van een mogelijke brandhaard" in listed.stdout
    later = SHIPPED.replace("2020.1", "2020.2").replace("2020-07-01", "2020-12-01")
    ended = SHIPPED.replace("valid_from = 2020-07-01", "valid_from = 2020-07-01\nvalid_until = 2020-11-29")
    folder = folder_with(tmp_path, a=ended, b=later)
    refused = CliRunner().invoke(app, ["triage", "rulesets", str(folder)])
    assert refused.exit_code == 2
    assert "2020.1, 2020.2: none holds for the whole country from 2020-11-30 to 2020-11-30" in refused.stderr
