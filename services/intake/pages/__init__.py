"""Intake's pages: the public form, its receipt, and what members see."""

from fastapi import APIRouter

from services.intake.metrics import Metrics
from services.intake.pages import form, members, status
from services.intake.pages.answers import Seal
from services.intake.use_cases.signals import Intake
from shared.web.shell import Pages


def router(intake: Intake, shell: Pages, metrics: Metrics, secret: str) -> APIRouter:
    """All pages of the service."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(form.router(intake, shell, metrics, Seal(secret)))
    routes.include_router(status.router(intake, shell))
    routes.include_router(members.router(intake, shell))
    return routes
