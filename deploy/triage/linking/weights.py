"""The weights a command compares by, as somebody names them."""

from typing import Annotated

import typer

from deploy.triage.grading import refuse
from services.triage.domain.linkage.model import LinkModel
from services.triage.domain.linkage.model_data import InvalidLinkModel
from services.triage.store import link_model_at

WeightsOption = Annotated[
    str, typer.Option("--weights", help="the weights to link by: a version that is shipped, or a TOML file")
]


def weights_or_refuse(weights: str) -> LinkModel:
    """The weights of that version or file; a person reads all that is wrong with them."""
    try:
        return link_model_at(weights)
    except InvalidLinkModel as invalid:
        refuse([f"weights {fault}" for fault in invalid.faults])
    except OSError:
        refuse(["weights: there is no such version or file"])
