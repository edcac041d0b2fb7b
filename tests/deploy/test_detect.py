"""The commands `brandmeester triage detect`, as somebody with a CSV file uses them."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy.cli import app
from deploy.triage import tables


def detect(*words: object) -> Result:
    return CliRunner().invoke(app, ["triage", "detect", *map(str, words)])


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def table(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(result.stdout.splitlines()))


COUNTS = "count\n5\n3\n1\n1\n1\n3\n3\n1\n2\n1\n0\n3\n3\n"
PLACES = "place,x,y\n" + "".join(f"p{n},{n * 2000},0\n" for n in range(6))
CASES = (
    "place,date,count\n"
    + "".join(f"p{n},2020-06-{day:02},1\n" for n in range(6) for day in (1, 8, 15, 22))
    + "p2,2020-06-27,3\np3,2020-06-27,3\np2,2020-06-28,3\np3,2020-06-28,3\n"
)


@pytest.mark.plan("S02")
def test_ears_prints_the_published_bounds(tmp_path: Path) -> None:
    asked = ("--method", "C1", "--baseline", 7, "--alpha", 0.05, "--first", 10, "--last", 13)
    lines = table(detect("ears", *asked, file(tmp_path, "counts.csv", COUNTS)))
    assert list(lines[0]) == ["position", "count", "upper", "alarm"]
    assert [round(float(line["upper"]), 6) for line in lines] == [3.278854, 3.278854, 3.436517, 3.855617]
    assert [(line["position"], line["alarm"]) for line in lines[:1]] == [("10", "false")]


def test_a_missing_count_is_answered_with_na(tmp_path: Path) -> None:
    lines = table(detect("ears", file(tmp_path, "counts.csv", COUNTS.replace("0\n", "\n"))))
    assert [line["upper"] for line in lines[-2:]] == ["NA", "NA"]


@pytest.mark.plan("S02")
def test_scan_prints_the_cluster(tmp_path: Path) -> None:
    cases, places = file(tmp_path, "cases.csv", CASES), file(tmp_path, "places.csv", PLACES)
    asked = ("--max-km", 2, "--max-days", 7, "--min-cases", 3, "--replications", 99, "--seed", 7)
    period = ("--start", "2020-06-01", "--end", "2020-06-28")
    first, *_ = table(detect("scan", "--cases", cases, "--places", places, *asked, *period))
    assert (first["centre"], first["places"]) == ("p2", "p2;p1;p3")
    assert (first["start"], first["end"]) == ("2020-06-27", "2020-06-28")
    assert (first["observed"], first["radius_km"]) == ("12", "2")
    assert (first["p"], first["recurrence_interval"]) == ("0.25", "4")
    later = detect("scan", "--cases", cases, "--places", places, "--start", "2020-06-02", "--end", "2020-06-28")
    assert "6 cases lie outside" in later.stderr


def test_knox_prints_close_pairs_expected_and_p(tmp_path: Path) -> None:
    events = file(tmp_path, "events.csv", "x,y,t\n0,0,1\n1,0,2\n50,50,9\n51,50,9\n")
    (line,) = table(detect("knox", "--space", 2, "--time", 1, events))
    assert (line["close_pairs"], float(line["expected"])) == ("2", pytest.approx(2 * 2 / 6))
    assert 0 < float(line["p"]) < 0.1


@pytest.mark.parametrize(
    ("words", "name", "text", "why"),
    [
        (("ears",), "c.csv", "count\n1\nmany\n", "c.csv, line 3: count is not a number"),
        (("ears",), "c.csv", "count\n1\n-1\n", "c.csv, line 3: count is below 0"),
        (("ears",), "c.csv", "count\n1.5\n", "c.csv, line 2: count is not a whole number"),
        (("ears",), "c.csv", "number\n1\n", "c.csv, line 1: needs the column count"),
        (("ears",), "c.csv", "count\n1\n2\n", "2 counts are too few: the first that can be judged is at position 8"),
        (("ears",), "c.csv", "", "c.csv, line 1: needs the column count"),
        (("knox", "--space", 1, "--time", 1), "e.csv", "x,y,t\n1,2,3\n1,,3\n", "e.csv, line 3: y is empty"),
        (("knox", "--space", 1, "--time", 1), "e.csv", "x,y,t\n1,2\n", "e.csv, line 2: has 2 values, not 3"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    tmp_path: Path, words: tuple[object, ...], name: str, text: str, why: str
) -> None:
    refused = detect(*words, file(tmp_path, name, text))
    assert refused.exit_code == 2
    assert any(reason in refused.stderr for reason in why.split("|")), refused.stderr


@pytest.mark.parametrize(
    ("cases", "places", "why"),
    [
        ("place,date,count\nq,2020-06-01,1\n", PLACES, "cases.csv, line 2: place is not among the places"),
        ("place,date,count\np1,1 June,1\n", PLACES, "cases.csv, line 2: date is not a date"),
        (CASES, "place,x,y\np1,0,0\np1,1,1\n", "places.csv, line 3: place is listed twice"),
        (CASES, "place,lat,lon\np1,91,0\n", "places.csv, line 2: lat is above 90"),
        (CASES, "place\np1\n", "places.csv, line 1: needs the columns place,lat,lon or place,x,y"),
    ],
)
def test_bad_cases_and_places_are_refused_with_their_line(tmp_path: Path, cases: str, places: str, why: str) -> None:
    files = ("--cases", file(tmp_path, "cases.csv", cases), "--places", file(tmp_path, "places.csv", places))
    refused = detect("scan", *files, "--start", "2020-06-01", "--end", "2020-06-28")
    assert (refused.exit_code, why in refused.stderr) == (2, True), refused.stderr


def test_every_line_that_is_wrong_is_named_in_the_order_of_the_file(tmp_path: Path) -> None:
    places = file(tmp_path, "places.csv", PLACES)
    cases = file(
        tmp_path, "cases.csv", "place,date,count\np1,26-06-2020,1\np1,2020-06-26,NaN\nq,2020-06-26,1\n,2020-06-26,1\n"
    )
    files = ("--cases", cases, "--places", places, "--start", "2020-06-01", "--end", "2020-06-28")
    assert detect("scan", *files).stderr.splitlines() == [
        "✗ cases.csv, line 2: date is not a date like 2020-06-24",
        "✗ cases.csv, line 3: count is not a finite number",
        "✗ cases.csv, line 4: place is not among the places",
        "✗ cases.csv, line 5: place is empty",
    ]
    cases.write_text("place,date,count\n" + "q,2020-06-26,1\n" * 30)
    refused = detect("scan", *files).stderr.splitlines()
    assert (len(refused), refused[-1]) == (tables.MOST_FAULTS + 1, "✗ 10 more lines are wrong")


@pytest.mark.parametrize("replications", ["0", "-1", "10000000000"])
def test_replications_that_make_no_sense_or_fit_nowhere_are_refused(tmp_path: Path, replications: str) -> None:
    files = ("--cases", file(tmp_path, "c.csv", CASES), "--places", file(tmp_path, "p.csv", PLACES))
    asked = (*files, "--start", "2020-06-01", "--end", "2020-06-28", "--replications", replications)
    events = file(tmp_path, "e.csv", "x,y,t\n0,0,1\n1,0,2\n")
    for refused in (
        detect("scan", *asked),
        detect("knox", "--space", 2, "--time", 1, "--replications", replications, events),
    ):
        assert (refused.exit_code, "Traceback" in refused.stderr) == (2, False)
        assert "--replications" in refused.stderr


@pytest.mark.parametrize(
    "written",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("count", "Count "),
        lambda text: text.replace("count\n", "day;count\n").replace("\n", "\n;").replace("\n;day", "\nday").rstrip(";"),
        lambda text: text.replace("count\n", "day\tcount\n").replace("\n", "\n\t").rstrip("\t"),
    ],
    ids=["byte order mark", "Windows line ends", "capitals", "semicolons", "tabs"],
)
def test_a_file_is_read_as_spreadsheets_write_it(tmp_path: Path, written: Callable[[str], str]) -> None:
    plain = detect("ears", file(tmp_path, "plain.csv", COUNTS))
    path = tmp_path / "other.csv"
    path.write_bytes(written(COUNTS).encode())
    assert table(detect("ears", path)) == table(plain)


def test_decimal_commas_are_read_where_columns_are_parted_by_semicolons(tmp_path: Path) -> None:
    asked = ("--space", 2, "--time", 1)
    plain = file(tmp_path, "plain.csv", "x,y,t\n0.5,0,1\n1.5,0,2\n50,50,9\n")
    dutch = file(tmp_path, "dutch.csv", "x;y;t\n0,5;0;1\n1,5;0;2\n50;50;9\n")
    assert table(detect("knox", *asked, dutch)) == table(detect("knox", *asked, plain))


def test_what_is_too_much_for_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = file(tmp_path, "places.csv", PLACES)
    cases = file(tmp_path, "cases.csv", "place,date,count\np1,2020-06-01,900000000\np2,2020-06-01,900000000\n")
    files = ("--cases", cases, "--places", places, "--start", "2020-06-01", "--end", "2020-06-28")
    assert "at most 2000000 cases can be scanned" in detect("scan", *files).stderr
    cases.write_text("place,date,count\np1,2020-06-01,9000000000000\n")
    assert "cases.csv, line 2: count is above 1,000,000,000" in detect("scan", *files).stderr
    monkeypatch.setattr(tables, "MOST_BYTES", 10 << 20)
    counts = file(tmp_path, "counts.csv", "count\n" + "1\n" * (5 << 20))
    refused = detect("ears", counts)
    assert (refused.exit_code, "counts.csv is larger than 10 MB" in refused.stderr) == (2, True)


@pytest.mark.parametrize("first", [0, -3])
def test_positions_are_counted_from_one(tmp_path: Path, first: int) -> None:
    refused = detect("ears", "--first", first, file(tmp_path, "counts.csv", COUNTS))
    assert (refused.exit_code, f"position {first} has too few counts before it" in refused.stderr) == (2, True)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    refused = detect("ears", tmp_path / "nowhere.csv")
    assert (refused.exit_code, refused.stderr) == (2, "✗ nowhere.csv cannot be read: no such file or directory\n")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00count")
    assert "binary.csv cannot be read: it is no text in UTF-8" in detect("ears", binary).stderr
