"""Crossborder's facts: foreign authorities with their contacts, and the notices drafted for them."""

from shared.contracts.common import Moment, PartyId
from shared.contracts.envelope import Fact, fact
from shared.vocabulary import Grade, NoticeState, Sector, Theme


@fact("contacts.described.v1")
class ContactDescribed(Fact):
    """The full state of one foreign authority; the topic is compacted. Subject: the authority's party id."""

    name: str
    country: str
    under_region: str | None
    task_force: str | None
    confirmed_at: Moment | None


class NoticeFact(Fact):
    """A notice to a foreign authority. Subject: the notice."""

    number: str
    state: NoticeState
    case: str
    case_number: str
    authority: PartyId
    authority_name: str
    country: str
    region: str | None
    task_force: str | None
    grade: Grade
    themes: tuple[Theme, ...]
    sector: Sector | None
    happened_at: Moment


@fact("notices.drafted.v1")
class NoticeDrafted(NoticeFact):
    """Workers of a graded case live in this authority's district; a person decides on sending."""


@fact("notices.revised.v1")
class NoticeRevised(NoticeFact):
    """The case's grade changed while the notice was still a draft; or, in any state, cases were merged."""


@fact("notices.sent.v1")
class NoticeSent(NoticeFact):
    """The region sent it."""


@fact("notices.answered.v1")
class NoticeAnswered(NoticeFact):
    """The authority answered."""
