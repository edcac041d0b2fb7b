"""What may never move a grade: whoever reports, by which door, from where and about whom, the case is graded alike."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.case import found, with_signal
from services.triage.domain.merging import CaseSignal
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Channel, Sector, Theme
from tests.triage.builders import NOON, RULES, signal

counts = st.none() | st.integers(0, 300)
told = st.none() | st.booleans()
names = st.none() | st.text(max_size=20)
sites = st.builds(
    Site,
    name=names,
    postcode=names,
    house_number=names,
    place=names,
    municipality=names,
    region=st.none() | st.sampled_from(["VR01", "VR06"]),
    country=st.sampled_from(["NL", "DE", "BE", "PL"]),
    district=st.none() | st.just("kreis-borken"),
)
what_counts = st.builds(
    Observations,
    people_exposed=counts,
    confirmed_infections=counts,
    people_with_symptoms=counts,
    distance_not_kept=told,
    people_per_bedroom=counts,
    van_mixed_households=told,
)
signals = st.builds(
    lambda seen, themes, sector: signal(about=Situation(tuple(themes), sector, Site(), seen)),
    what_counts,
    st.lists(st.sampled_from(list(Theme)), min_size=1, unique=True),
    st.none() | st.sampled_from(list(Sector)),
)


@pytest.mark.plan("S22")
@settings(max_examples=60, deadline=None)
@given(
    one=signals,
    site=sites,
    live_in=st.lists(st.sampled_from(["kreis-borken", "kreis-kleve"]), max_size=2),
    channel=st.sampled_from(list(Channel)),
    party=names,
    vans=counts,
    day=st.none() | st.dates(),
)
def test_changing_any_of_what_may_never_count_changes_nothing(
    one: CaseSignal,
    site: Site,
    live_in: list[str],
    channel: Channel,
    party: str | None,
    vans: int | None,
    day: date | None,
) -> None:
    seen = replace(one.situation.observations, vans_checked=vans, vans_in_breach=vans)
    about = replace(one.situation, site=site, workers_live_in=tuple(live_in), observations=seen, observed_on=day)
    other = replace(one, id="s2", channel=channel, party=party, situation=about, dataref="https://elsewhere.example")
    plain, changed = found("Z-1", one, RULES, NOON), found("Z-2", other, RULES, NOON)
    assert plain.assessment == changed.assessment


@settings(max_examples=30, deadline=None)
@given(one=signals, times=st.integers(2, 5))
def test_the_number_of_reports_changes_nothing(one: CaseSignal, times: int) -> None:
    case = once = found("Z-1", one, RULES, NOON)
    for number in range(times):
        case = with_signal(case, replace(one, id=f"again-{number}"), RULES, NOON)
    assert case.assessment == once.assessment
