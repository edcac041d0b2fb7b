"""What the tests of planning share."""

import pytest

from services.planning.domain.network import Network
from services.planning.start_data import StartData, read_start_data
from shared.reference.places import Reference


@pytest.fixture(scope="session")
def start() -> StartData:
    return read_start_data(Reference.load())


@pytest.fixture(scope="session")
def network(start: StartData) -> Network:
    return Network.of(start.parties.values())
