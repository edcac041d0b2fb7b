"""What members see: the signals as facts, and, for who may, what the reporter wrote."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from services.intake.domain.dialogue import Author
from services.intake.domain.signal import NATIONAL_TEAM, PLACED, Mark, Signal, may_place
from services.intake.reading import Hint, Reading, all_hints, line_of_facts, reading
from services.intake.store import NOWHERE, Filter, ReporterData
from services.intake.use_cases.following import Following, Said
from services.intake.use_cases.signals import Intake, allowed_to_read, look_at_words
from shared.bus.documents import Document
from shared.calendar import day_of
from shared.vocabulary import Channel, Sector, Theme
from shared.web.csrf import checked_form
from shared.web.forms import FormState, picked
from shared.web.members import READ_SIGNALS
from shared.web.paging import PagingQuery, to_last_page
from shared.web.parties import party_name
from shared.web.problems import Fault, Problem, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member
from shared.web.times import full_day
from shared.web.words import choices

Form = Annotated[FormData, Depends(checked_form)]
LEAST_REASON = 5
ANY_MARK = "any"
MARKED = {
    Mark.IMPLAUSIBLE_NUMBER: ("onwaarschijnlijk getal", "Een getal is groter dan wij op één plek kennen."),
    Mark.LINKS: ("webadressen", "In de tekst staat meer dan één webadres."),
    Mark.MANY_FROM_ONE_SOURCE: (
        "veel uit één bron",
        "Er kwamen kort na elkaar veel meldingen van één aansluiting. Dat kan één persoon zijn, of een huis of bedrijf "
        "vol mensen. Van wie ze kwamen, is niet bewaard.",
    ),
    Mark.MORE_THAN_ALL: (
        "meer dan er mensen zijn",
        "Er zijn meer mensen ziek of getest dan er volgens de melding zijn.",
    ),
    Mark.NO_WORDS: ("geen woorden", "De tekst bestaat niet uit woorden."),
    Mark.SAME_WORDS: ("zelfde tekst", "Dezelfde tekst kwam in het uur ervoor al in een andere melding."),
}
"""Each mark in a word or three, and what it rests on."""


def signal_reader(member: Annotated[Member, Depends(page_member)]) -> Member:
    """Who may see signals at all; who may read a reporter's words is asked at each."""
    demand_role(member, *READ_SIGNALS)
    return member


SignalReader = Annotated[Member, Depends(signal_reader)]


def router(intake: Intake, following: Following, shell: Pages) -> APIRouter:
    """`/signals`."""
    routes = APIRouter(prefix="/signals")

    @routes.get("")
    async def list_signals(
        request: Request,
        member: SignalReader,
        paging: PagingQuery,
        theme: str = "",
        sector: str = "",
        region: str = "",
        channel: str = "",
        mark: str = "",
    ) -> Response:
        wanted = Filter(
            picked(Theme, theme),
            picked(Sector, sector),
            region or None,
            picked(Channel, channel),
            picked(Mark, mark),
            marked=mark == ANY_MARK,
        )
        found, total = await intake.signals.page(wanted, paging.skip, paging.size)
        asks_lotc = member.organisation == NATIONAL_TEAM and wanted.region != NOWHERE
        return to_last_page(request, paging, total) or shell.render(
            request,
            "signals.html",
            title="Meldingen",
            signals=found,
            total=total,
            paging=paging,
            filtered=wanted != Filter(),
            nowhere=await intake.signals.count_from_nowhere() if asks_lotc else 0,
            form=FormState.filled(
                {"theme": theme, "sector": sector, "region": region, "channel": channel, "mark": mark}
            ),
            themes=choices(Theme),
            sectors=choices(Sector),
            channels=choices(Channel),
            marks=[(ANY_MARK, "alles wat opvalt"), *((mark.value, MARKED[mark][0]) for mark in Mark)],
            marked=MARKED,
            regions=[
                (NOWHERE, "nog onbekend, voor LOT-C"),
                *((known.code, known.name) for known in intake.reference.regions),
            ],
            region_name=_region_name,
        )

    @routes.get("/{id}")
    async def detail(request: Request, member: SignalReader, id: UUID) -> Response:
        return await show(request, member, await wanted_signal(id))

    @routes.post("/{id}/words")
    async def words(request: Request, member: SignalReader, id: UUID, form: Form) -> Response:
        document = await wanted_signal(id)
        if not may_read_what_reporter_wrote(member, document):
            raise Problem(403, type="not-concerned", detail=NOT_CONCERNED)
        reason = str(form.get("reason", "")).strip()
        if len(reason) < LEAST_REASON:
            fault = Fault("reason", f"Schrijf in ten minste {LEAST_REASON} tekens op waarvoor u dit nodig hebt.")
            return await show(request, member, document, faults=[fault], form=form, status=400)
        look = look_at_words(
            document.id, member.subject, member.name, member.organisation, reason[:500], intake.bus.now()
        )
        in_full = bool(form.get("full"))
        if in_full:
            look = replace(look, operation="read-personal-numbers")
        words, said = await intake.read_words(document, look), await following.said(document)
        written = await asyncio.to_thread(opened, document, words, said, in_full)
        return await show(request, member, document, written=written, look=look.operation_id, form=form)

    async def wanted_signal(id_: UUID) -> Document[Signal]:
        document = await intake.signals.get(str(id_))
        if document is None:
            raise not_found("Deze melding is er niet, of niet meer.")
        return document

    async def show(
        request: Request,
        member: Member,
        document: Document[Signal],
        *,
        written: "Written | None" = None,
        look: str = "",
        faults: list[Fault] | None = None,
        form: FormData | None = None,
        status: int = 200,
    ) -> Response:
        t = shell.messages(request)
        return shell.render(
            request,
            "signal.html",
            status,
            title="Melding",
            id=document.id,
            signal=document.state,
            may_read=may_read_what_reporter_wrote(member, document),
            may_place=may_give_place(member, document.state),
            marked=[MARKED[mark] for mark in document.state.marks],
            placings=[entry for entry in reversed(document.state.history) if entry.what == PLACED],
            written=written,
            look=look,
            looks=await intake.signals.looks(document.id),
            form=FormState.of(form, faults or [], t) if form else FormState(),
            region_name=_region_name,
            party_name=_party_name,
            homes=[_party_name(party) for party in document.state.situation.workers_live_in],
            observed=_observed(document.state),
            observed_on=_observed_on(document.state),
        )

    def _region_name(code: str | None) -> str:
        return intake.reference.region(code).name if code else "onbekend"

    def _party_name(party: str) -> str:
        return party_name(party, intake.reference)

    return routes


