"""Wiring: which parts triage is made of."""

import asyncio
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.triage import api, consumers
from services.triage.clock_schedule import ClockSchedule
from services.triage.detection_pages import DetectionPages
from services.triage.metrics import Metrics
from services.triage.pages import CasePages
from services.triage.schedule import DetectionSchedule
from services.triage.settings import Settings
from services.triage.store import COLLECTIONS, Cases, Clusters, Sectors, load_ruleset
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.detecting import Detection
from services.triage.use_cases.escalating import Escalation
from services.triage.use_cases.ranking import SectorRanking
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.tables import read_tables
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.shell import Pages

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: ServiceSettings) -> FastAPI:
    """The triage service, ready to be served."""
    assert isinstance(settings, Settings)
    rules = load_ruleset(settings.ruleset)
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    cases = Cases(database)
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    news = asyncio.Event()
    bus = Bus(settings, database, consumers.reader(cases, rules, metrics, news.set), registry)
    desk = Desk(bus, cases, rules)
    tables = read_tables()
    detection = Detection(bus, Clusters(database), {area.postcode or "": area for area in tables.areas})
    ranking = SectorRanking(bus, Sectors(database))
    shell = Pages(settings.service, TEMPLATES, settings.links)
    app = service_app(
        settings,
        database,
        bus,
        shell,
        title="Brandmeester triage",
        description="Cases made of signals, with their grade, its reasons and the 24-hour clock.",
        background=[
            partial(metrics.keep_fresh, desk.figures),
            ClockSchedule(Escalation(bus, cases), bus).keep_looking,
            DetectionSchedule(detection, ranking, bus, news).keep_looking,
        ],
    )
    regions = {region.code: region.name for region in tables.regions}
    app.include_router(api.router(desk))
    app.include_router(CasePages(desk, shell, regions).router())
    app.include_router(DetectionPages(detection, ranking, shell, regions).router())
    return app
