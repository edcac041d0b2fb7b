"""The one list of topics: owner, readers, key, partitions, retention; topics, ACLs, AsyncAPI and docs come from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from shared.contracts import crossborder, intake, planning, reporting, triage
from shared.contracts.envelope import Fact

SERVICES = ("intake", "triage", "planning", "reporting", "crossborder")

SEGMENT_TIME = timedelta(days=1)
"""How long a log segment stays open: what passed its retention goes at most this much later."""

MAX_MESSAGE_BYTES = 64 * 1024
"""The size of one message, body and headers together."""

PARTNER_RETENTION = timedelta(days=30)
INBOUND_RETENTION = timedelta(days=7)
INBOUND_PATTERN = r"^intake\.inbound\.[a-z][a-z0-9-]{1,40}\.v1$"


@dataclass(frozen=True)
class Topic:
    """One topic. `retention` None keeps its facts for good; a compacted topic keeps the last fact per key."""

    name: str
    owner: str
    readers: tuple[str, ...]
    key: str
    partitions: int
    facts: tuple[type[Fact], ...]
    description: str
    retention: timedelta | None = None
    compacted: bool = False
    personal_data: bool = False


SIGNALS = Topic(
    "intake.signals.v1",
    owner="intake",
    readers=("triage", "reporting"),
    key="signal",
    partitions=6,
    facts=(
        intake.SignalReceived,
        intake.SignalSupplemented,
        intake.SignalWithdrawn,
        intake.SignalRejected,
    ),
    description="Signals as structured facts, without anything about the reporter.",
)
CASES = Topic(
    "triage.cases.v1",
    owner="triage",
    readers=("planning", "crossborder"),
    key="case",
    partitions=6,
    facts=(
        triage.CaseAssessed,
        triage.CaseEscalated,
        triage.CaseClosed,
        triage.CaseMerged,
        triage.CaseMergeUndone,
        triage.CaseSplit,
    ),
    description="Cases with their grade, its reasons and the 24-hour clock, and which of them were merged or split.",
)
CLUSTERS = Topic(
    "triage.clusters.v1",
    owner="triage",
    readers=(),
    key="cluster",
    partitions=1,
    facts=(triage.ClusterDetected,),
    description="Signals closer together in space and time than chance makes, with the cases among them.",
)
SECTORS = Topic(
    "triage.sectors.v1",
    owner="triage",
    readers=(),
    key="sector",
    partitions=1,
    facts=(triage.SectorRanked,),
    description="Sectors by risk, in the country and per region, with their points and what testing is for there.",
    compacted=True,
)
VISITS = Topic(
    "triage.visits.v1",
    owner="triage",
    readers=("intake",),
    key="intervention",
    partitions=1,
    facts=(triage.VisitConcluded,),
    description="Visits that are over, with the signals they answer, so that reporters can be told.",
)
PARTIES = Topic(
    "planning.parties.v1",
    owner="planning",
    readers=("reporting", "crossborder"),
    key="party",
    partitions=1,
    facts=(planning.PartyDescribed,),
    description="The network map: every party with its competences.",
    compacted=True,
)
CONSULTATIONS = Topic(
    "planning.consultations.v1",
    owner="planning",
    readers=("triage",),
    key="consultation",
    partitions=3,
    facts=(planning.ConsultationConvened, planning.ConsultationDecided),
    description="Consultations called through LOT-C, and what they decided.",
)
INTERVENTIONS = Topic(
    "planning.interventions.v1",
    owner="planning",
    readers=("triage", "reporting"),
    key="intervention",
    partitions=6,
    facts=(
        planning.InterventionProposed,
        planning.InterventionRevised,
        planning.InterventionDecided,
        planning.InterventionPrepared,
        planning.InterventionStaffed,
        planning.InterventionStarted,
        planning.InterventionCompleted,
        planning.InterventionReported,
        planning.InterventionStoodDown,
        planning.InterventionCancelled,
    ),
    description="The life cycle of preventive and repressive interventions.",
)
REPORTS = Topic(
    "reporting.reports.v1",
    owner="reporting",
    readers=("triage", "planning"),
    key="report",
    partitions=3,
    facts=(reporting.ReportOpened, reporting.ReportSubmitted, reporting.ReportShared),
    description="Reports of visits: opened, submitted, shared.",
)
CONTACTS = Topic(
    "crossborder.contacts.v1",
    owner="crossborder",
    readers=(),
    key="authority",
    partitions=1,
    facts=(crossborder.ContactDescribed,),
    description="Foreign authorities and how fresh what we know of them is.",
    compacted=True,
)
NOTICES = Topic(
    "crossborder.notices.v1",
    owner="crossborder",
    readers=(),
    key="notice",
    partitions=3,
    facts=(
        crossborder.NoticeDrafted,
        crossborder.NoticeRevised,
        crossborder.NoticeSent,
        crossborder.NoticeAnswered,
    ),
    description="Notices to foreign authorities about workers who live in their district.",
)

TOPICS: tuple[Topic, ...] = (
    SIGNALS,
    CASES,
    CLUSTERS,
    SECTORS,
    VISITS,
    PARTIES,
    CONSULTATIONS,
    INTERVENTIONS,
    REPORTS,
    CONTACTS,
    NOTICES,
)


def partner_topic(party: str) -> Topic:
    """What one partner gets; nobody else reads it, and reporting alone writes it."""
    return Topic(
        f"partners.{party}.v1",
        owner="reporting",
        readers=(party,),
        key="report or rejection",
        partitions=1,
        facts=(reporting.ReportNotice, reporting.SignalRejectionNotice),
        description=f"Notices for partner {party}.",
        retention=PARTNER_RETENTION,
    )


def inbound_topic(party: str) -> Topic:
    """Where one integration writes its signals; the ACL is the proof of who sent them."""
    return Topic(
        f"intake.inbound.{party}.v1",
        owner=party,
        readers=("intake",),
        key="the sender's own id of the signal",
        partitions=3,
        facts=(intake.InboundSignal,),
        description=f"Signals from integration {party}.",
        retention=INBOUND_RETENTION,
    )


def topics_read_by(service: str) -> Iterator[Topic]:
    """The fixed topics a service reads, in the catalogue's order."""
    return (topic for topic in TOPICS if service in topic.readers)
