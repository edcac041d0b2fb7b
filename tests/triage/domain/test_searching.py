"""A case is found by any of its words, however they are written."""

import re

import pytest

from services.triage.domain import case as cases
from services.triage.domain.searching import patterns, words_of
from shared.situation import Site
from tests.triage.builders import NOON, RULES, signal, situation

NAME = "Öztürk & Yıldız Vleesverwerking B.V."
SITE = Site(NAME, "7141AB", "12a", "Groenlo", "Oost Gelre", "VR06", registration="12345678")


def found(typed: str, site: Site = SITE) -> bool:
    words = words_of(cases.found("Z-2026-XSWCVX", signal(about=situation(site=site)), RULES, NOON))
    asked = patterns(typed)
    return bool(asked) and all(re.search(pattern, words) for pattern in asked)


@pytest.mark.parametrize(
    "typed",
    [
        "Öztürk", "ozturk", "oztürk", "YILDIZ", "yildız", "verwerking", "groenlo ozturk", "bv", "B.V. groenlo",
        "7141 AB", "7141ab", "7141", "7141ab 12", "7141 AB 12 A", "gelre, 7141", "12345678",
        "Z-2026-XSWCVX", "z2026xswcvx", "2026-xswcvx", "xswcvx", "swcv",
    ],
)  # fmt: skip
def test_a_case_is_found_by_words_anywhere_without_marks_case_or_spaces(typed: str) -> None:
    assert found(typed)


@pytest.mark.parametrize("typed", ["ozturk wehl", "7141 AC", "41ab 12b", "141", ".*", "[a-z]", "(?i)x|.", "  ", "–"])
def test_it_is_not_found_by_what_it_is_not_and_nothing_typed_is_an_expression(typed: str) -> None:
    assert not found(typed)


def test_a_site_of_which_nothing_is_known_is_found_by_its_number() -> None:
    assert found("xswcvx", Site())
    assert not found("groenlo", Site())
