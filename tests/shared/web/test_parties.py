"""Ids of parties, in the words of people who never saw one."""

import pytest

from shared.reference.places import Reference
from shared.web.parties import party_name

REFERENCE = Reference.load()


@pytest.mark.parametrize(
    ("party", "name"),
    [
        ("lotc", "LOT-C"),
        ("iszw", "Inspectie SZW"),
        ("hotline", "meldlijn 0800-5151"),
        ("vr06", "Veiligheidsregio Noord- en Oost-Gelderland"),
        ("ggd-vr23", "GGD Limburg-Noord"),
        ("kreis-borken", "Kreis Borken"),
        ("uitzend-app", "uitzend-app"),
        ("vr99", "vr99"),
    ],
)
def test_a_party_is_called_by_its_name(party: str, name: str) -> None:
    assert party_name(party, REFERENCE) == name
