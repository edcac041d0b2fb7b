"""The domain's situation and the contract's have the same fields, so nothing is lost between them."""

from dataclasses import fields

import pytest

from services.intake.domain import situation
from shared.contracts import common


@pytest.mark.parametrize("name", ["Site", "Observations", "Situation"])
def test_domain_and_contract_have_the_same_fields(name: str) -> None:
    ours = {field.name for field in fields(getattr(situation, name))}
    assert ours == set(getattr(common, name).model_fields)
