"""What a reporter sees again on the private page, and what becomes of it when it is sent back."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from services.intake.pages.answers import Answers, observed, typed_observations
from shared.situation import Observations
from shared.vocabulary import Theme

COUNTS = st.none() | st.integers(0, 100_000)
FLAGS = st.none() | st.booleans()
SEEN = st.builds(
    Observations,
    people_exposed=COUNTS,
    confirmed_infections=COUNTS,
    sick_people_at_work=FLAGS,
    distance_not_kept=FLAGS,
    no_screens=FLAGS,
    people_per_bedroom=COUNTS,
    square_metres_per_person=st.none() | st.integers(0, 400).map(lambda quarters: quarters / 4),
    no_room_to_isolate=FLAGS,
    van_mixed_sites=FLAGS,
    linked_sites=COUNTS,
)


@given(SEEN)
def test_a_page_sent_back_unchanged_changes_nothing(known: Observations) -> None:
    answers = Answers("", {"themes": list(Theme), **typed_observations(known)})
    assert observed(answers, known) == known


def test_what_is_emptied_is_unknown_again_and_what_was_not_asked_stays() -> None:
    known = Observations(people_exposed=120, people_per_bedroom=4, linked_sites=2)
    after = observed(Answers("", {"themes": ["work"]}), known)
    assert {name for name, value in asdict(after).items() if value is not None} == {
        "people_per_bedroom",
        "linked_sites",
    }
