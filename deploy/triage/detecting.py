"""`brandmeester triage detect`: EARS, the space-time scan and the Knox test over CSV files, answered as CSV."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.triage.tables import BadTable, Row, each, rows
from services.triage.domain.detection.ears import Method, ears
from services.triage.domain.detection.knox import knox
from services.triage.domain.detection.scan import Cases, Cluster, Limits, Place, scan

app = typer.Typer(help=__doc__, no_args_is_help=True)

Table = Annotated[Path, typer.Argument(help="a CSV file", show_default=False)]
DAY = "%Y-%m-%d"

METRES_PER_KM = 1000
MOST_REPLICATIONS = 1_000_000
"""More tell nothing more of p, and each is kept."""

COUNTS = ("count",)
ON_GLOBE = ("place", "lat", "lon")
IN_PLANE = ("place", "x", "y")
CASES = ("place", "date", "count")
EVENTS = ("x", "y", "t")
VERDICTS = ("position", "count", "upper", "alarm")
CLUSTERS = (
    "cluster",
    "centre",
    "places",
    "radius_km",
    "start",
    "end",
    "observed",
    "expected",
    "log_likelihood_ratio",
    "p",
    "recurrence_interval",
)
KNOX = ("close_pairs", "expected", "p", "p_permutation")


@app.command("ears")
def detect_ears(
    counts: Table,
    method: Annotated[Method, typer.Option(case_sensitive=False, metavar="C1|C2|C3", help="which bound")] = Method.C1,
    baseline: Annotated[int, typer.Option(help="how many counts to compare with")] = 7,
    alpha: Annotated[float | None, typer.Option(help="0.001, for C3 0.025, if not given")] = None,
    first: Annotated[
        int | None,
        typer.Option(help="first count to judge, by its position in the file from 1"),
    ] = None,
    last: Annotated[
        int | None, typer.Option(help="last count to judge, by its position; the last of the file if not given")
    ] = None,
    min_sigma: Annotated[float, typer.Option(min=0, help="least standard deviation to reckon with")] = 0,
) -> None:
    """Print position,count,upper,alarm of a file with one column `count`; a count may be missing (empty or NA).

    One line of the file is one day or week, in order; position 1 is the line below the heading. `upper` is the bound
    above which a count is an alarm, NA where it cannot be told.

    Example: brandmeester triage detect ears counts.csv --method C2 --first 20 --last 40
    """
    with _refusals():
        _, lines = rows(counts, COUNTS)
        series = each(lines, lambda line: line.count_or_missing("count"))
        verdicts = ears(series, method, baseline=baseline, alpha=alpha, first=first, last=last, least_sigma=min_sigma)
    _print(
        VERDICTS,
        ((verdict.position, *map(_cell, (verdict.count, verdict.upper, verdict.alarm))) for verdict in verdicts),
    )


@app.command("scan")
def detect_scan(
    cases: Annotated[Path, typer.Option(help="CSV with place,date,count, such as Groenlo,2020-06-24,3")],
    places: Annotated[Path, typer.Option(help="CSV with place,lat,lon in degrees or place,x,y in metres")],
    start: Annotated[
        datetime, typer.Option(formats=[DAY], metavar="DATE", help="first day of the study period, such as 2020-06-01")
    ],
    end: Annotated[datetime, typer.Option(formats=[DAY], metavar="DATE", help="last day of it; a cluster ends then")],
    max_km: Annotated[float, typer.Option(min=0, help="largest radius of a cluster")] = 3,
    max_days: Annotated[int, typer.Option(min=1, help="longest time of a cluster, up to the end")] = 7,
    min_cases: Annotated[int, typer.Option(min=1, help="fewest cases that make a cluster")] = 3,
    replications: Annotated[
        int, typer.Option(min=1, max=MOST_REPLICATIONS, help="how often dates are dealt out anew")
    ] = 999,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same p")] = 1,
) -> None:
    """Print the clusters at the end of the study period, likeliest first; places of a cluster are parted by `;`.

    Space-time permutation scan after Kulldorff (2005). The recurrence interval is in days, for a daily analysis.

    Columns: cluster (1 is the likeliest), centre (the place in its middle), places, radius_km, start and end (days),
    observed and expected (cases), log_likelihood_ratio, p (by dealing out the dates anew), recurrence_interval (days).

    Example: brandmeester triage detect scan --cases cases.csv --places places.csv --start 2020-06-01 --end 2020-06-28
    """
    with _refusals():
        on_globe, there = _places(places)
        known = _cases(cases, {place.name for place in there})
        limits = Limits(max_km * METRES_PER_KM, max_days, min_cases, replications, seed)
        first, last = start.date(), end.date()
        found = scan(there, known, first, last, limits, on_globe=on_globe)
    _tell_left_out(known, first, last)
    _print(CLUSTERS, ((number, *_cluster(cluster)) for number, cluster in enumerate(found, start=1)))


@app.command("knox")
def detect_knox(
    events: Table,
    space: Annotated[float, typer.Option(min=0, help="how far apart is close, in the unit of x and y")],
    time: Annotated[float, typer.Option(min=0, help="how long apart is close, in the unit of t")],
    replications: Annotated[
        int, typer.Option(min=1, max=MOST_REPLICATIONS, help="how often times are dealt out anew")
    ] = 999,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same p_permutation")] = 1,
) -> None:
    """Print close_pairs,expected,p,p_permutation of a file with x,y,t.

    `p` is that of more pairs by the Poisson approximation, as R's surveillance and PySAL's pointpats give it;
    `p_permutation` that of as many or more when the times are dealt out anew. One line of the file is one case.

    Example: brandmeester triage detect knox events.csv --space 1000 --time 7
    """
    with _refusals():
        _, lines = rows(events, EVENTS)
        known = each(lines, lambda line: (line.number("x"), line.number("y"), line.number("t")))
        found = knox(
            [(x, y) for x, y, _ in known],
            [t for _, _, t in known],
            space=space,
            time=time,
            permutations=replications,
            seed=seed,
        )
    _print(KNOX, [(found.close_pairs, *map(_cell, (found.expected, found.p, found.p_by_permutation)))])


def _places(file: Path) -> tuple[bool, list[Place]]:
    columns, lines = rows(file, ON_GLOBE, IN_PLANE)
    on_globe = columns == ON_GLOBE
    most = (90.0, 180.0) if on_globe else (float("inf"), float("inf"))
    names: set[str] = set()

    def place(line: Row) -> Place:
        name = line.text("place")
        line.check(name not in names, "place", "is listed twice")
        names.add(name)
        one, other = (line.number(column, -top, top) for column, top in zip(columns[1:], most, strict=True))
        return Place(name, (one, other))

    return on_globe, each(lines, place)


def _cases(file: Path, places: set[str]) -> list[Cases]:
    def case(line: Row) -> Cases:
        name = line.text("place")
        line.check(name in places, "place", "is not among the places")
        return Cases(name, line.day("date"), line.count("count"))

    return each(rows(file, CASES)[1], case)


def _cluster(cluster: Cluster) -> Sequence[Any]:
    return (
        cluster.centre,
        ";".join(cluster.places),
        _cell(cluster.radius_metres / METRES_PER_KM),
        cluster.start,
        cluster.end,
        cluster.observed,
        *map(_cell, (cluster.expected, cluster.log_likelihood_ratio, cluster.p, cluster.recurrence_days)),
    )


def _tell_left_out(cases: Sequence[Cases], first: date, last: date) -> None:
    outside = sum(case.count for case in cases if not first <= case.day <= last)
    if outside:
        typer.echo(f"{outside} cases lie outside {first} to {last} and do not count.", err=True)


def _cell(value: float | bool | None) -> str:
    """A value in writing that R, pandas and people read alike."""
    if value is None:
        return "NA"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else format(value, ".10g")


def _print(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (BadTable, ValueError) as refusal:
        for fault in refusal.args:
            typer.echo(f"✗ {fault}", err=True)
        raise typer.Exit(2) from None
