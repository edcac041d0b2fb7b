"""What `make up` tells whoever started it."""

import io

from rich.console import Console

from deploy.console import show_platform
from deploy.local.description import Description
from shared.contracts.catalogue import SERVICES


def test_every_address_that_a_guide_asks_for_is_told() -> None:
    platform = Description(
        pid=1,
        port_base=28000,
        services={name: f"http://localhost:{28001 + number}" for number, name in enumerate(SERVICES)},
        issuer="http://localhost:28006",
        users=[{"sub": "lotc", "name": "Lena Otten", "organisation": "lotc", "roles": ["member", "coordinator"]}],
        kafka_services="127.0.0.1:28011",
        kafka_partners="127.0.0.1:28012",
        mongo="mongodb://127.0.0.1:28021",
        token="a token",
    )
    told = io.StringIO()
    show_platform(Console(file=told, width=200), platform)
    addresses = (*platform.services.values(), platform.issuer, platform.kafka_services, platform.kafka_partners)
    assert [address for address in addresses if address not in told.getvalue()] == []
    assert "member, coordinator" in told.getvalue()
