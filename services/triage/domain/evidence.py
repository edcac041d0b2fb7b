"""Which signals tell the facts that a grade rests on: read back from the signals, and kept nowhere."""

from collections.abc import Mapping, Sequence

from services.triage.domain.factors import Factor
from services.triage.domain.facts import GradingFacts, facts_of
from services.triage.domain.merging import CaseSignal, counting, merge
from services.triage.domain.ruleset import Ruleset


def evidence(signals: Sequence[CaseSignal], rules: Ruleset) -> Mapping[str, tuple[CaseSignal, ...]]:
    """By factor that counts: the signals that by themselves tell the very fact it is counted for.

    Where none does, because it takes several together, those that give as many points. Signals that were withdrawn,
    and what was told of illness too long ago, are no evidence.
    """
    known = facts_of(merge(signals, rules))
    told = [(signal, facts_of(signal.situation)) for signal in counting(signals, rules)]
    found = {}
    for factor in rules.factors:
        if counted := factor.kind.counted(known):
            alone = [(signal, factor.kind.counted(_with_only(factor, own, known))) for signal, own in told]
            same = [signal for signal, one in alone if one and one.because == counted.because]
            as_many = [signal for signal, one in alone if one and one.points == counted.points]
            found[factor.id] = tuple(same or as_many)
    return found


def _with_only(factor: Factor, own: GradingFacts, known: GradingFacts) -> GradingFacts:
    """What is known of the case, but of the factor's own inputs only what one signal tells."""
    return known.otherwise(**{entry.name: getattr(own, entry.name) for entry in factor.inputs})
