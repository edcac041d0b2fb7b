"""The catalogue names exactly the readers there are, so that nobody holds a right to read that nothing uses."""

import ast
from pathlib import Path

import pytest

from shared.contracts import catalogue
from shared.contracts.catalogue import SERVICES, Topic, topics_read_by

SERVICE_FOLDER = Path(__file__).parents[2] / "services"


@pytest.mark.plan("C01")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_the_topics_that_the_catalogue_lets_it_read(service: str) -> None:
    tree = ast.parse((SERVICE_FOLDER / service / "consumers.py").read_text())
    imported = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "shared.contracts.catalogue"
        for alias in node.names
    ]
    read = {topic.name for name in imported if isinstance(topic := getattr(catalogue, name), Topic)}
    assert read == {topic.name for topic in topics_read_by(service)}
