"""The hotline's verbs: find what is told already, take a call, promise to call back, and keep that promise."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.intake.domain import callback as callbacks
from services.intake.domain.callback import Callback, CallbackState
from services.intake.domain.signal import Entry, Signal, Status
from services.intake.domain.similar import LOOKS_BACK, Similar, most_similar
from services.intake.store import CALLBACKS, Look, ReporterData, callback_data
from services.intake.use_cases.signals import Intake, Received, Submission
from shared.bus.documents import Change, Document, WorkingSet
from shared.contracts.reported import ReportedSite
from shared.situation import Site


class NoSuchSignal(LookupError):
    """The signal that a call was to be joined to is not there, or was withdrawn."""


@dataclass(frozen=True, slots=True)
class Promise:
    """When to call back and why; how to reach the person is in the call's own contact data."""

    due: datetime
    why: str
    contact: str
    language: str | None = None


@dataclass(frozen=True)
class Hotline:
    """What operators do, beside handing signals in like everybody."""

    intake: Intake

    async def similar(self, site: Site) -> list[Similar]:
        """Signals of the last weeks that may be about this site, as far as it has been typed."""
        known = self._located(site)
        if not (known.region or known.district):
            return []
        since = self.intake.bus.now() - LOOKS_BACK
        return most_similar(known, await self.intake.signals.near(known.region, known.district, since))

    async def take_call(self, submission: Submission, promise: Promise | None) -> Received:
        """A signal by telephone; joined to an earlier one it takes that one's address over.

        The signal comes first: sent again after a crash in between, it is known and the promise is added.
        """
        if submission.corroborates:
            submission = await self._joined(submission, submission.corroborates)
        received = await self.intake.receive_signal(submission)
        if promise is not None:
            await self._promise(received.id, promise)
        return received

    async def callbacks(self) -> list[tuple[Document[Callback], Signal | None]]:
        """Everybody still to be called, with what the call is about."""
        open_ = await self.intake.signals.callbacks()
        room = await self.intake.signals.load(callback.id for callback in open_)
        signals = {document.id: document.state for document in room}
        return [(callback, signals.get(callback.id)) for callback in open_]

    async def overdue(self) -> int:
        """How many should have been called by now."""
        now = self.intake.bus.now()
        return sum(callback.state.due <= now for callback in await self.intake.signals.callbacks())

    async def callback(self, signal: str) -> Document[Callback] | None:
        """The call-back that goes with a signal."""
        return next(iter(await self.intake.signals.callback(signal)), None)

    async def whom_to_call(self, signal: str, look: Look) -> ReporterData | None:
        """Number and reason, on record before they are shown; None when the reporter took the signal back."""
        await self.intake.signals.record_look(look)
        return await self.intake.vault.read(callback_data(signal))

    async def end_callback(self, signal: str, state: CallbackState, who: str) -> None:
        """The call was made or is given up: the number goes."""
        at = self.intake.bus.now()
        await self._change(signal, lambda callback: callbacks.ended(callback, state, who, at))
        await self.intake.vault.forget(callback_data(signal))

    async def postpone_callback(self, signal: str, due: datetime, who: str) -> None:
        """Call again at another moment; raises NotAllowed when that is past."""
        at = self.intake.bus.now()
        await self._change(signal, lambda callback: callbacks.postponed(callback, due, who, at))

    def _located(self, site: Site) -> Site:
        if site.country != "NL":
            return site
        found = self.intake.reference.locate(postcode=site.postcode, place=site.place)
        if found is None:
            return site
        # A postcode in full is as good as its place; the other way round it would be a guess.
        place = site.place or (found.place if site.postcode else None)
        return replace(site, place=place, municipality=found.municipality.name, region=found.region)

    async def _joined(self, submission: Submission, earlier: str) -> Submission:
        document = await self.intake.signals.get(earlier) if _is_id(earlier) else None
        if document is None or document.state.status is Status.WITHDRAWN:
            raise NoSuchSignal(earlier)
        # Checked when it came in; a rule made since then must not turn a caller away.
        site = ReportedSite.model_construct(**asdict(document.state.situation.site))
        return replace(submission, situation=submission.situation.model_copy(update={"site": site}))

    async def _promise(self, signal: str, promise: Promise) -> None:
        made = Callback(signal, promise.due, promise.language, history=(Entry(self.intake.bus.now(), "promised"),))
        if not list(await self.intake.signals.callback(signal)):
            await self.intake.vault.keep(callback_data(signal), ReporterData(promise.why, promise.contact))
        await self.intake.bus.decide(
            partial(self.intake.signals.callback, signal), partial(promised, id_=signal, callback=made)
        )

    async def _change(self, signal: str, change: Callable[[Callback], Callback]) -> None:
        def decision(room: WorkingSet) -> Sequence[Change[Any]]:
            document: Document[Callback] = room.find_or_new(CALLBACKS.name, signal)
            return [document.becomes(change(document.state))]

        await self.intake.bus.decide(partial(self.intake.signals.callback, signal), decision)


def promised(room: WorkingSet, *, id_: str, callback: Callback) -> Sequence[Change[Any]]:
    """One promise per signal, however often the call is sent."""
    document: Document[Callback] = room.find_or_new(CALLBACKS.name, id_)
    return [] if document.exists else [document.becomes(callback)]


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
