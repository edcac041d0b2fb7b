"""A picture comes out as pixels and nothing else, and what is no picture is refused with its reason."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from services.intake.pixels import LONGEST_SIDE, MOST_BYTES, NoPicture, repainted
from tests.intake.pictures import COMMENT, MAKER, photo


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.plan("S06")
def test_place_device_comment_and_profile_stay_behind() -> None:
    taken = photo()
    assert COMMENT in taken
    assert MAKER in taken
    bare = repainted(taken)
    assert COMMENT not in bare
    assert MAKER not in bare
    assert b"Exif" not in bare
    assert dict(opened(bare).getexif()) == {}
    assert set(opened(bare).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_stays_upright_without_its_orientation() -> None:
    lying = photo(size=(300, 200), orientation=6)
    assert opened(repainted(lying)).size == (200, 300)


def test_what_was_hidden_behind_the_picture_is_gone() -> None:
    assert b"hidden at the end" not in repainted(photo() + b"hidden at the end")


def test_a_large_picture_becomes_as_large_as_a_reader_needs() -> None:
    assert max(opened(repainted(photo(size=(4000, 3000)))).size) == LONGEST_SIDE


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_kinds_become_the_one_kind(kind: str) -> None:
    stored = BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(stored, kind)
    painted = opened(repainted(stored.getvalue()))
    assert (painted.format, painted.size) == ("JPEG", (40, 30))


def test_what_is_transparent_becomes_white() -> None:
    stored = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(stored, "PNG")
    assert min(opened(repainted(stored.getvalue())).getpixel((4, 4))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", photo()[:200], b"PK\x03\x04" * 50],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture) as refusal:
        repainted(data)
    assert refusal.value.reason == "picture_kind"


def test_a_file_that_is_too_large_is_not_opened() -> None:
    with pytest.raises(NoPicture) as refusal:
        repainted(bytes(MOST_BYTES + 1))
    assert refusal.value.reason == "picture_large"


@pytest.mark.parametrize("side", [9_000, 30_000, 2_000_000])
def test_a_small_file_that_unpacks_into_a_huge_picture_is_refused_unopened(side: int) -> None:
    with pytest.raises(NoPicture) as refusal:
        repainted(bomb(side))
    assert refusal.value.reason == "picture_pixels"


def bomb(side: int) -> bytes:
    """A PNG that claims this many pixels each way and holds none of them."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
