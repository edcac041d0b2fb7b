"""HTTP in for people: interventions with their next step, consultations, and the network map."""

from fastapi import APIRouter

from services.planning.pages.consultations import ConsultationPages
from services.planning.pages.interventions import InterventionPages
from services.planning.pages.network import NetworkPages
from services.planning.use_cases.desk import Desk
from shared.reference.places import Reference
from shared.web.shell import Pages


def router(desk: Desk, shell: Pages, reference: Reference) -> APIRouter:
    """Every page of this service."""
    regions = {region.code: region.name for region in reference.regions}
    router = APIRouter(include_in_schema=False)
    router.include_router(InterventionPages(desk, shell, regions).router())
    router.include_router(ConsultationPages(desk, shell, regions).router())
    router.include_router(NetworkPages(desk, shell, regions).router())
    return router
