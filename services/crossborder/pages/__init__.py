"""HTTP in for people: notices with their letters and next step, and the authorities with their freshness."""

from fastapi import APIRouter

from services.crossborder.pages.authorities import AuthorityPages
from services.crossborder.pages.notices import NoticePages
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk
from shared.web.shell import Pages


def router(notices: NoticeDesk, authorities: AuthorityDesk, pages: Pages) -> APIRouter:
    """Every page of this service."""
    router = APIRouter(include_in_schema=False)
    router.include_router(NoticePages(notices, pages).router())
    router.include_router(AuthorityPages(notices, authorities, pages).router())
    return router
