"""The stylesheet and script, served from memory under an address that changes with their content."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.problems import not_found

_FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with the address it is served at."""

    address: str
    media_type: str
    content: bytes


class Assets:
    """All files of `shared/web/static`."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._assets = {file.name: _asset(file) for file in sorted(folder.iterdir()) if file.is_file()}

    def address(self, name: str) -> str:
        """For templates: `/static/<hash>/brandmeester.css`."""
        return self._assets[name].address

    def get(self, name: str) -> Asset | None:
        return self._assets.get(name)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/static/{content_hash}/{name}")
        async def static(content_hash: str, name: str) -> Response:
            asset = self.get(name)
            if asset is None:
                raise not_found()
            # A page made by the version before this one still finds its stylesheet, but not for ever.
            current = asset.address == f"/static/{content_hash}/{name}"
            caching = _FOREVER if current else "no-cache"
            return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": caching})

        return router


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Asset(f"/static/{digest}/{file.name}", media_type, content)
