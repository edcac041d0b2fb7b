"""The data folder, and files in it that only their owner may read."""

import os
import tempfile
from pathlib import Path

DATA_SETTING = "BRANDMEESTER_DATA"
DEFAULT_DATA = Path(__file__).parents[2] / "data"


def data_folder() -> Path:
    return Path(os.environ.get(DATA_SETTING) or DEFAULT_DATA).expanduser().resolve()


def write_private(path: Path, content: str) -> None:
    """Write a whole file at once, readable by its owner only: nobody sees it half written or open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as half:
        half.write(content)
    Path(half.name).replace(path)
