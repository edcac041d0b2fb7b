"""Wiring: which parts triage is made of."""

import asyncio
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.triage import api, consumers, regrouping_api
from services.triage.backtest_pages import MOST_BYTES, BacktestPages
from services.triage.backtest_pages import PATH as BACKTESTS
from services.triage.clock_schedule import ClockSchedule
from services.triage.cluster_wording import ClusterWording
from services.triage.detection_pages import DetectionPages
from services.triage.link_pages import LinkPages
from services.triage.maps import Maps
from services.triage.metrics import Metrics
from services.triage.moving_pages import MovingPages
from services.triage.pages import CasePages
from services.triage.regrouping_pages import RegroupingPages
from services.triage.rules_pages import RulesPages
from services.triage.schedule import DetectionSchedule
from services.triage.settings import Settings
from services.triage.signal_wording import SignalWording
from services.triage.store import (
    COLLECTIONS,
    Batches,
    Cases,
    Clusters,
    LeadTimes,
    Looks,
    PastCases,
    Sectors,
    Suggestions,
    link_model_at,
    load_rulebook,
)
from services.triage.store.backtests import Backtests
from services.triage.store.precedents import Precedents
from services.triage.use_cases.backtesting import Backtesting
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.detecting import Detection
from services.triage.use_cases.escalating import Escalation
from services.triage.use_cases.nearby import Nearby
from services.triage.use_cases.precedents import Comparing
from services.triage.use_cases.projecting import Outlooks
from services.triage.use_cases.ranking import SectorRanking
from services.triage.use_cases.regrouping import Regrouping
from services.triage.what_if_pages import WhatIfPages
from services.triage.words_schedule import make_older_searchable
from shared.bus.bus import Bus
from shared.mongo import Database
from shared.reference.places import Reference
from shared.reference.tables import read_tables
from shared.service import service_app
from shared.settings import ServiceSettings
from shared.web.shell import Pages

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: ServiceSettings) -> FastAPI:
    """The triage service, ready to be served."""
    assert isinstance(settings, Settings)
    rules = load_rulebook(settings.rulesets)
    database = Database(settings.mongo_url, settings.mongo_database, COLLECTIONS)
    cases = Cases(database)
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    news = asyncio.Event()
    reader = consumers.reader(Batches(database, link_model_at(settings.link_weights)), rules, metrics, news.set)
    bus = Bus(settings, database, reader, registry)
    desk = Desk(bus, cases, rules, Outlooks(LeadTimes(database)), Clusters(database))
    regrouping, suggestions = Regrouping(bus, cases, rules), Suggestions(database)
    tables = read_tables()
    areas = {area.postcode or "": area for area in tables.areas}
    detection = Detection(bus, Clusters(database), cases, rules, Looks(database), areas)
    ranking = SectorRanking(bus, Sectors(database), Looks(database))
    backtesting = Backtesting(PastCases(database), Backtests(database), rules, bus.now)
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
            backtesting.keep_working,
            partial(make_older_searchable, cases),
        ],
        larger_bodies={BACKTESTS: MOST_BYTES},
    )
    regions = {region.code: region.name for region in tables.regions}
    maps, nearby = Maps(areas, regions), Nearby(cases, areas)
    signal_words, cluster_words = SignalWording(Reference(tables)), ClusterWording(areas)
    app.include_router(api.router(desk))
    app.include_router(regrouping_api.router(desk, regrouping))
    app.include_router(
        CasePages(
            desk,
            Comparing(Precedents(database)),
            nearby,
            suggestions,
            signal_words,
            cluster_words,
            maps,
            shell,
            regions,
        ).router()
    )
    app.include_router(RegroupingPages(desk, regrouping, suggestions, shell, regions).router())
    app.include_router(MovingPages(desk, regrouping, signal_words, shell).router())
    app.include_router(LinkPages(desk, regrouping, suggestions, shell, regions).router())
    app.include_router(WhatIfPages(desk, shell).router())
    app.include_router(RulesPages(rules, bus.now, shell, regions).router())
    app.include_router(BacktestPages(backtesting, rules, bus.now, shell).router())
    app.include_router(DetectionPages(detection, ranking, desk, maps, cluster_words, shell, regions).router())
    return app
