"""HTTP in for people: the reports, one report to fill in and share, and the operational picture."""

from collections.abc import Mapping

from fastapi import APIRouter

from services.reporting.pages.picture import PicturePages
from services.reporting.pages.reports import ReportPages
from services.reporting.printing import Printing
from services.reporting.use_cases.desk import Desk
from shared.web.shell import Pages


def router(desk: Desk, printing: Printing, pages: Pages, regions: Mapping[str, str]) -> APIRouter:
    """Every page of this service."""
    router = APIRouter(include_in_schema=False)
    router.include_router(ReportPages(desk, printing, pages, regions).router())
    router.include_router(PicturePages(desk, pages, regions).router())
    return router
