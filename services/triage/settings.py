"""What triage is told by its environment, with the prefix `BRANDMEESTER_TRIAGE_`."""

from pathlib import Path

from pydantic import Field

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings, where the rules to grade by are, and the weights to link by."""

    model_config = environment("triage")

    service: str = "triage"
    rulesets: Path = Field(
        default=Path(__file__).parent / "data", description="the folder with the rules to grade by, ruleset-*.toml"
    )
    link_weights: str = Field(
        default="2020-1", description="the weights that signals link by: a version of links-*.toml, or a TOML file"
    )
