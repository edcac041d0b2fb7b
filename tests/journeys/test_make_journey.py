"""What the README offers to somebody who has just started the platform."""

import pytest

from tests.journeys.platform import Platform

pytestmark = pytest.mark.stack


@pytest.mark.plan("S07", "S22", "C01")
def test_three_real_shapes_go_their_whole_way(platform: Platform) -> None:
    printed = platform.runs("deploy.journey", within=280)
    assert printed.count("as it should be") == 3
    assert "MISSED" not in printed
