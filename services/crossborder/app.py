"""Wiring: which parts crossborder is made of."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.crossborder import api, consumers, pages
from services.crossborder.metrics import Metrics
from services.crossborder.start_data import read_start_data
from services.crossborder.store import COLLECTIONS
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.shell import Pages

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: ServiceSettings) -> FastAPI:
    """The crossborder service, ready to be served."""
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    start = read_start_data(Reference.load())
    bus = Bus(settings, database, consumers.reader(database, start))
    notices, authorities = NoticeDesk(database, bus, start), AuthorityDesk(database, bus, start)
    shell = Pages(settings.service, TEMPLATES, settings.links)
    app = service_app(
        settings,
        database,
        bus,
        shell,
        title="Brandmeester crossborder",
        description="Authorities across the border, and notices to them about cases of people who live there.",
        load_start_data=authorities.load_start_data,
        background=[partial(Metrics(bus.registry).follow, notices, authorities)],
    )
    app.include_router(api.router(notices, authorities))
    app.include_router(pages.router(notices, authorities, shell))
    return app
