"""Between a situation on the wire, which is checked, and the plain one that rules are written with."""

from shared import situation as plain
from shared.contracts import common


def situation_of(told: common.Situation) -> plain.Situation:
    """A situation as a fact tells it."""
    return plain.Situation(
        themes=told.themes,
        sector=told.sector,
        site=site_of(told.site),
        observations=plain.Observations(**dict(told.observations)),
        workers_live_in=told.workers_live_in,
        observed_on=told.observed_on,
    )


def site_of(told: common.Site) -> plain.Site:
    return plain.Site(**dict(told))


def known_of(told: common.Observations) -> dict[str, plain.Observation]:
    """Only the observations that are known, for who carries them along without reading them."""
    return told.model_dump(exclude_none=True)


def wire_situation(situation: plain.Situation) -> common.Situation:
    """A situation as facts and answers tell it."""
    return common.Situation.model_validate(situation, from_attributes=True)


def wire_site(site: plain.Site) -> common.Site:
    return common.Site.model_validate(site, from_attributes=True)
