"""Cases merged, split and told apart by hand, and each undone: nothing is lost, and grades follow what a case holds."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain import case as cases
from services.triage.domain import regrouping
from services.triage.domain.case import Actor, ClosureReason, Event, NotAllowed
from services.triage.domain.clock import StopReason, Threshold
from services.triage.domain.numbers import CaseRef
from services.triage.domain.regrouping import Decision, Filed, marks_between
from shared.situation import Site, Situation
from shared.vocabulary import Grade
from tests.triage.builders import HOUSING, MEMBER, NOON, RULES, after, signal, situation
from tests.triage.strategies import SITUATIONS

QUIET = situation(people_exposed=20, distance_not_kept=False, confirmed_infections=0)
OUTBREAK = situation(people_exposed=20, confirmed_infections=4)
GIJS = Actor("ggd-gijs", "Gijs Dijkstra", "ggd-vr06")
EVENING = after(hours=8)


def because(why: str = "Het is hetzelfde huis.", at: float = 8, who: Actor = MEMBER) -> Decision:
    return Decision(who, why, after(hours=at))


def filed(name: str, *about: Situation, at: float = 0) -> Filed:
    """A case with a signal for each situation, an hour apart."""
    first, *rest = [signal(f"{name}{n}", after(hours=at + n), one) for n, one in enumerate(about or (QUIET,), start=1)]
    case = cases.found(f"Z-2020-{name.upper()}", first, RULES, first.received_at)
    for one in rest:
        case = cases.with_signal(case, one, RULES, one.received_at)
    return Filed(name, case)


def merge(gone: Filed, stays: Filed, decision: Decision | None = None) -> tuple[Filed, Filed]:
    one, other = regrouping.merged(gone, stays, decision or because(), RULES)
    return Filed(gone.id, one), Filed(stays.id, other)


def undo(gone: Filed, stays: Filed, at: float = 9) -> tuple[Filed, Filed]:
    decision = because("Het zijn toch twee huizen.", at, GIJS)
    one, other = regrouping.merge_undone(gone, stays, decision, RULES)
    return Filed(gone.id, one), Filed(stays.id, other)


def move(origin: Filed, target: Filed, *signals: str, at: float = 8) -> tuple[Filed, Filed]:
    one, other = regrouping.moved(origin, target, signals, because("Hoort daar.", at), RULES)
    return Filed(origin.id, one), Filed(target.id, other)


def split(origin: Filed, *signals: str, at: float = 8) -> tuple[Filed, Filed]:
    part = CaseRef("p", "Z-2020-P")
    one, new = regrouping.split(origin, part, signals, because("Dit is de loods ernaast.", at), RULES)
    return Filed(origin.id, one), Filed("p", new)


def join_again(part: Filed, origin: Filed, at: float = 9) -> tuple[Filed, Filed]:
    one, other = regrouping.split_undone(part, origin, because("Toch dezelfde loods.", at), RULES)
    return Filed(part.id, one), Filed(origin.id, other)


def picture(filed: Filed) -> tuple[object, ...]:
    """What everybody is told of a case, and what it is told from."""
    case = filed.case
    clock = case.clock
    return (
        case.signals,
        case.situation,
        case.assessment,
        case.grade,
        case.override,
        case.closure,
        case.regions,
        clock and (clock.started_at, clock.started_by, clock.due_at),
    )


def ids(filed: Filed) -> list[str]:
    return [one.id for one in filed.case.signals]


def events(filed: Filed) -> list[Event]:
    return [entry.event for entry in filed.case.history]


@pytest.mark.plan("S07")
def test_a_merged_case_brings_its_signals_and_stays_readable() -> None:
    one, other = filed("a", OUTBREAK), filed("b", QUIET)
    gone, stays = merge(one, other)
    assert (ids(gone), ids(stays)) == ([], ["b1", "a1"])
    assert not gone.case.is_open
    assert (gone.case.situation, gone.case.grade) == (one.case.situation, Grade.HIGH)
    assert gone.case.merged is not None
    assert (gone.case.merged.into, gone.case.merged.by) == (stays.ref, MEMBER)
    assert (stays.case.grade, stays.case.absorbed) == (Grade.HIGH, ("a",))
    assert stays.case.is_open


def test_both_histories_say_who_merged_and_why() -> None:
    gone, stays = merge(filed("a"), filed("b"))
    for case, event, other in ((gone, Event.MERGED_AWAY, stays.ref), (stays, Event.TOOK_IN_CASE, gone.ref)):
        line = next(entry for entry in case.case.history if entry.event == event)
        assert (line.who, line.why, line.other, line.signals) == (MEMBER, "Het is hetzelfde huis.", other, ("a1",))
        assert line.at == EVENING


def test_the_worst_of_both_counts_in_the_case_that_stays() -> None:
    one = filed("a", situation(HOUSING, people_exposed=49, people_per_bedroom=4))
    other = filed("b", situation(people_exposed=60, people_with_symptoms=3))
    _, stays = merge(one, other)
    seen = stays.case.situation.observations
    assert (seen.people_exposed, seen.people_per_bedroom, seen.people_with_symptoms) == (60, 4, 3)
    assert stays.case.grade_line[-1].who == MEMBER


@pytest.mark.plan("S08")
@pytest.mark.parametrize("gone_first", [True, False])
def test_of_two_clocks_the_earlier_start_holds(gone_first: bool) -> None:
    early, late = filed("a", OUTBREAK), filed("b", OUTBREAK, at=3)
    gone, stays = merge(early, late) if gone_first else merge(late, early)
    assert stays.case.clock is not None
    assert stays.case.clock.started_at == after(hours=1)
    assert gone.case.clock is None
    assert gone.case.clocks[-1].stopped_for == StopReason.REGROUPED
    if gone_first:
        assert [clock.stopped_for for clock in stays.case.clocks] == [StopReason.REGROUPED, None]


@pytest.mark.plan("S08")
def test_a_clock_goes_on_in_a_case_that_had_none_with_what_was_told_of_it() -> None:
    early = filed("a", OUTBREAK)
    told = replace(early.case.clocks[0], escalated=(Threshold.HALF,))
    _, stays = merge(Filed("a", replace(early.case, clocks=(told,))), filed("b"))
    assert stays.case.clock is not None
    assert (stays.case.clock.started_at, stays.case.clock.escalated) == (after(hours=1), (Threshold.HALF,))
    assert Event.CLOCK_GOES_ON in events(stays)


@pytest.mark.plan("S08")
def test_a_grade_that_only_both_together_have_starts_the_clock_when_they_are_merged() -> None:
    # Neither is enough alone: 12 points for distance, 10 for cold lines, 8 for mixed vans in 500 people.
    one = filed("a", situation(people_exposed=500, distance_not_kept=True, cold_or_poorly_ventilated=True))
    other = filed("b", situation(people_exposed=500, van_mixed_households=True))
    assert {one.case.grade, other.case.grade} <= {Grade.LOW, Grade.MODERATE}
    _, stays = merge(one, other)
    assert stays.case.grade == Grade.HIGH
    assert stays.case.clock is not None
    assert stays.case.clock.started_at == EVENING


def set_by_hand(case: Filed, grade: Grade, who: Actor = GIJS) -> Filed:
    return Filed(case.id, cases.overridden(case.case, grade, "De GGD kent dit adres.", who, after(hours=4)))


def test_a_graver_grade_set_by_a_person_is_taken_over() -> None:
    one = set_by_hand(filed("a"), Grade.CRITICAL)
    gone, stays = merge(one, filed("b"))
    assert stays.case.override == one.case.override == gone.case.override
    assert stays.case.grade == Grade.CRITICAL
    assert Event.OVERRIDE_TAKEN_OVER in events(stays)


def test_a_milder_grade_set_by_a_person_does_not_hide_what_the_other_case_knows_and_stays_visible() -> None:
    one = set_by_hand(filed("a", OUTBREAK), Grade.LOW)
    _, stays = merge(one, filed("b", OUTBREAK))
    assert (stays.case.override, stays.case.grade) == (None, Grade.HIGH)
    told = next(entry for entry in stays.case.history if entry.event == Event.OVERRIDE_NOT_TAKEN_OVER)
    assert (told.grade, told.who, told.why) == (Grade.LOW, GIJS, "De GGD kent dit adres.")


def test_of_two_grades_set_by_people_the_graver_holds_and_the_other_comes_back() -> None:
    one, other = set_by_hand(filed("a"), Grade.HIGH), set_by_hand(filed("b"), Grade.MODERATE, MEMBER)
    gone, stays = merge(one, other)
    assert stays.case.override == one.case.override
    _, back = undo(gone, stays)
    assert back.case.override == other.case.override
    assert Event.OVERRIDE_GIVEN_BACK in events(back)


def test_what_a_person_set_while_they_were_merged_stays() -> None:
    gone, stays = merge(set_by_hand(filed("a"), Grade.CRITICAL), filed("b"))
    stays = set_by_hand(stays, Grade.HIGH, MEMBER)
    _, back = undo(gone, stays)
    assert back.case.override is not None
    assert back.case.override.by == MEMBER


@pytest.mark.plan("S07")
def test_a_grade_set_for_one_case_does_not_bury_a_graver_case_that_is_merged_into_it() -> None:
    grave, milder = filed("a", OUTBREAK), set_by_hand(filed("b"), Grade.MODERATE)
    gone, stays = merge(grave, milder)
    assert (stays.case.grade, stays.case.override) == (Grade.HIGH, None)
    assert stays.case.clock is not None and grave.case.clock is not None
    assert stays.case.clock.started_at == grave.case.clock.started_at
    aside = stays.case.set_aside
    assert aside is not None and (aside.override, aside.other) == (milder.case.override, gone.ref)
    told = next(entry for entry in stays.case.history if entry.event == Event.OVERRIDE_SET_ASIDE)
    assert (told.grade, told.who, told.why) == (Grade.MODERATE, GIJS, "De GGD kent dit adres.")
    _, back = undo(gone, stays)
    assert picture(back) == picture(milder)
    assert back.case.set_aside is None
    assert Event.OVERRIDE_HOLDS_AGAIN in events(back)


@pytest.mark.plan("S08")
def test_a_part_whose_clock_runs_keeps_it_when_it_is_joined_again_to_a_case_set_lower() -> None:
    origin, part = split(filed("a", QUIET, OUTBREAK), "a2")
    # What is left is graver than before it was set low again, and still not as grave as the part.
    origin = Filed("a", cases.overridden(origin.case, Grade.MODERATE, "Rustig hier.", GIJS, after(hours=8.5)))
    _, again = join_again(part, origin)
    assert again.case.grade == part.case.grade == Grade.HIGH
    assert again.case.clock is not None and part.case.clock is not None
    assert again.case.clock.started_at == part.case.clock.started_at


def test_a_graver_signal_that_is_moved_sets_a_milder_grade_aside_until_it_moves_on() -> None:
    origin, target = filed("a", QUIET, OUTBREAK), set_by_hand(filed("b"), Grade.MODERATE)
    origin_after, taken = move(origin, target, "a2")
    assert (taken.case.grade, taken.case.override) == (Grade.HIGH, None)
    left, origin_again = move(taken, origin_after, "a2", at=9)
    assert picture(left) == picture(target)
    assert picture(origin_again) == picture(origin)


def test_what_a_person_sets_after_a_graver_case_came_holds() -> None:
    gone, stays = merge(filed("a", OUTBREAK), set_by_hand(filed("b"), Grade.MODERATE))
    stays = Filed("b", cases.overridden(stays.case, Grade.LOW, "Wij waren er.", MEMBER, after(hours=8.5)))
    _, back = undo(gone, stays)
    assert back.case.override is not None and back.case.override.by == MEMBER


def test_a_graver_case_that_a_person_set_as_low_sets_nothing_aside() -> None:
    judged = set_by_hand(filed("a", OUTBREAK), Grade.LOW)
    _, stays = merge(judged, set_by_hand(filed("b"), Grade.MODERATE))
    assert (stays.case.grade, stays.case.set_aside) == (Grade.MODERATE, None)


def test_a_grade_taken_over_and_set_aside_goes_back_with_the_case_it_was_set_for() -> None:
    own = set_by_hand(filed("b"), Grade.MODERATE, MEMBER)
    first, stays = merge(set_by_hand(filed("a"), Grade.HIGH), own)
    critical = situation(people_exposed=300, confirmed_infections=9)
    second, stays = merge(filed("c", critical), stays, because(at=8.5))
    assert stays.case.grade == Grade.CRITICAL
    _, stays = undo(first, stays, at=9)
    _, stays = undo(second, stays, at=9.5)
    assert stays.case.override == own.case.override


@given(
    ones=st.lists(SITUATIONS, min_size=1, max_size=3),
    others=st.lists(SITUATIONS, min_size=1, max_size=3),
    hours=st.floats(-7, 7),
    overrides=st.tuples(st.none() | st.sampled_from(Grade), st.none() | st.sampled_from(Grade)),
    is_closed=st.booleans(),
)
def test_a_merge_and_its_undoing_leave_the_same_pictures_and_grades(
    ones: list[Situation],
    others: list[Situation],
    hours: float,
    overrides: tuple[Grade | None, Grade | None],
    is_closed: bool,
) -> None:
    one, other = filed("a", *ones, at=hours), filed("b", *others)
    one, other = [
        set_by_hand(each, grade) if grade and grade != each.case.grade else each
        for each, grade in zip((one, other), overrides, strict=True)
    ]
    if is_closed:
        closed = cases.closed(one.case, ClosureReason.UNFOUNDED, None, GIJS, after(hours=7.5))
        one = Filed("a", closed)
    gone, stays = merge(one, other)
    assert sorted([*ids(gone), *ids(stays)]) == sorted([*ids(one), *ids(other)])
    # Nothing becomes milder by merging, unless the rules say so of both together.
    gravest = max(one.case.grade.rank, other.case.grade.rank)
    assert stays.case.grade.rank >= min(gravest, stays.case.assessment.grade.rank)
    one_again, other_again = undo(gone, stays)
    assert picture(one_again) == picture(one)
    assert picture(other_again) == picture(other)
    assert other_again.case.absorbed == ()
    assert len(one_again.case.history) > len(gone.case.history) > len(one.case.history)


def test_a_grade_of_its_own_stays_though_the_other_case_bore_the_same() -> None:
    one, other = (set_by_hand(filed(name, OUTBREAK), Grade.LOW) for name in "ab")
    assert one.case.override == other.case.override
    _, other_again = undo(*merge(one, other))
    assert other_again.case.override == other.case.override
    assert Event.OVERRIDE_GIVEN_BACK not in events(other_again)


@given(st.lists(SITUATIONS, min_size=2, max_size=5), st.data())
def test_a_split_and_its_undoing_leave_the_same_picture_and_grade(about: list[Situation], data: st.DataObject) -> None:
    whole = filed("a", *about)
    some = data.draw(st.sets(st.sampled_from(ids(whole)), min_size=1, max_size=len(about) - 1))
    origin, part = split(whole, *some)
    assert Counter([*ids(origin), *ids(part)]) == Counter(ids(whole))
    gone, again = join_again(part, origin)
    assert picture(again) == picture(whole)
    assert marks_between([again], [gone]) == ()


@given(st.lists(SITUATIONS, min_size=2, max_size=4), st.lists(SITUATIONS, min_size=1, max_size=3), st.data())
def test_a_move_and_its_way_back_leave_the_same_pictures_and_grades(
    ones: list[Situation], others: list[Situation], data: st.DataObject
) -> None:
    origin, target = filed("a", *ones), filed("b", *others, at=data.draw(st.floats(-7, 4)))
    some = data.draw(st.sets(st.sampled_from(ids(origin)), min_size=1, max_size=len(ones) - 1))
    origin_after, target_after = move(origin, target, *some)
    assert Counter([*ids(origin_after), *ids(target_after)]) == Counter([*ids(origin), *ids(target)])
    target_again, origin_again = move(target_after, origin_after, *some, at=9)
    assert picture(origin_again) == picture(origin)
    assert picture(target_again) == picture(target)


class Shelf:
    """Some cases, to regroup at random."""

    def __init__(self, *cases_: Filed) -> None:
        self.cases = {one.id: one for one in cases_}
        self.hour = 8.0

    def keep(self, *after_: Filed) -> None:
        self.cases.update({one.id: one for one in after_})

    def act(self, verb: str, one: Filed, other: Filed, some: list[str]) -> None:
        self.hour += 0.25
        decision = because(at=self.hour)
        if verb == "merge":
            self.keep(*merge(one, other, decision))
        elif verb == "undo" and one.case.merged:
            self.keep(*undo(one, self.cases[one.case.merged.into.id], self.hour))
        elif verb == "split":
            part = CaseRef(f"p{self.hour}", f"Z-2020-P{self.hour}")
            origin, new = regrouping.split(one, part, some, decision, RULES)
            self.keep(Filed(one.id, origin), Filed(part.id, new))
        elif verb == "join" and one.case.split_from:
            self.keep(*join_again(one, self.cases[one.case.split_from.id], self.hour))
        elif verb == "move":
            self.keep(*move(one, other, *some, at=self.hour))


@given(st.data())
def test_whatever_is_done_every_signal_is_in_exactly_one_case_and_every_grade_follows_from_what_the_case_holds(
    data: st.DataObject,
) -> None:
    shelf = Shelf(
        filed("a", OUTBREAK, QUIET), filed("b", QUIET, situation(people_exposed=300)), filed("c", OUTBREAK, at=2)
    )
    everything = Counter(id_ for one in shelf.cases.values() for id_ in ids(one))
    for _ in range(data.draw(st.integers(1, 8))):
        one, other = (shelf.cases[data.draw(st.sampled_from(sorted(shelf.cases)))] for _ in range(2))
        some = data.draw(st.lists(st.sampled_from(ids(one)), min_size=1, unique=True)) if ids(one) else []
        before = dict(shelf.cases)
        try:
            shelf.act(data.draw(st.sampled_from(["merge", "undo", "split", "join", "move"])), one, other, some)
        except NotAllowed:
            assert shelf.cases == before
        assert Counter(id_ for one in shelf.cases.values() for id_ in ids(one)) == everything
        for each in shelf.cases.values():
            assert each.case.history[: len(before.get(each.id, each).case.history)] == (
                before.get(each.id, each).case.history
            )
            assert bool(each.case.merged) == (not each.case.signals)
            assert (each.case.clock is not None) == (each.case.is_open and each.case.grade.calls_for_visit)
            running = each.case.clock
            assert running is None or running.started_at <= after(hours=shelf.hour)


def test_a_case_that_went_is_not_merged_again_and_the_answer_says_where_it_is() -> None:
    gone, stays = merge(filed("a"), filed("b"))
    with pytest.raises(NotAllowed, match="Z-2020-A is al samengevoegd met zaak Z-2020-B, door Lena Otten"):
        merge(gone, filed("c"))
    with pytest.raises(NotAllowed, match="al samengevoegd met zaak Z-2020-B"):
        merge(filed("c"), gone)
    with pytest.raises(NotAllowed, match="niet met zichzelf"):
        merge(stays, stays)


def test_a_closed_case_takes_nothing_in_but_can_be_merged_and_come_back_closed() -> None:
    shut = Filed("a", cases.closed(filed("a").case, ClosureReason.UNFOUNDED, None, GIJS, after(hours=5)))
    with pytest.raises(NotAllowed, match="gesloten"):
        merge(filed("b"), shut)
    gone, stays = merge(shut, filed("b"))
    back, _ = undo(gone, stays)
    assert back.case.closure == shut.case.closure


def test_only_the_last_of_two_merges_can_be_undone_at_once() -> None:
    first, middle = merge(filed("a"), filed("b"))
    middle, last = merge(middle, filed("c"))
    assert last.case.absorbed == ("b", "a")
    with pytest.raises(NotAllowed, match=r"Z-2020-B is al samengevoegd met zaak Z-2020-C.*Maak eerst dat ongedaan"):
        undo(first, middle)
    middle, last = undo(middle, last)
    first, middle = undo(first, middle)
    assert [ids(first), ids(middle), ids(last)] == [["a1"], ["b1"], ["c1"]]
    assert (first.case.turn, middle.case.turn, last.case.turn) == (2, 2, 0)


def test_a_signal_that_came_by_the_address_of_the_other_case_goes_back_with_it() -> None:
    gone, stays = merge(filed("a"), filed("b"))
    came = signal("late", after(hours=8.5), OUTBREAK, came_by="a")
    stays = Filed("b", cases.with_signal(stays.case, came, RULES, after(hours=8.5)))
    back, left = undo(gone, stays)
    assert (ids(back), ids(left)) == (["a1", "late"], ["b1"])
    assert (back.case.grade, left.case.grade) == (Grade.HIGH, Grade.LOW)
    assert back.case.clock is not None
    assert back.case.clock.started_at == after(hours=8.5)


def test_what_a_person_moved_on_stays_there_when_the_merge_is_undone() -> None:
    gone, stays = merge(filed("a", QUIET, OUTBREAK), filed("b"))
    stays, elsewhere = move(stays, filed("c"), "a1", at=8.5)
    back, left = undo(gone, stays)
    assert [ids(back), ids(left), ids(elsewhere)] == [["a2"], ["b1"], ["c1", "a1"]]


def test_a_merge_is_not_undone_when_a_case_would_be_left_without_signals() -> None:
    gone, stays = merge(filed("a"), filed("b"))
    stays, _ = move(stays, filed("c"), "b1", at=8.5)
    with pytest.raises(NotAllowed, match="zonder meldingen achterblijven"):
        undo(gone, stays)
    gone, stays = merge(filed("a"), filed("b"))
    stays, _ = move(stays, filed("c"), "a1", at=8.5)
    with pytest.raises(NotAllowed, match="verder verplaatst"):
        undo(gone, stays)


def test_a_split_founds_a_case_of_its_own_that_is_told_apart() -> None:
    site = Site(postcode="7141AB", house_number="14", place="Groenlo", region="VR06")
    whole = filed("a", QUIET, replace(OUTBREAK, site=site))
    origin, part = split(whole, "a2")
    assert (ids(origin), ids(part)) == (["a1"], ["a2"])
    assert (origin.case.grade, part.case.grade) == (Grade.LOW, Grade.HIGH)
    assert part.case.situation.site == site
    assert (part.case.number, part.case.split_from) == ("Z-2020-P", origin.ref)
    assert part.case.clock is not None
    assert part.case.clock.started_at == after(hours=2)
    assert origin.case.clock is None
    assert (events(part)[0], events(origin)[-3]) == (Event.SPLIT_OFF, Event.SIGNALS_LEFT)
    assert marks_between([origin], [part])
    assert marks_between([part], [origin])


def test_a_moved_signal_takes_the_clock_that_runs_for_it_along() -> None:
    origin, target = move(filed("a", QUIET, OUTBREAK), filed("b", OUTBREAK, at=4), "a2")
    assert origin.case.clock is None
    assert target.case.clock is not None
    assert target.case.clock.started_at == after(hours=2)


def test_a_moved_signal_leaves_the_clock_where_it_runs_for_others() -> None:
    origin, target = move(filed("a", OUTBREAK, QUIET), filed("b", OUTBREAK, at=4), "a2")
    assert (origin.case.clock, target.case.clock) == (origin.case.clocks[0], target.case.clocks[0])


@pytest.mark.parametrize(
    ("chosen", "why"),
    [((), "ten minste één melding van"), (("a1", "a2"), "blijft in de zaak"), (("a1", "x"), "niet alle")],
)
def test_signals_that_cannot_leave_are_refused_with_the_reason(chosen: tuple[str, ...], why: str) -> None:
    whole = filed("a", QUIET, OUTBREAK)
    with pytest.raises(NotAllowed, match=f"(?i){why}"):
        split(whole, *chosen)
    with pytest.raises(NotAllowed, match=f"(?i){why}"):
        move(whole, filed("b"), *chosen)


def test_a_signal_moves_to_no_closed_case_and_not_to_where_it_is() -> None:
    whole = filed("a", QUIET, OUTBREAK)
    shut = Filed("b", cases.closed(filed("b").case, ClosureReason.VISITED, None, MEMBER, after(hours=5)))
    with pytest.raises(NotAllowed, match="gesloten"):
        move(whole, shut, "a1")
    with pytest.raises(NotAllowed, match="al in deze zaak"):
        move(whole, whole, "a1")


def test_worse_facts_that_come_back_reopen_a_closed_case() -> None:
    shut = Filed("a", cases.closed(filed("a").case, ClosureReason.UNFOUNDED, None, GIJS, after(hours=5)))
    gone, stays = merge(shut, filed("b"))
    worse = cases.with_supplement(stays.case, "a1", OUTBREAK, after(hours=8.5), RULES, after(hours=8.5))
    back, left = undo(gone, Filed("b", worse))
    assert back.case.is_open
    assert Event.REOPENED in events(back)
    assert back.case.clock is not None
    assert back.case.clock.started_at == after(hours=8.5)
    assert left.case.clock is None


def test_cases_told_apart_are_not_merged_until_somebody_takes_that_back() -> None:
    one, other = filed("a"), filed("b")
    apart = [
        Filed(each.id, case)
        for each, case in zip((one, other), regrouping.told_apart(one, other, because("Andere hal.")), strict=True)
    ]
    assert [events(each)[-1] for each in apart] == [Event.NOT_THE_SAME] * 2
    with pytest.raises(NotAllowed, match=r"Lena Otten \(lotc\) heeft vastgelegd .* Andere hal\."):
        regrouping.merged(*apart, because(), RULES, marks_between(apart[:1], apart[1:]))
    with pytest.raises(NotAllowed, match="al als niet hetzelfde"):
        regrouping.told_apart(apart[0], apart[1], because())
    again = [
        Filed(each.id, case)
        for each, case in zip(
            apart, regrouping.apart_no_more(apart[0], apart[1], because("Toch één hal.")), strict=True
        )
    ]
    assert marks_between(again[:1], again[1:]) == ()
    assert [events(each)[-1] for each in again] == [Event.NOT_THE_SAME_LIFTED] * 2
    with pytest.raises(NotAllowed, match="niet als verschillend"):
        regrouping.apart_no_more(again[0], again[1], because())


def test_nothing_is_told_apart_from_itself_or_from_what_is_gone() -> None:
    gone, stays = merge(filed("a"), filed("b"))
    with pytest.raises(NotAllowed, match="zichzelf"):
        regrouping.told_apart(stays, stays, because())
    with pytest.raises(NotAllowed, match="al samengevoegd"):
        regrouping.told_apart(filed("c"), gone, because())


def test_undoing_what_was_not_done_is_refused() -> None:
    with pytest.raises(NotAllowed, match="niet samengevoegd"):
        undo(filed("a"), filed("b"))
    with pytest.raises(NotAllowed, match="niet afgesplitst"):
        join_again(filed("a"), filed("b"))


def test_a_case_that_was_joined_again_can_come_back_once_more() -> None:
    origin, part = split(filed("a", QUIET, OUTBREAK), "a2")
    gone, whole = join_again(part, origin)
    again, rest = undo(gone, whole, at=10)
    assert (ids(again), ids(rest)) == (["a2"], ["a1"])
    assert again.case.clock is not None
    assert again.case.clock.started_at == after(hours=2)


def test_a_clock_that_was_set_going_anew_in_the_meantime_is_not_turned_back() -> None:
    gone, stays = merge(filed("a", OUTBREAK), filed("b"))
    calm = cases.with_supplement(stays.case, "a1", QUIET, after(hours=8.2), RULES, after(hours=8.2))
    worse = cases.with_supplement(calm, "a1", OUTBREAK, after(hours=8.6), RULES, after(hours=8.6))
    back, _ = undo(gone, Filed("b", worse))
    assert back.case.clock is not None
    assert back.case.clock.started_at == after(hours=8.6)
    assert back.case.clock.due_at - after(hours=8.6) == timedelta(hours=24)
    assert back.case.clock.started_at > NOON
