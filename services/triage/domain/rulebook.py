"""All rulesets side by side: which of them holds on a day in a region, and whether they leave a hole or overlap.

A set for named regions goes before that of the whole country, which holds everywhere else and where the region is not
known. So the sets for the whole country must follow each other without a hole, the last without an end. Before the
first of them nothing was published; the first then holds for older news too, since a case is never left ungraded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import FaultCode, InvalidRuleset, RulesetFault

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rulesets that fit together, the oldest first; drafts are among them and never hold."""

    rulesets: tuple[Ruleset, ...]

    def at(self, day: date, region: str | None) -> Ruleset:
        """The set that holds on a day in a region; None is a region that is not known."""
        for own in self.published:
            if region in own.regions and own.holds_on(day):
                return own
        national = [one for one in self.published if not one.regions]
        return next((one for one in national if one.holds_on(day)), national[0])

    def named(self, version: str) -> Ruleset | None:
        """The set of this version, drafts too; None where there is none."""
        return next((one for one in self.rulesets if one.version == version), None)

    @property
    def published(self) -> tuple[Ruleset, ...]:
        """Every set but the drafts."""
        return tuple(one for one in self.rulesets if not one.draft)


def rulebook(rulesets: Iterable[Ruleset]) -> Rulebook:
    """These sets as one book; raises InvalidRuleset with every hole and overlap between them."""
    ordered = sorted(rulesets, key=lambda one: (one.valid_from, one.version))
    if faults := list(_faults(ordered)):
        raise InvalidRuleset(faults)
    return Rulebook(tuple(ordered))


def _faults(rulesets: Sequence[Ruleset]) -> Iterator[RulesetFault]:
    versions = [one.version for one in rulesets]
    for version in sorted({version for version in versions if versions.count(version) > 1}):
        yield RulesetFault(version, FaultCode.TWO_OF_THIS_VERSION)
    published = [one for one in rulesets if not one.draft]
    for one, other in combinations(published, 2):
        yield from _overlap(one, other)
    yield from _holes([one for one in published if not one.regions])


def _overlap(one: Ruleset, other: Ruleset) -> Iterator[RulesetFault]:
    both_everywhere = not one.regions and not other.regions
    shared = sorted(one.regions & other.regions)
    first = max(one.valid_from, other.valid_from)
    last = min((end for end in (one.valid_until, other.valid_until) if end), default=None)
    if (both_everywhere or shared) and (last is None or first <= last):
        days = {"first": first, "last": last or "…"}
        yield RulesetFault(_both(one, other), FaultCode.BOTH_HOLD, {"where": ", ".join(shared) or "NL", **days})


def _holes(national: Sequence[Ruleset]) -> Iterator[RulesetFault]:
    if not national:
        yield RulesetFault("", FaultCode.NONE_AT_ALL)
        return
    for before, after in pairwise(national):
        if before.valid_until and after.valid_from > before.valid_until + _DAY:
            days = {"first": before.valid_until + _DAY, "last": after.valid_from - _DAY}
            yield RulesetFault(_both(before, after), FaultCode.NONE_BETWEEN, days)
    end = max(one.valid_until or date.max for one in national)
    if end < date.max:
        yield RulesetFault(national[-1].version, FaultCode.NONE_AFTER, {"first": end + _DAY})


def _both(one: Ruleset, other: Ruleset) -> str:
    return f"{one.version}, {other.version}"
