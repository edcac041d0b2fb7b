"""People who sign in, as the sign-in provider would describe them."""

from shared.web.members import Member, Role

LENA = Member("lotc", "Lena Otten", "lotc", frozenset({Role.MEMBER, Role.COORDINATOR}), None, "LOT-C")
GIJS = Member("ggd-vr06", "Gijs Dijkstra", "ggd-vr06", frozenset({Role.MEMBER}), "VR06", "GGD NOG")
VERA = Member("vr06", "Vera Roelofs", "vr06", frozenset({Role.MEMBER}), "VR06", "Veiligheidsregio NOG")
VICTOR = Member("vr23", "Victor Raaijmakers", "vr23", frozenset({Role.MEMBER}), "VR23")
ILSE = Member("iszw", "Ilse Zwaan", "iszw", frozenset({Role.MEMBER}), None, "Inspectie SZW")
RIKST = Member("reader", "Rikst Leesma", "ggd-vr06", frozenset({Role.READER}), "VR06", "GGD NOG")
"""Reads along, and may change nothing."""
HANNA = Member("hotline", "Hanna Olthof", "hotline", frozenset({Role.OPERATOR}))
"""Takes calls at the hotline, and is no member of the platform."""
OMAR = Member("ops", "Omar Peeters", "ops", frozenset({Role.OPS}))
"""Runs the machines, also of what he may not read."""
