"""Answers of the form become a situation, with every fault named and nothing lost on the way."""

import re
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

import services.intake
from services.intake.domain.signal import MOST_WORDS
from services.intake.pages.answers import (
    Answers,
    Refused,
    Seal,
    faults_of_step,
    first_step_with_faults,
    pick_of,
    places_meant,
    submission,
)
from services.intake.pages.questions import Step, labels, questions_for, step_after, step_before, steps_for
from shared.contracts.reported import ReportedSituation
from shared.vocabulary import Channel, Sector, Theme
from shared.web.i18n import Translations
from shared.web.problems import Fault
from tests.intake.builders import REFERENCE, TODAY

SEAL = Seal("a secret of these tests")
LOCALES = Path(services.intake.__file__).parent / "locales"
TRANSLATIONS = Translations.load(LOCALES)
SENTENCES = " ".join(re.findall(r'"(.+)"', (LOCALES / "uk.toml").read_text("utf-8")))
"""As much as anybody writes, in a script that takes two bytes a letter."""


def answers(**typed: Any) -> Answers:
    values = {"themes": ["work"], "postcode": "7141 ab", **typed}
    return Answers("t-1", {name: [v] if isinstance(v, str) else v for name, v in values.items() if v})


def situation(**typed: Any) -> ReportedSituation:
    return submission(answers(**typed), REFERENCE, Channel.WEB).situation


def faults(step: Step, **typed: Any) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in faults_of_step(step, answers(**typed), REFERENCE, TODAY)]


@pytest.mark.plan("S22")
def test_a_whole_form_becomes_a_situation() -> None:
    made = situation(
        themes=["work", "transport"],
        name="Slachterij Voorbeeld",
        house_number="12 A",
        sector="meat",
        people_exposed="657",
        confirmed_infections="3",
        distance_kept="no",
        screens="yes",
        van_mixed_households="yes",
        van_mixed_sites="unknown",
        homes=["nl", "kreis-borken"],
        homes_elsewhere="kreis-kleve",
    )
    assert made.themes == (Theme.WORK, Theme.TRANSPORT)
    assert (made.sector, made.site.postcode, made.site.house_number) == (Sector.MEAT, "7141AB", "12a")
    seen = made.observations
    assert (seen.people_exposed, seen.confirmed_infections) == (657, 3)
    assert (seen.distance_not_kept, seen.no_screens) == (True, False)
    assert (seen.van_mixed_households, seen.van_mixed_sites) == (True, None)
    assert made.workers_live_in == ("kreis-borken", "kreis-kleve")


def test_what_is_left_open_is_unknown_and_not_no() -> None:
    assert set(situation().observations.model_dump().values()) == {None}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("~40", 40), ("ongeveer 40", 40), ("około 40 osób", 40), ("ca. 40", 40), ("40+", 40)),
        *(("+/- 40", 40), ("±40", 40), ("ca.40", 40), ("20?", 20), ("20.", 20)),
        *(("4-6", 6), ("zo'n 4 – 6 mensen", 6), ("6-4", 6), ("4 tot 6", 6), ("4 à 5", 5), ("около 4 или 5", 5)),
        *(("1.000", 1000), ("1 000", 1000), ("12,500", 12500), ("1.000.000", 1_000_000), ("1.000 - 1.500", 1500)),
    ],
)
def test_an_estimate_is_taken_as_it_weighs_more(typed: str, meant: int) -> None:
    assert faults(Step.HEALTH, people_exposed=typed) == []
    assert situation(people_exposed=typed).observations.people_exposed == meant


@pytest.mark.parametrize(("typed", "meant"), [("4,5", 4.5), (".5", 0.5), ("4-6,5 m²", 4), ("~ 7", 7), ("8.125", 8.125)])
def test_of_an_estimate_of_space_the_narrower_counts(typed: str, meant: float) -> None:
    made = situation(themes=["housing"], square_metres_per_person=typed)
    assert made.observations.square_metres_per_person == meant


@pytest.mark.parametrize(
    "typed",
    ["4 of 6", "4/5", "-5", "1e4", "4-", "1,5", "0.500", "1.00", "40 50", "٤٠", "ongeveer", "4-5-6", "about -4", "40%"],
)
def test_what_may_mean_two_things_is_asked_again(typed: str) -> None:
    assert faults(Step.HEALTH, people_exposed=typed) == [("people_exposed", "estimate")]


