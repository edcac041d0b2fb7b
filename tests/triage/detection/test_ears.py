"""EARS C1, C2 and C3 as R's surveillance computes them."""

import json
import math
import shutil
import subprocess
from functools import cache
from random import Random
from statistics import NormalDist, mean, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.detection.ears import Method, Verdict, ears, first_position

SALM_NEWPORT = [5, 3, 1, 1, 1, 3, 3, 1, 2, 1, 0, 3, 3, 3, 1, 0, 0, 0]
"""Germany, counts per week: nine before ISO year 2011, nine of it (Robert Koch Institute, SurvStat)."""

R_PROGRAM = """
suppressMessages(library(surveillance))
for (line in readLines(file("stdin"))) {
  p <- strsplit(line, "|", fixed = TRUE)[[1]]
  x <- as.numeric(strsplit(p[5], ",", fixed = TRUE)[[1]])
  s <- sts(observed = x, epoch = seq_along(x), frequency = 52)
  control <- list(method = p[1], baseline = as.integer(p[2]), alpha = as.numeric(p[3]), minSigma = as.numeric(p[4]))
  r <- earsC(s, control = control)
  cat(paste(sprintf("%.15g", upperbound(r)), collapse = ","), "|", paste(as.integer(alarms(r)), collapse = ","), "\\n")
}
"""

series = st.lists(st.integers(0, 50), min_size=16, max_size=40)


@cache
def r_has_surveillance() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(surveillance)"], capture_output=True).returncode == 0


@pytest.mark.plan("S02")
def test_the_published_bounds_come_out() -> None:
    verdicts = ears(SALM_NEWPORT, Method.C1, alpha=0.05, first=10, last=13)
    bounds = [verdict.upper and round(verdict.upper, 6) for verdict in verdicts]
    assert bounds == [3.278854, 3.278854, 3.436517, 3.855617]


def test_c1_compares_with_the_counts_before_and_c2_with_those_three_earlier() -> None:
    z = NormalDist().inv_cdf(0.999)
    (c1,) = ears(SALM_NEWPORT[:12], Method.C1, first=12)
    (c2,) = ears(SALM_NEWPORT[:12], Method.C2, first=12)
    assert c1.upper == pytest.approx(mean(SALM_NEWPORT[4:11]) + z * stdev(SALM_NEWPORT[4:11]))
    assert c2.upper == pytest.approx(mean(SALM_NEWPORT[2:9]) + z * stdev(SALM_NEWPORT[2:9]))


def test_nothing_but_zeros_raises_no_alarm_and_the_first_case_after_them_does() -> None:
    assert ears([0] * 8, Method.C1) == [Verdict(8, 0, 0.0, False)]
    assert ears([0] * 7 + [1], Method.C1) == [Verdict(8, 1, 0.0, True)]


def test_where_nothing_can_be_said_nothing_is_said() -> None:
    counts = [1, 2, None, 4, 5, 6, 7, 8, 9, 10, None]
    assert [verdict.alarm for verdict in ears(counts, Method.C1)] == [None, None, None, None]
    assert ears([2] * 12, Method.C3) == [Verdict(12, 2, None, None)]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"baseline": 2}, "at least 3"),
        ({"alpha": 1.5}, "between 0 and 1"),
        ({"first": 7}, "the first that can be judged is 8"),
        ({"last": 99}, "position 99 lies behind them"),
        ({"first": 10, "last": 9}, "nothing to judge"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_reason(asked: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ears(SALM_NEWPORT, Method.C1, **asked)


@given(series, st.integers(1, 20))
def test_a_constant_more_of_everything_moves_the_bounds_of_c1_and_c2_by_as_much(counts: list[int], more: int) -> None:
    for method in (Method.C1, Method.C2):
        before, after = ears(counts, method), ears([count + more for count in counts], method)
        for low, high in zip(before, after, strict=True):
            assert high.upper == pytest.approx((low.upper or 0.0) + more)


@given(series, st.sampled_from(Method))
def test_a_lower_alpha_never_gives_more_alarms(counts: list[int], method: Method) -> None:
    strict, loose = ears(counts, method, alpha=0.001), ears(counts, method, alpha=0.05)
    assert all(not one.alarm or other.alarm for one, other in zip(strict, loose, strict=True))


@given(series, st.sampled_from(Method))
def test_what_comes_later_changes_no_verdict(counts: list[int], method: Method) -> None:
    assert ears([*counts, 1000], method)[:-1] == ears(counts, method)


@pytest.mark.plan("S02")
@pytest.mark.skipif(not r_has_surveillance(), reason="needs R with the package surveillance")
def test_every_series_gets_the_verdicts_of_the_r_package() -> None:
    asked = list(_random_questions(150))
    lines = "\n".join("|".join(map(str, (*question[:4], ",".join(_as_r(question[4]))))) for question in asked)
    answered = subprocess.run(["Rscript", "-e", R_PROGRAM], input=lines, capture_output=True, text=True, check=True)
    answers = answered.stdout.splitlines()
    for (method, baseline, alpha, sigma, counts), line in zip(asked, answers, strict=True):
        uppers, alarms = ([word.strip() for word in part.split(",")] for part in line.split("|"))
        ours = ears(counts, method, baseline=baseline, alpha=alpha, least_sigma=sigma)
        assert [verdict.alarm for verdict in ours] == [{"1": True, "0": False}.get(word) for word in alarms], counts
        for verdict, word in zip(ours, uppers, strict=True):
            theirs = math.nan if word in ("NA", "NaN") else float(word)
            assert json.dumps(verdict.upper is None) == json.dumps(math.isnan(theirs)), (counts, verdict, word)
            assert verdict.upper is None or verdict.upper == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def _random_questions(many: int) -> Any:
    random = Random(2020)
    for _ in range(many):
        method, baseline = random.choice(list(Method)), random.choice([3, 5, 7, 7, 7, 10])
        top = random.choice([0, 1, 3, 20, 500])
        counts: list[int | None] = [random.randint(0, top) for _ in range(first_position(method, baseline) + 12)]
        if random.random() < 0.3:
            counts[random.randrange(len(counts))] = None
        yield method, baseline, random.choice([0.001, 0.025, 0.05]), random.choice([0, 0, 0.5]), counts


def _as_r(counts: list[int | None]) -> list[str]:
    return ["NA" if count is None else str(count) for count in counts]
