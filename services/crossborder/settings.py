"""What crossborder is told by its environment, with the prefix `BRANDMEESTER_CROSSBORDER_`."""

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings; this service has none of its own."""

    model_config = environment("crossborder")

    service: str = "crossborder"
