"""Notices to foreign authorities: from a draft that follows a case, through sending, to the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.history import Entry, Happening
from services.crossborder.domain.letters import Letter
from services.crossborder.domain.picture import Picture
from shared.people import Person
from shared.vocabulary import NoticeState


class NotAllowed(Exception):
    """This cannot be done with a notice in this state; the message says why, in Dutch."""


class Invalid(Exception):
    """What was filled in cannot be right: pairs of field and reason, all at once; the reasons are Dutch."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in faults))


class Manner(StrEnum):
    """How a notice or its answer travelled, outside the platform."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    POST = "post"
    MEETING = "meeting"


class AnswerKind(StrEnum):
    """What an authority answered."""

    RECEIVED = "received"
    NO_LINK = "no_link"
    LINK_FOUND = "link_found"
    QUESTION = "question"


class Need(StrEnum):
    """What the region in charge has to do with a notice."""

    SEND = "send"
    TELL_CHANGE = "tell_change"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Addressee:
    """The authority a notice is for, as known when it was drafted; `region` None means nobody is in charge yet."""

    party: str
    name: str
    country: str
    region: str | None = None
    regions: tuple[str, ...] = ()
    task_force: str | None = None

    @classmethod
    def of(cls, authority: Authority) -> "Addressee":
        task_force = authority.task_force.name if authority.task_force else None
        return cls(authority.party, authority.name, authority.country, authority.region, authority.regions, task_force)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One sending: when, how, to whom, with which text, telling which picture."""

    sent_at: datetime
    manner: Manner
    contact: str | None
    letters: tuple[Letter, ...]
    picture: Picture
    by: Person
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when."""

    answered_at: datetime
    manner: Manner
    kind: AnswerKind
    summary: str
    by: Person


@dataclass(frozen=True, slots=True)
class Home:
    """The case that a notice was drafted for and how that stood, while it is merged into the one it is about now."""

    case: str
    case_number: str
    picture: Picture
    named: bool
    case_closed: bool


@dataclass(frozen=True, slots=True)
class NoticeRef:
    """A notice by its id and the number that people say."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice about one case to one authority, with everything that happened to it.

    When its case is merged into another it is about that one; `home` is then where it came from. Of several notices to
    one authority about what is one case now, one goes on; it is what the others have as `instead`.
    """

    number: str
    case: str
    case_number: str
    to: Addressee
    picture: Picture
    drafted_at: datetime
    state: NoticeState = NoticeState.DRAFT
    named: bool = True
    case_closed: bool = False
    need: Need | None = Need.SEND
    dispatches: tuple[Dispatch, ...] = ()
    answers: tuple[Answer, ...] = ()
    history: tuple[Entry, ...] = ()
    home: Home | None = None
    instead: NoticeRef | None = None

    @property
    def drafted_for(self) -> str:
        """The case that it was drafted for."""
        return self.home.case if self.home else self.case

    @property
    def outdated(self) -> bool:
        """Whether the case is known otherwise now than the authority was told."""
        return bool(self.dispatches) and self.dispatches[-1].picture != self.picture

    @property
    def asked_back(self) -> bool:
        """Whether the authority waits for a reply to its question."""
        return self.state == NoticeState.ANSWERED and self.answers[-1].kind == AnswerKind.QUESTION

    @property
    def worth_sending(self) -> bool:
        """Whether the reason for telling this authority still stands."""
        return self.named and not self.case_closed and self.instead is None and self.picture.worth_telling

    def allows(self, step: "Step") -> bool:
        """Whether this step can be taken now."""
        something_new = self.outdated or self.asked_back
        return (self.state, step) in STEPS and (step != Step.SEND_AGAIN or something_new)


class Step(StrEnum):
    """What a person can do with a notice."""

    SEND = "send"
    SEND_AGAIN = "send_again"
    ANSWER = "answer"


STEPS: dict[tuple[NoticeState, Step], NoticeState] = {
    (NoticeState.DRAFT, Step.SEND): NoticeState.SENT,
    (NoticeState.SENT, Step.SEND_AGAIN): NoticeState.SENT,
    (NoticeState.SENT, Step.ANSWER): NoticeState.ANSWERED,
    (NoticeState.ANSWERED, Step.SEND_AGAIN): NoticeState.SENT,
    (NoticeState.ANSWERED, Step.ANSWER): NoticeState.ANSWERED,
}
"""The whole life of a notice. Sending again tells what changed since, or replies to a question."""

_REFUSALS = {
    (NoticeState.DRAFT, Step.ANSWER): "Deze kennisgeving is nog niet verstuurd; er kan nog geen antwoord zijn.",
    (NoticeState.SENT, Step.SEND_AGAIN): "Sinds de verzending is er niets veranderd; er is niets nieuws te melden.",
    (NoticeState.ANSWERED, Step.SEND_AGAIN): "Sinds de verzending is er niets veranderd en er is geen vraag open.",
}


def draft(number: str, case: str, case_number: str, to: Addressee, picture: Picture, at: datetime) -> Notice:
    """A new notice, for a person to judge and send."""
    entry = Entry(at, Happening.DRAFTED)
    return Notice(number, case, case_number, to, picture, drafted_at=at, history=(entry,))


def revise(notice: Notice, picture: Picture, *, named: bool, at: datetime) -> Notice:
    """The notice as a new assessment of its case leaves it; the same one when nothing changed for it."""
    entries: list[Entry] = []
    if notice.case_closed:
        entries.append(Entry(at, Happening.CASE_REOPENED))
    if named != notice.named:
        entries.append(Entry(at, Happening.NAMED_AGAIN if named else Happening.NO_LONGER_NAMED))
    if picture != notice.picture:
        draft_still = notice.state == NoticeState.DRAFT
        what = Happening.REVISED if draft_still else Happening.CHANGED_AFTER_SENDING
        entries.append(Entry(at, what, changes=picture.changes_since(notice.picture)))
    if not entries:
        return notice
    history = (*notice.history, *entries)
    return _settled(replace(notice, picture=picture, named=named, case_closed=False, history=history))


def close_case(notice: Notice, at: datetime) -> Notice:
    """The notice once its case was closed: it stays, and no longer asks for attention."""
    if notice.case_closed:
        return notice
    history = (*notice.history, Entry(at, Happening.CASE_CLOSED))
    return _settled(replace(notice, case_closed=True, history=history))


def moves(notice: Notice, case: str, number: str, at: datetime, note: str = "") -> Notice:
    """The notice about the case that its own was merged into."""
    own = Home(notice.case, notice.case_number, notice.picture, notice.named, notice.case_closed)
    home = notice.home or own
    entry = Entry(at, Happening.CASE_MERGED, note=f"Zaak {home.case_number} hoort nu bij zaak {number}. {note}".strip())
    moved = replace(notice, case=case, case_number=number, home=home, case_closed=False)
    return _settled(replace(moved, history=(*notice.history, entry)))


def returns(notice: Notice, at: datetime, note: str = "") -> Notice:
    """The notice about its own case again, as that was known when it was merged away; it goes on following it."""
    own = notice.home
    if own is None:
        return notice
    entry = Entry(at, Happening.CASE_BACK, note=f"Zaak {own.case_number}. {note}".strip())
    back = replace(notice, case=own.case, case_number=own.case_number, home=None)
    back = replace(back, picture=own.picture, named=own.named, case_closed=own.case_closed)
    return _settled(replace(back, history=(*notice.history, entry)))


def gives_way(notice: Notice, to: NoticeRef | None, at: datetime) -> Notice:
    """The notice while another to the same authority goes on in its place; with None it stands for itself again."""
    if notice.instead == to:
        return notice
    what, other = (Happening.GIVES_WAY, to) if to else (Happening.STANDS_AGAIN, notice.instead)
    entry = Entry(at, what, note=f"{other.number}." if other else "")
    return _settled(replace(notice, instead=to, history=(*notice.history, entry)))


def send(notice: Notice, dispatch: Dispatch, at: datetime) -> Notice:
    """Record that a person sent the notice, or what changed since, outside the platform."""
    state = _step(notice, Step.SEND if notice.state == NoticeState.DRAFT else Step.SEND_AGAIN)
    _check_moment("sent_at", dispatch.sent_at, notice.drafted_at, at)
    entry = Entry(at, Happening.SENT, dispatch.by, dispatch.note)
    return _settled(
        replace(notice, state=state, dispatches=(*notice.dispatches, dispatch), history=(*notice.history, entry))
    )


def record_answer(notice: Notice, answer: Answer, at: datetime) -> Notice:
    """Record what the authority answered."""
    state = _step(notice, Step.ANSWER)
    _check_moment("answered_at", answer.answered_at, notice.dispatches[0].sent_at, at)
    entry = Entry(at, Happening.ANSWERED, answer.by)
    return _settled(replace(notice, state=state, answers=(*notice.answers, answer), history=(*notice.history, entry)))


def _step(notice: Notice, step: Step) -> NoticeState:
    if not notice.allows(step):
        raise NotAllowed(_REFUSALS.get((notice.state, step), "Dit kan niet met deze kennisgeving."))
    return STEPS[notice.state, step]


def _check_moment(field: str, moment: datetime, earliest: datetime, now: datetime) -> None:
    # People give minutes, the platform keeps seconds.
    if moment < earliest.replace(second=0, microsecond=0):
        raise Invalid([(field, "Dit moment ligt te vroeg: toen was er nog niets te sturen of te beantwoorden.")])
    if moment > now:
        raise Invalid([(field, "Dit moment ligt in de toekomst.")])


def _settled(notice: Notice) -> Notice:
    return replace(notice, need=_need(notice))


def _need(notice: Notice) -> Need | None:
    if notice.state == NoticeState.DRAFT:
        return Need.SEND if notice.worth_sending else None
    if notice.asked_back:
        return Need.REPLY
    if notice.instead:
        return None
    # A fall below the lowest grade is news too for who was told of a higher one.
    return Need.TELL_CHANGE if notice.outdated else None
