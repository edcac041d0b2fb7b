"""Why something a person asked for was not done."""


class NotFound(LookupError):
    """There is no such report."""


class NotYours(Exception):
    """The report belongs to others; the message says to whom, in Dutch."""