def test_no_more_can_be_positive_than_an_estimate_of_those_tested() -> None:
    assert faults(Step.HEALTH, tested="~10", positive="12") == [("positive", "positive")]


def test_a_known_zero_is_kept() -> None:
    assert situation(confirmed_infections="0").observations.confirmed_infections == 0


def test_answers_of_themes_that_were_unticked_later_do_not_count() -> None:
    assert situation(themes=["work"], people_per_bedroom="4").observations.people_per_bedroom is None


def test_nobody_who_gave_the_address_of_a_house_is_asked_where_people_live() -> None:
    assert step_after(Step.SEEN, [Theme.HOUSING]) is step_before(Step.CHECK, [Theme.HOUSING]) is Step.WORDS
    assert len(steps_for([Theme.HOUSING])) == len(steps_for([Theme.HOUSING, Theme.TRANSPORT])) - 1
    assert step_after(Step.SEEN, [Theme.HOUSING, Theme.TRANSPORT]) is Step.HOMES


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
def test_who_tells_of_a_van_alone_is_asked_about_a_van(language: str) -> None:
    t = TRANSLATIONS.of(language)
    van, all_themes = labels(t, [Theme.TRANSPORT]), labels(t, list(Theme))
    assert {name for name in van if van[name] != all_themes[name]} == {
        *("name", "people_exposed", "same_workers_as_outbreak")
    }
    assert all_themes == labels(t)


@pytest.mark.parametrize("theme", Theme)
def test_every_theme_has_questions_of_its_own(theme: Theme) -> None:
    asked = questions_for(Step.SEEN, [theme])
    assert asked
    assert all(theme in question.themes for question in asked)


