"""What was seen reads the same wherever it is shown, and unknown is never read as "no"."""

from dataclasses import fields

from shared.situation import Observations
from shared.web.observations import in_words


def test_every_observation_has_a_label() -> None:
    everything = {field.name: 1 for field in fields(Observations)}
    labels = [label for label, _ in in_words(everything)]
    assert len(set(labels)) == len(everything)


def test_no_is_said_and_unknown_is_left_out() -> None:
    seen = {"tested": None, "no_screens": False, "shared_breaks": True}
    assert in_words(seen) == [("Schermen ontbreken", "nee"), ("Gezamenlijke pauzes", "ja")]


def test_numbers_are_written_as_in_dutch() -> None:
    seen = {"people_exposed": 1657, "square_metres_per_person": 4.5, "positive": 0}
    assert [value for _, value in in_words(seen)] == ["1.657", "0", "4,5"]
