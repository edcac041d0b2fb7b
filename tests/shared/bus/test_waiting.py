"""The age of the oldest record not taken in: never more than is known, and never nothing while one waits."""

from shared.bus.waiting import Waiting

PLACE = ("t", 0)


def test_nothing_waits_where_everything_is_taken_in() -> None:
    waiting = Waiting()
    waiting.saw_end(PLACE, 5, now=100)
    waiting.polled(PLACE, 0, sent=90)
    assert waiting.age({PLACE: 5}, now=200) == 0


def test_a_polled_record_waits_since_it_was_sent() -> None:
    waiting = Waiting()
    waiting.saw_end(PLACE, 10, now=100)
    waiting.polled(PLACE, 0, sent=40)
    waiting.polled(PLACE, 5, sent=70)
    assert waiting.age({PLACE: 0}, now=101) == 61
    assert waiting.age({PLACE: 5}, now=101) == 31


def test_a_record_that_was_never_polled_waits_since_the_partition_reached_beyond_it() -> None:
    """A deaf consumer polls nothing."""
    waiting = Waiting()
    waiting.saw_end(PLACE, 3, now=100)
    waiting.saw_end(PLACE, 4, now=105)
    waiting.saw_end(PLACE, 4, now=110)
    assert waiting.age({PLACE: 3}, now=120) == 15


def test_progress_leaves_only_what_came_later() -> None:
    """At a steady pace there is always a lag, and never an old record."""
    waiting = Waiting()
    for moment in range(1000):
        waiting.saw_end(PLACE, moment + 2, now=moment)
        waiting.polled(PLACE, moment, sent=moment + 0.5)
        assert waiting.age({PLACE: moment}, now=moment + 1) <= 2


def test_a_moment_rounded_to_the_quarter_counts_from_its_end() -> None:
    waiting = Waiting()
    waiting.polled(PLACE, 0, sent=900)
    assert waiting.age({PLACE: 0}, now=1810) == 10


def test_a_partition_that_another_reads_is_forgotten() -> None:
    waiting = Waiting()
    waiting.polled(PLACE, 0, sent=1)
    waiting.saw_end(PLACE, 9, now=1)
    waiting.forget(PLACE)
    assert waiting.age({PLACE: 0}, now=500) == 0


def test_the_oldest_of_all_partitions_counts() -> None:
    waiting = Waiting()
    waiting.polled(PLACE, 0, sent=50)
    waiting.polled(("t", 1), 0, sent=20)
    assert waiting.age({PLACE: 0, ("t", 1): 0}, now=100) == 80