@dataclass(frozen=True, slots=True)
class Written:
    """What a reporter wrote, opened for somebody who has just said why; `lines` go with their readings.

    `facts` are the lines of the facts, with their labels, that the facts themselves show without a number.
    """

    words: Reading | None
    contact: str
    lines: Sequence[tuple[Said, Reading]]
    facts: Sequence[tuple[str, Reading]] = ()

    @property
    def hides(self) -> bool:
        return any(one.hides for one in self._readings)

    @property
    def hints(self) -> tuple[Hint, ...]:
        return all_hints(self._readings)

    @property
    def language(self) -> str | None:
        """In which the reporter wrote last, as far as that can be told; kept nowhere."""
        said = [reading.code for line, reading in self.lines if line.author is Author.REPORTER and reading.code]
        return said[-1] if said else self.words.code if self.words else None

    @property
    def _readings(self) -> list[Reading]:
        facts = (reading for _, reading in self.facts)
        return [*([self.words] if self.words else []), *facts, *(reading for _, reading in self.lines)]


def opened(document: Document[Signal], words: ReporterData | None, said: Sequence[Said], in_full: bool) -> Written:
    """First words, contact data and dialogue as they are shown; works long enough to want a thread."""
    told, near = words or ReporterData(), document.state.received_at.date()
    return Written(
        reading(told.words, near, in_full) if told.words else None,
        told.contact,
        [(line, reading(line.text, line.at.date(), in_full)) for line in said],
        [(_LINES[name], line_of_facts(line, in_full)) for name, line in told.lines.items()],
    )


def may_give_place(member: Member, signal: Signal) -> bool:
    """A role, and the national team."""
    return member.has(Role.MEMBER, Role.COORDINATOR) and may_place(member.organisation, signal)


def may_read_what_reporter_wrote(member: Member, document: Document[Signal]) -> bool:
    """A role and a region: who handles signals, for the region concerned or for the national team."""
    holds = member.has(Role.MEMBER, Role.COORDINATOR)
    return holds and allowed_to_read(member.organisation, member.region, document)


NOT_CONCERNED = "Alleen LOT-C, en de veiligheidsregio en de GGD waar het speelt, lezen wat een melder zelf schreef."

_LINES = {
    "name": "Bedrijf of gebouw",
    "postcode": "Postcode",
    "house_number": "Huisnummer",
    "place": "Plaats",
    "municipality": "Gemeente",
    "reference": "Kenmerk",
}
_OBSERVED = {
    "people_exposed": "Mensen die er werken, wonen of meerijden",
    "confirmed_infections": "Vastgestelde besmettingen",
    "tested": "Mensen getest",
    "positive": "Waarvan positief",
    "people_with_symptoms": "Mensen met klachten",
    "sick_people_at_work": "Zieke mensen aan het werk",
    "distance_not_kept": "Minder dan 1,5 meter afstand",
    "cold_or_poorly_ventilated": "Koud of slecht geventileerd",
    "no_screens": "Geen schermen",
    "shared_breaks": "Gezamenlijke pauzes",
    "people_per_bedroom": "Mensen per slaapkamer",
    "square_metres_per_person": "Vierkante meter per persoon",
    "people_per_toilet_or_shower": "Mensen per toilet of douche",
    "no_room_to_isolate": "Geen ruimte voor isolatie",
    "van_mixed_households": "Verschillende huishoudens in een busje",
    "van_mixed_sites": "Verschillende werkplekken in een busje",
    "vans_checked": "Gecontroleerde busjes",
    "vans_in_breach": "Waarvan in overtreding",
    "same_workers_as_outbreak": "Dezelfde mensen als bij een uitbraak elders",
    "linked_sites": "Locaties die mensen, huisvesting of vervoer delen",
}


def _observed_on(signal: Signal) -> str:
    """The day of seeing, and how long before it was told."""
    day = signal.situation.observed_on
    if day is None:
        return ""
    before = (day_of(signal.received_at) - day).days
    if before < 1:
        return full_day(day)
    return f"{full_day(day)}, {before} {'dag' if before == 1 else 'dagen'} voor de ontvangst"


def _observed(signal: Signal) -> list[tuple[str, bool | float]]:
    """What is known, in the order in which it is graded; what is unknown is left out."""
    seen = signal.situation.observations
    values = ((label, getattr(seen, name)) for name, label in _OBSERVED.items())
    return [(label, value) for label, value in values if value is not None]
