"""Addresses of news items in one normal form, so that one item is one signal whoever reports it."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST = 500
_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|cmpid|ref|source|share\w*)", re.I)
_COPIES = ("www.", "m.", "mobile.", "amp.")


def normal_link(typed: str) -> str | None:
    """`HTTP://www.Krant.example/a/?utm_source=x#top` is `https://krant.example/a`; None when it is no web address."""
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or "." not in host or " " in text or parts.username:
        return None
    for copy in _COPIES:
        host = host.removeprefix(copy)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    path = parts.path.rstrip("/").removesuffix("/amp")
    link = urlunsplit(("https", place, path, _query(parts.query), ""))
    return link if len(link) <= LONGEST else None


def _query(query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query) if not _TRACKING.fullmatch(name)]
    return urlencode(sorted(kept))
