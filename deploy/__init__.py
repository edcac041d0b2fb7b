"""How Brandmeester is brought up: the embedded stack, topics and users, and the `brandmeester` command."""
