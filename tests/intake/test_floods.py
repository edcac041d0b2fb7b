"""What a flood looks like is noticed, from keyed hashes of the last hour, and refuses nothing."""

from uuid import uuid4

from services.intake.domain.signal import Mark
from services.intake.floods import AN_HOUR, AT_ONCE, REMEMBERED_SECONDS, Floods
from services.intake.sources import Source

PHONE, OTHER = Source(b"phone"), Source(b"other")
WORDS = "Wij slapen met acht mensen op een kamer"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def marks(floods: Floods, source: Source = PHONE, words: str = "", ticket: str = "") -> list[Mark]:
    return list(floods.marks_of(source, ticket or str(uuid4()), words))


def test_many_from_one_source_are_marked_and_those_of_others_are_not() -> None:
    floods = Floods(Clock())
    assert [marks(floods) for _ in range(AT_ONCE)] == [[]] * AT_ONCE
    assert marks(floods) == [Mark.MANY_FROM_ONE_SOURCE]
    assert marks(floods, OTHER) == []


def test_in_an_hour_a_source_is_as_before_and_a_steady_few_are_never_marked() -> None:
    clock = Clock()
    floods = Floods(clock)
    for _ in range(AT_ONCE + 5):
        marks(floods)
    clock.now += REMEMBERED_SECONDS
    assert [marks(floods) for _ in range(AT_ONCE)] == [[]] * AT_ONCE
    steady = Floods(clock)
    for _ in range(100):
        assert marks(steady) == []
        clock.now += REMEMBERED_SECONDS / AN_HOUR


def test_who_signed_in_or_showed_a_good_token_is_no_flood() -> None:
    floods, hotline = Floods(Clock()), Source(b"hotline", vouched=True)
    assert [marks(floods, hotline) for _ in range(AT_ONCE * 3)] == [[]] * (AT_ONCE * 3)


def test_the_same_words_in_another_signal_are_marked_wherever_they_come_from() -> None:
    floods = Floods(Clock())
    assert marks(floods, PHONE, WORDS, "a") == []
    assert marks(floods, OTHER, f"  {WORDS.upper()}\n", "b") == [Mark.SAME_WORDS]
    assert marks(floods, OTHER, WORDS + " en in de gang", "c") == []


def test_the_same_form_sent_twice_and_short_words_are_nothing_special() -> None:
    floods = Floods(Clock())
    assert marks(floods, PHONE, WORDS, "a") == marks(floods, PHONE, WORDS, "a") == []
    assert marks(floods, PHONE, "te druk", "b") == marks(floods, PHONE, "te druk", "c") == []


def test_an_hour_later_the_same_words_are_new() -> None:
    clock = Clock()
    floods = Floods(clock)
    marks(floods, PHONE, WORDS, "a")
    clock.now += REMEMBERED_SECONDS + 1
    assert marks(floods, PHONE, WORDS, "b") == []
    assert marks(floods, PHONE, WORDS, "c") == [Mark.SAME_WORDS]


def test_nothing_readable_is_remembered() -> None:
    floods = Floods(Clock())
    marks(floods, PHONE, WORDS, "a")
    assert "slapen" not in repr(vars(floods)).casefold()
