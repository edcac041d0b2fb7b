"""Which open signals are about the site that somebody is telling of now: same address, same name, same place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from services.intake.domain.signal import Signal, Status
from shared.reference.names import fold, likeness, trigrams
from shared.situation import Site

LOOKS_BACK = timedelta(weeks=12)
MOST_SHOWN = 5
_SAME_NAME = 0.6
_WHOLE_POSTCODE = 6
_SAME_PLACE = 1


@dataclass(frozen=True, slots=True)
class Similar:
    """A signal with why it may be about the same; `weight` orders them."""

    id: str
    signal: Signal
    why: str
    weight: int

    @property
    def is_likely(self) -> bool:
        """Whether it may well be the very same; what is only in the same place is worth a look, not a question."""
        return self.weight > _SAME_PLACE


def most_similar(site: Site, signals: Iterable[tuple[str, Signal]]) -> list[Similar]:
    """The signals that may be about this site, the likeliest first and of equals the latest."""
    found = [Similar(id_, signal, *_reason(site, signal.situation.site)) for id_, signal in signals if _is_open(signal)]
    likely = {similar.id for similar in found if similar.weight}
    # What confirms a signal that is shown says nothing more about which one to join.
    found = [similar for similar in found if similar.weight and similar.signal.corroborates not in likely]
    found.sort(key=lambda similar: (similar.weight, similar.signal.received_at), reverse=True)
    return found[:MOST_SHOWN]


def _is_open(signal: Signal) -> bool:
    return signal.status is not Status.WITHDRAWN


def _reason(one: Site, other: Site) -> tuple[str, int]:
    if one.country != other.country:
        return "", 0
    same_postcode = bool(one.postcode) and one.postcode == other.postcode
    whole = same_postcode and len(one.postcode or "") >= _WHOLE_POSTCODE
    if same_postcode and one.house_number and one.house_number == other.house_number:
        return "zelfde adres", 4
    if _same_place(one, other) and _same_name(one, other):
        return "zelfde naam en plaats", 3
    if whole:
        return "zelfde postcode", 2
    return ("zelfde plaats", _SAME_PLACE) if _same_place(one, other) else ("", 0)


def _same_place(one: Site, other: Site) -> bool:
    if one.district or other.district:
        return one.district == other.district
    if one.place and other.place:
        return fold(one.place) == fold(other.place)
    return bool(one.municipality) and one.municipality == other.municipality


def _same_name(one: Site, other: Site) -> bool:
    if not one.name or not other.name:
        return False
    return likeness(trigrams(fold(one.name)), trigrams(fold(other.name))) >= _SAME_NAME
