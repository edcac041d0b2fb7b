"""Intake's pages: the public form, its receipt, and what members see."""

from fastapi import APIRouter

from services.intake.floods import Floods
from services.intake.metrics import Metrics
from services.intake.pages import asking, form, members, placing, printing, privacy, status, suggesting
from services.intake.pages.answers import Seal
from services.intake.pages.finding import Finder
from services.intake.use_cases.following import Following
from services.intake.use_cases.signals import Intake
from shared.web.shell import Pages


def router(
    intake: Intake,
    following: Following,
    finder: Finder,
    shell: Pages,
    metrics: Metrics,
    secret: str,
    floods: Floods,
) -> APIRouter:
    """All pages of the service."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(form.router(intake, following.pictures, finder, shell, metrics, Seal(secret), floods))
    routes.include_router(status.router(intake, following, shell))
    routes.include_router(members.router(intake, following, shell))
    routes.include_router(asking.router(intake, following, shell))
    routes.include_router(placing.router(intake, following, finder, shell))
    routes.include_router(privacy.router(shell, finder.asks_elsewhere))
    routes.include_router(suggesting.router(intake.reference, finder.addresses))
    routes.include_router(printing.router(intake.public_url, shell))
    return routes
