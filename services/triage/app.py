"""Wiring: which parts triage is made of."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.triage import api, consumers
from services.triage.clock_schedule import ClockSchedule
from services.triage.metrics import Metrics
from services.triage.pages import CasePages
from services.triage.settings import Settings
from services.triage.store import COLLECTIONS, Cases, load_ruleset
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.escalating import Escalation
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
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
    bus = Bus(settings, database, consumers.reader(cases, rules, metrics), registry)
    desk = Desk(bus, cases, rules)
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
        ],
    )
    regions = {region.code: region.name for region in Reference.load().regions}
    app.include_router(api.router(desk))
    app.include_router(CasePages(desk, shell, regions).router())
    return app
