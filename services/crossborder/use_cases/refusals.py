"""Why something a person asked for was not done."""


class NotFound(LookupError):
    """There is no such notice or authority."""


class NotYours(Exception):
    """Another region is in charge."""
