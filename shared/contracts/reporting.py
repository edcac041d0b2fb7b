"""Reporting's facts: reports, and what partners get of them on their own topics."""

from pydantic import Field

from shared.contracts.common import Moment, PartyId
from shared.contracts.envelope import Fact, WireModel, fact
from shared.contracts.intake import Fault
from shared.vocabulary import Grade, InterventionKind, ReportState, Sector, Theme


class ReportFact(Fact):
    """What others may know of a report. Subject: the report."""

    number: str = Field(description="the number people say, for example R-2020-0009")
    state: ReportState
    intervention: str
    intervention_number: str
    case: str | None
    coordinator: PartyId
    happened_at: Moment


@fact("reports.opened.v1")
class ReportOpened(ReportFact):
    """The visit is over and the report waits, prefilled, for the coordinator."""


@fact("reports.submitted.v1")
class ReportSubmitted(ReportFact):
    """The coordinator filled it in."""

    infringements: int
    measures: tuple[str, ...]


@fact("reports.shared.v1")
class ReportShared(ReportFact):
    """It was shared with the entities named on it; they are the access list."""

    shared_with: tuple[PartyId, ...]


class NoticeSite(WireModel):
    """A site as a partner may see it: the postcode to three digits outside the region concerned."""

    name: str | None
    postcode: str | None
    place: str | None
    municipality: str | None
    region: str | None


@fact("report-notices.issued.v1")
class ReportNotice(Fact):
    """Tells a partner that a report naming it is ready. Subject: the report. Times are whole hours."""

    party: PartyId
    report: str
    number: str
    intervention_number: str
    kind: InterventionKind
    grade: Grade | None
    themes: tuple[Theme, ...]
    sector: Sector | None
    site: NoticeSite
    coordinator: PartyId
    coordinator_name: str
    infringements: int
    measures: tuple[str, ...]
    visited_at: Moment
    shared_at: Moment
    dataref: str = Field(description="where the partner signs in to read the report")


@fact("signal-rejections.issued.v1")
class SignalRejectionNotice(Fact):
    """Tells an integration which message of its own was refused, and why: fields and reasons, no values."""

    party: PartyId
    message_id: str | None
    topic: str
    partition: int
    offset: int
    faults: tuple[Fault, ...]
