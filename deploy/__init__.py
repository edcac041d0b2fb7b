"""How Brandmeester is brought up: the embedded stack, topics and users, and the `brandmeester` command."""

# Said here too, since in the image nothing is installed that could be asked; tests hold it against pyproject.toml.
__version__ = "0.1.0"
