"""What the tests of crossborder share."""

import pytest

from services.crossborder.start_data import StartData, read_start_data
from shared.reference.places import Reference


@pytest.fixture(scope="session")
def start() -> StartData:
    return read_start_data(Reference.load())
