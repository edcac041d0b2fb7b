"""What triage is told by its environment, with the prefix `BRANDMEESTER_TRIAGE_`."""

from pydantic import Field

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings, and which rules to grade by."""

    model_config = environment("triage")

    service: str = "triage"
    ruleset: str = Field(default="2020-1", description="which rules to grade by: a file of services/triage/data")