@pytest.mark.parametrize(
    ("step", "typed", "expected"),
    [
        (Step.THEMES, {"themes": ""}, [("themes", "themes")]),
        (Step.WHERE, {"postcode": ""}, [("place", "where")]),
        (Step.WHERE, {"postcode": "", "unsure": "yes"}, []),
        (
            Step.WHERE,
            {"postcode": "71", "house_number": "x"},
            [("postcode", "postcode"), ("house_number", "house_number")],
        ),
        (Step.WHERE, {"place": "Amsterdam"}, [("place", "far_apart")]),
        (Step.WHERE, {"postcode": "", "place": "Laren"}, [("pick", "which_place")]),
        (Step.WHERE, {"postcode": "", "place": "Gronlo"}, [("pick", "which_place")]),
        (Step.WHERE, {"postcode": "", "place": "Gronlo", "pick": "other"}, []),
        (Step.WHERE, {"area": "kreis-borken", "postcode": "48683"}, []),
        (Step.WHERE, {"area": "atlantis"}, [("area", "area")]),
        (Step.WHERE, {"name": "x" * 201}, [("name", "too_long")]),
        (Step.HEALTH, {"people_exposed": "veel"}, [("people_exposed", "estimate")]),
        (Step.HEALTH, {"people_exposed": "²"}, [("people_exposed", "estimate")]),
        (Step.HEALTH, {"people_exposed": "1000001"}, [("people_exposed", "at_most")]),
        (Step.HEALTH, {"tested": "20", "positive": "21"}, [("positive", "positive")]),
        (Step.SEEN, {"themes": ["housing"], "square_metres_per_person": "8,5"}, []),
        (
            Step.SEEN,
            {"themes": ["housing"], "square_metres_per_person": "8,5,5"},
            [("square_metres_per_person", "estimate")],
        ),
        (Step.HOMES, {"homes": ["nl", "unknown", "kreis-borken"], "homes_elsewhere": "kreis-kleve"}, []),
        (Step.HOMES, {"homes": ["kreis-atlantis"]}, [("homes", "choice")]),
        (Step.HOMES, {"homes_elsewhere": "Kreis Borken"}, [("homes_elsewhere", "choice")]),
        (Step.WORDS, {"words": "x" * (MOST_WORDS + 1)}, [("words", "too_long")]),
    ],
)
def test_every_fault_of_a_step_is_named(step: Step, typed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(step, **typed) == expected


def test_a_shared_name_offers_all_places_and_takes_the_chosen_one() -> None:
    choices = places_meant(answers(postcode="", place="laren"), REFERENCE)
    lochem = next(choice for choice in choices if choice.municipality.name == "Lochem")
    site = situation(postcode="", place="laren", pick=pick_of(lochem)).site
    assert (site.place, site.municipality) == ("Laren", "Lochem")


def test_a_choice_made_for_another_place_does_not_count_any_more() -> None:
    site = situation(postcode="", place="Groenlo", pick="Laren|Lochem").site
    assert (site.place, site.municipality) == ("Groenlo", None)


def test_a_site_across_the_border_names_its_country_and_district() -> None:
    site = situation(area="prov-limburg-be", postcode="3680", place="Maaseik").site
    assert (site.country, site.district, site.place) == ("BE", "prov-limburg-be", "Maaseik")
    assert situation(area="DE", postcode="48683").site.country == "DE"


def test_made_up_choices_are_left_out() -> None:
    made = situation(homes=["kreis-atlantis", "x-y"], sector="piracy")
    assert (made.workers_live_in, made.sector) == ((), None)


def test_the_first_unfinished_step_is_found() -> None:
    assert first_step_with_faults(answers(themes=""), REFERENCE, TODAY, before=Step.CHECK) is Step.THEMES
    assert first_step_with_faults(answers(postcode=""), REFERENCE, TODAY, before=Step.CHECK) is Step.WHERE
    assert first_step_with_faults(answers(postcode=""), REFERENCE, TODAY, before=Step.WHERE) is None
    assert first_step_with_faults(answers(), REFERENCE, TODAY, before=Step.CHECK) is None


def test_a_step_sent_again_replaces_what_it_said_before() -> None:
    before = answers(house_number="12", name="Oude naam")
    form = FormData([("postcode", " 7142AA "), ("name", "")])
    after = before.with_step(Step.WHERE, form)
    assert dict(after.typed) == {"themes": ["work"], "postcode": ["7142AA"]}


@given(st.dictionaries(st.sampled_from(["words", "name", "place"]), st.lists(st.text(), min_size=1)))
def test_sealed_answers_open_as_they_were(typed: dict[str, list[str]]) -> None:
    assert SEAL.open(SEAL.close(Answers("t-1", typed))) == Answers("t-1", typed)


def test_sealed_answers_keep_why_a_step_was_refused() -> None:
    faults = [Fault("pictures", code="picture_many", values={"limit": 6}), Fault("pictures", code="picture_kind")]
    told = replace(answers(), offered=(("address/1", "Weg 1"),), refused=Refused(Step.WORDS, tuple(faults), warns=True))
    assert SEAL.open(SEAL.close(told)) == told


def test_a_form_that_an_older_version_sealed_opens_after_an_upgrade() -> None:
    older = SEAL._fernet.encrypt(zlib.compress(b'["t-1", {"themes": ["work"]}]')).decode()
    assert SEAL.open(older) == Answers("t-1", {"themes": ["work"]})


@pytest.mark.parametrize("sealed", ["", "x", Seal("another secret").close(answers())])
def test_what_we_did_not_seal_does_not_open(sealed: str) -> None:
    assert SEAL.open(sealed) is None


def test_sealed_answers_show_nothing_and_fit_a_cookie_at_full_length() -> None:
    told = answers(words=SENTENCES[:MOST_WORDS], name="Slachterij Voorbeeld")
    assert len(told.value("words")) == MOST_WORDS
    assert "Voorbeeld" not in SEAL.close(told)
    assert SEAL.fits(told)


def test_of_words_that_hardly_shrink_it_is_known_how_many_would_fit() -> None:
    chance = Random(1)
    signs = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(MOST_WORDS))
    told = answers(words=signs)
    assert not SEAL.fits(told)
    most = SEAL.most_words(told)
    assert SEAL.fits(answers(words=signs[:most]))
    assert not SEAL.fits(answers(words=signs[: most + 100]))


def test_steps_lead_forward_and_back_and_stop_at_the_ends() -> None:
    assert step_after(Step.THEMES, [Theme.WORK]) is Step.WHERE
    assert step_before(Step.WHERE, [Theme.WORK]) is Step.THEMES
    assert step_before(Step.THEMES, []) is Step.THEMES
    assert step_after(Step.CHECK, []) is Step.CHECK


def test_what_a_paste_brings_along_is_left_out_of_a_field() -> None:
    form = FormData([("name", "De\0 Zon\nVenlo"), ("place", "\0"), ("words", "Een\nTwee\0")])
    typed = Answers.none_yet().with_step(Step.WHERE, form).with_step(Step.WORDS, form)
    assert (typed.value("name"), typed.value("place"), typed.value("words")) == ("De Zon Venlo", "", "Een\nTwee")
