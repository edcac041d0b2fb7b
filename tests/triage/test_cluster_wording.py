"""A detected cluster in words: what it is about, where and when, how many, and how seldom."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.triage.cluster_wording import ClusterWording
from services.triage.domain.detection.watch import DetectedCluster
from shared.reference.tables import read_tables
from shared.vocabulary import Theme

WORDS = ClusterWording({area.postcode or "": area for area in read_tables().areas})
FOUND = DetectedCluster(
    theme=Theme.WORK,
    centre="7141",
    places=("7141", "7131"),
    radius_metres=2_412.0,
    start=date(2020, 6, 22),
    end=date(2020, 6, 26),
    observed=1204,
    expected=3.44,
    log_likelihood_ratio=9.0,
    p=0.004,
    recurrence_days=250.0,
    members=(),
    detected_at=datetime(2020, 6, 26, 9, tzinfo=UTC),
)


def test_a_cluster_is_said_as_people_say_it() -> None:
    assert WORDS.title(FOUND) == (
        "Werken rond Groenlo, Oost Gelre, maandag 22 juni 2020 tot en met vrijdag 26 juni 2020"
    )
    assert WORDS.counted(FOUND) == "1.204 zaken, verwacht 3,4"
    assert WORDS.reach(FOUND) == "binnen 2,4 km van postcode 7141"
    assert WORDS.rarity(FOUND) == "bij toeval eens in 250 dagen (p = 0,004)"


def test_one_postcode_and_one_day_are_said_as_one() -> None:
    one = replace(FOUND, radius_metres=0.0, start=FOUND.end)
    assert WORDS.reach(one) == "binnen postcode 7141"
    assert WORDS.title(one).endswith("Oost Gelre, vrijdag 26 juni 2020")


def test_the_rarest_that_can_be_told_is_no_more_than_a_bound() -> None:
    rarest = replace(FOUND, p=0.001, recurrence_days=1000.0)
    assert WORDS.rarity(rarest) == "bij toeval hoogstens eens in 1.000 dagen (p hoogstens 0,001)"
