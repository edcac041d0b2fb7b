"""Wiring: which parts intake is made of."""

import asyncio
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from services.intake import api, consumers, pages
from services.intake.clamav import scanner_at
from services.intake.drafts import Drafts
from services.intake.floods import Floods
from services.intake.keys import Keys
from services.intake.locatieserver import addresses_at
from services.intake.metrics import Metrics
from services.intake.pages import bulk, doors, hotline
from services.intake.pages.finding import Finder
from services.intake.pages.uploads import MOST_BODY
from services.intake.picture_files import PictureFiles
from services.intake.settings import Settings
from services.intake.sources import Sources
from services.intake.store import COLLECTIONS, Imports, Signals, Vault
from services.intake.turns import TakeTurns
from services.intake.use_cases.bulk import Bulk
from services.intake.use_cases.following import Following
from services.intake.use_cases.hotline import Hotline
from services.intake.use_cases.pictures import Pictures
from services.intake.use_cases.signals import Intake
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.problems import ProblemAnswers
from shared.web.shell import Pages as Shell
from shared.web.sign_in import optional_member

HERE = Path(__file__).parent


def create_app(settings: ServiceSettings) -> FastAPI:
    """The intake service, ready to be served."""
    assert isinstance(settings, Settings)
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    signals, keys = Signals(database), Keys(settings.pepper.get_secret_value())
    reference = Reference.load()
    bus = Bus(settings, database, consumers.reader(signals, reference, settings.public_url))
    vault = Vault(database, settings.mongo_database, keys)
    intake = Intake(
        bus=bus,
        signals=signals,
        vault=vault,
        keys=keys,
        reference=reference,
        public_url=settings.public_url,
    )
    drafts = Drafts(database, keys)
    many = Bulk(intake, Imports(database), asyncio.Event())
    pictures = Pictures(bus, signals, vault, PictureFiles(database), keys, scanner_at(settings.clamav))
    following = Following(bus, signals, vault, keys, pictures)
    shell = Shell("intake", HERE / "templates", settings.links, locales=HERE / "locales")
    finder = Finder(reference, addresses_at(settings.locatieserver))
    metrics, sources, floods = Metrics(bus.registry), Sources(settings.source_header), Floods()
    app = service_app(
        settings,
        database,
        bus,
        shell,
        title="Brandmeester intake",
        description="Signals about work, housing and transport of labour migrants: hand them in, read their facts.",
        background=[drafts.prepare, many.run, pictures.sweep_now_and_then],
        larger_bodies={"/report/words": MOST_BODY, "/status/pictures": MOST_BODY},
        innermost=[
            Middleware(
                TakeTurns, answers=ProblemAnswers(shell), sources=sources, metrics=metrics, signed_in=optional_member
            )
        ],
    )
    secret = settings.session_secret.get_secret_value()
    app.include_router(api.router(intake, metrics, sources, floods))
    app.include_router(pages.router(intake, following, finder, shell, metrics, secret, floods))
    app.include_router(hotline.router(Hotline(intake), drafts, finder, shell, metrics))
    app.include_router(doors.router(intake, drafts, finder, shell, metrics))
    app.include_router(bulk.router(many, shell))
    return app
