"""Intake's pages: the public form, its receipt, and what members see."""

from fastapi import APIRouter

from services.intake.metrics import Metrics
from services.intake.pages import asking, form, members, printing, privacy, status, suggesting
from services.intake.pages.answers import Seal
from services.intake.use_cases.following import Following
from services.intake.use_cases.signals import Intake
from shared.web.shell import Pages


def router(intake: Intake, following: Following, shell: Pages, metrics: Metrics, secret: str) -> APIRouter:
    """All pages of the service."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(form.router(intake, following.pictures, shell, metrics, Seal(secret)))
    routes.include_router(status.router(intake, following, shell))
    routes.include_router(members.router(intake, following, shell))
    routes.include_router(asking.router(intake, following, shell))
    routes.include_router(privacy.router(shell))
    routes.include_router(suggesting.router(intake.reference))
    routes.include_router(printing.router(intake.public_url, shell))
    return routes
