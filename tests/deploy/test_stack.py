"""The embedded stack starts, keeps its data, and says what is wrong when it cannot."""

import socket
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.credentials import Credentials
from deploy.local.mongo import Mongo
from deploy.local.ports import Ports
from deploy.local.process import StackError
from tests.stack import free_port_base


@pytest.mark.stack
def test_a_second_start_continues_with_the_data_even_on_another_port(tmp_path: Path) -> None:
    for expected in (1, 2):
        mongo = Mongo(tmp_path, Ports(free_port_base()), Credentials(tmp_path))
        mongo.start()
        try:
            mongo.wait()
            with MongoClient[dict[str, Any]](mongo.url("intake")) as client:
                client.intake.starts.insert_one({})
                assert client.intake.starts.count_documents({}) == expected
        finally:
            mongo.stop()


@pytest.mark.stack
def test_a_port_that_is_taken_is_named_together_with_the_setting(tmp_path: Path) -> None:
    ports = Ports(free_port_base())
    with socket.create_server(("127.0.0.1", ports.mongo)):
        with pytest.raises(StackError, match=rf"Port {ports.mongo} \(MongoDB\).*BRANDMEESTER_PORT_BASE"):
            Mongo(tmp_path, ports, Credentials(tmp_path)).start()
