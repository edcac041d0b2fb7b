"""Wiring: which parts reporting is made of."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.reporting import api, consumers, pages
from services.reporting.metrics import Metrics
from services.reporting.paper import Press
from services.reporting.printing import Printing
from services.reporting.schedule import Deliveries
from services.reporting.store import COLLECTIONS
from services.reporting.use_cases.desk import Desk
from services.reporting.use_cases.distribution import Distribution
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.shell import Pages

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: ServiceSettings) -> FastAPI:
    """The reporting service, ready to be served."""
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    bus = Bus(settings, database, consumers.reader(database))
    distribution = Distribution(database, bus, settings.public_url)
    desk = Desk(database, bus, distribution)
    metrics = Metrics(bus.registry)
    regions = {region.code: region.name for region in Reference.load().regions}
    printing = Printing(desk, Press(regions), metrics.printing)
    shell = Pages(settings.service, TEMPLATES, settings.links)
    app = service_app(
        settings,
        database,
        bus,
        shell,
        title="Brandmeester reporting",
        description="Reports of visits, whom they are shared with, and the operational picture.",
        background=[Deliveries(database, distribution).run, partial(metrics.follow, desk)],
    )
    app.include_router(api.router(desk, printing))
    app.include_router(pages.router(desk, printing, shell, regions))
    return app
