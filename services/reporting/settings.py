"""What reporting is told by its environment, with the prefix `BRANDMEESTER_REPORTING_`."""

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings; this service has none of its own."""

    model_config = environment("reporting")

    service: str = "reporting"
