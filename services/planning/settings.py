"""What planning is told by its environment, `BRANDMEESTER_PLANNING_*`."""

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings, under planning's own prefix."""

    model_config = environment("planning")
    service: str = "planning"
