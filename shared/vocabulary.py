"""The words of the field that every service shares: wire values in English, shown in Dutch by `shared.web.words`."""

from enum import StrEnum


class Theme(StrEnum):
    """What a situation is about; the plan's *werken, wonen, vervoer*."""

    WORK = "work"
    HOUSING = "housing"
    TRANSPORT = "transport"


class Sector(StrEnum):
    """The kind of work done at a site, as far as the grading rules tell sectors apart."""

    MEAT = "meat"
    FOOD = "food"
    LOGISTICS = "logistics"
    GREENHOUSE = "greenhouse"
    FRUIT = "fruit"
    OUTDOOR = "outdoor"
    CONSTRUCTION = "construction"
    OFFICE = "office"
    OTHER = "other"


class Channel(StrEnum):
    """The door a signal came in by; it may move confidence, never points."""

    WEB = "web"
    HOTLINE = "hotline"
    REGION = "region"
    MEDIA = "media"
    MEMBER = "member"
    INTEGRATION = "integration"


class Grade(StrEnum):
    """How far a situation is from an outbreak: *laag, matig, hoog, kritiek*."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Place in the order low < moderate < high < critical, from 0."""
        return _GRADES.index(self)

    @property
    def calls_for_visit(self) -> bool:
        """High and critical start the 24-hour clock and a repressive intervention."""
        return self.rank >= Grade.HIGH.rank


_GRADES = tuple(Grade)


class ClockStage(StrEnum):
    """The stages a case passes within its 24 hours, in this order."""

    RECEIVED = "received"
    GRADED = "graded"
    CONSULTED = "consulted"
    DECIDED = "decided"
    STAFFED = "staffed"
    ON_SITE = "on_site"


class InterventionKind(StrEnum):
    """Preventive visits follow the fortnightly calendar, repressive ones a signal."""

    PREVENTIVE = "preventive"
    REPRESSIVE = "repressive"


class InterventionState(StrEnum):
    """One life cycle for preventive and repressive interventions alike."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    PREPARED = "prepared"
    STAFFED = "staffed"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    REPORTED = "reported"
    STOOD_DOWN = "stood_down"
    CANCELLED = "cancelled"


class PartyKind(StrEnum):
    """What sort of organisation a party is."""

    LABOUR_INSPECTORATE = "labour_inspectorate"
    FOOD_AUTHORITY = "food_authority"
    HEALTH_SERVICE = "health_service"
    HEALTH_INSTITUTE = "health_institute"
    SAFETY_REGION = "safety_region"
    NATIONAL_TEAM = "national_team"
    MUNICIPALITY = "municipality"
    POLICE = "police"
    TRANSPORT_INSPECTORATE = "transport_inspectorate"
    FOREIGN_AUTHORITY = "foreign_authority"


class ConsultationOutcome(StrEnum):
    """What a consultation decided about an intervention."""

    GO = "go"
    NO_GO = "no_go"


class ReportState(StrEnum):
    """A report is opened prefilled, submitted by the coordinator, and shared with the entities named on it."""

    OPEN = "open"
    SUBMITTED = "submitted"
    SHARED = "shared"


class NoticeState(StrEnum):
    """A notice to a foreign authority starts as a draft that a person sends."""

    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"
