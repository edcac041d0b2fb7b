"""Wiring: which parts planning is made of."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.planning import api, consumers, pages
from services.planning.metrics import Metrics
from services.planning.start_data import read_start_data
from services.planning.store import COLLECTIONS, Store
from services.planning.use_cases.desk import Desk
from services.planning.use_cases.network import load_start_data
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.shell import Pages

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: ServiceSettings) -> FastAPI:
    """The planning service, ready to be served."""
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    reference = Reference.load()
    start_data = read_start_data(reference)
    store = Store(database, start_data)
    bus = Bus(settings, database, consumers.reader(store, start_data.plan_rules))
    desk = Desk(store, bus, start_data)
    shell = Pages(settings.service, TEMPLATES, settings.links)
    app = service_app(
        settings,
        database,
        bus,
        shell,
        title="Brandmeester planning",
        description="The network map, consultations, and interventions from proposal to report.",
        load_start_data=partial(load_start_data, desk),
        background=[partial(Metrics(bus.registry).follow, desk)],
    )
    app.include_router(api.router(desk))
    app.include_router(pages.router(desk, shell, reference))
    return app
