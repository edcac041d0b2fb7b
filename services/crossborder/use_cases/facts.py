"""What crossborder tells the others: notices and authorities as facts of the wire."""

from datetime import datetime

from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.notices import Notice
from shared.bus.documents import Telling, tell
from shared.contracts.catalogue import CONTACTS, NOTICES
from shared.contracts.crossborder import ContactDescribed, NoticeFact


def tell_notice(kind: type[NoticeFact], notice: Notice, now: datetime, happened_at: datetime) -> Telling:
    """A fact about a notice as it is now."""
    fact = kind(
        number=notice.number,
        state=notice.state,
        case=notice.case,
        case_number=notice.case_number,
        authority=notice.to.party,
        authority_name=notice.to.name,
        country=notice.to.country,
        region=notice.to.region,
        task_force=notice.to.task_force,
        grade=notice.picture.grade,
        themes=notice.picture.themes,
        sector=notice.picture.sector,
        happened_at=happened_at,
    )
    return tell(NOTICES, fact, now)


def tell_authority(authority: Authority, now: datetime) -> Telling:
    """The full state of an authority, without the people who work there."""
    fact = ContactDescribed(
        name=authority.name,
        country=authority.country,
        under_region=authority.region,
        task_force=authority.task_force.name if authority.task_force else None,
        confirmed_at=authority.confirmed_at,
    )
    return tell(CONTACTS, fact, now)
