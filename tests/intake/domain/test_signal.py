"""Who may read what a reporter wrote, by which door a signal came, and taking it back."""

import pytest

from services.intake.domain.signal import NotAllowed, Status, channel_of, may_read_words, withdraw
from shared.vocabulary import Channel
from tests.intake.builders import QUARTER, signal


@pytest.mark.parametrize(
    ("organisation", "operator", "channel"),
    [
        (None, False, Channel.WEB),
        ("hotline", True, Channel.HOTLINE),
        ("vr06", False, Channel.REGION),
        ("iszw", False, Channel.MEMBER),
    ],
)
@pytest.mark.plan("S22")
def test_the_door_follows_from_who_hands_in(organisation: str | None, operator: bool, channel: Channel) -> None:
    assert channel_of(organisation, operator) is channel


@pytest.mark.parametrize(
    ("organisation", "region", "allowed"),
    [
        ("lotc", None, True),
        ("vr06", "VR06", True),
        ("ggd-vr06", "VR06", True),
        ("vr23", "VR23", False),
        ("iszw", None, False),
    ],
)
def test_only_the_region_concerned_and_lotc_read_words(organisation: str, region: str | None, allowed: bool) -> None:
    assert may_read_words(organisation, region, signal("VR06")) is allowed


def test_without_a_region_only_lotc_reads_words() -> None:
    assert may_read_words("lotc", None, signal(None))
    assert not may_read_words("iszw", None, signal(None))


def test_withdrawing_keeps_the_facts_and_drops_the_words() -> None:
    before = signal()
    after = withdraw(before, QUARTER)
    assert (after.status, after.has_words, after.situation) == (Status.WITHDRAWN, False, before.situation)
    assert [entry.what for entry in after.history] == ["withdrawn"]
    with pytest.raises(NotAllowed):
        withdraw(after, QUARTER)
