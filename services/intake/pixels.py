"""Makes a new picture out of the pixels of one that came in: whatever else its file held stays behind."""

from io import BytesIO

from PIL import Image, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
_KINDS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 80


class NoPicture(ValueError):
    """The file is refused; `reason` is the code of a message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def repainted(data: bytes) -> bytes:
    """The same to look at, as a JPEG without place, time, device, comment or name; raises NoPicture."""
    if len(data) > MOST_BYTES:
        raise NoPicture("picture_large")
    try:
        with Image.open(BytesIO(data), formats=_KINDS) as image:
            return _painted(image)
    except NoPicture:
        raise
    except Image.DecompressionBombError:
        raise NoPicture("picture_pixels") from None
    except (OSError, ValueError, SyntaxError, OverflowError, EOFError):
        raise NoPicture("picture_kind") from None


def _painted(image: Image.Image) -> bytes:
    width, height = image.size
    # Known from the file's head, before a pixel is unpacked.
    if width * height > MOST_PIXELS:
        raise NoPicture("picture_pixels")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = _on_white(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    painted = BytesIO()
    bare.save(painted, "JPEG", quality=_QUALITY)
    return painted.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")
