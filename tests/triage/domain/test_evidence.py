"""Each factor of a grade names the signals that tell it."""

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.assessing import assessed
from services.triage.domain.evidence import evidence
from services.triage.domain.merging import CaseSignal
from shared.situation import Situation
from shared.vocabulary import Sector
from tests.triage.builders import HOUSING, NOON, RULES, TRANSPORT, WORK, after, signal, situation
from tests.triage.strategies import SITUATIONS


def told(*signals: CaseSignal) -> dict[str, list[str]]:
    return {factor: [one.id for one in found] for factor, found in evidence(signals, RULES).items()}


def test_a_factor_rests_on_the_signal_that_tells_its_fact_and_on_no_other() -> None:
    plant = signal("plant", about=situation(WORK, sector=Sector.MEAT, confirmed_infections=2, distance_not_kept=True))
    house = signal("house", about=situation(HOUSING, confirmed_infections=9, people_per_bedroom=4))
    assert told(plant, house) == {
        "infections": ["house"],
        "no_distance": ["plant"],
        "sector": ["plant"],
        "crowded_bedroom": ["house"],
    }


def test_signals_that_tell_the_same_are_named_all() -> None:
    one, other = (signal(name, about=situation(sick_people_at_work=True)) for name in ("one", "other"))
    no = signal("no", about=situation(sick_people_at_work=False))
    assert told(one, no, other) == {"sick_at_work": ["one", "other"]}


def test_a_fact_that_takes_two_signals_rests_on_both() -> None:
    screens, breaks = (
        signal("screens", about=situation(no_screens=True)),
        signal("b", about=situation(shared_breaks=True)),
    )
    assert told(screens, breaks) == {"no_screens_or_shared_breaks": ["screens", "b"]}


def test_what_was_withdrawn_or_is_too_long_ago_is_no_evidence() -> None:
    ill = situation(TRANSPORT, confirmed_infections=3, van_mixed_households=True)
    gone = signal("gone", about=ill, withdrawn_at=after(hours=1))
    assert told(gone, signal("s", about=situation(no_room_to_isolate=True))) == {"no_room_to_isolate": ["s"]}
    assert told(signal("old", NOON, ill), signal("new", after(days=30))) == {"van_mixed_households": ["old"]}


@given(st.lists(SITUATIONS, min_size=1, max_size=4))
def test_every_factor_that_counts_rests_on_a_signal_of_the_case(seen: list[Situation]) -> None:
    signals = [signal(f"s{n}", after(minutes=15 * n), one) for n, one in enumerate(seen)]
    _, found = assessed(signals, RULES, None)
    rests = evidence(signals, RULES)
    assert rests.keys() == {factor.factor for factor in found.factors}
    assert all(rests.values())
