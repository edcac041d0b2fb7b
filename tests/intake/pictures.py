"""A photo as a telephone makes it: with its place, its maker and a comment inside."""

from io import BytesIO

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

COMMENT = b"voor neef Andrzej"
MAKER = b"Telefoon van Andrzej"
LATITUDE = (52.0, 2.0, 33.771)


def photo(size: tuple[int, int] = (320, 240), orientation: int = 1) -> bytes:
    """A JPEG with Exif, GPS position, maker and comment; grey and green, so that it is easily known again."""
    image = Image.new("RGB", size, (90, 90, 90))
    image.paste((20, 160, 60), (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = MAKER.decode()
    exif[Base.DateTime] = "2020:10:24 14:07:31"
    position = exif.get_ifd(IFD.GPSInfo)
    position[GPS.GPSLatitudeRef] = "N"
    position[GPS.GPSLatitude] = LATITUDE
    stored = BytesIO()
    image.save(stored, "JPEG", exif=exif, comment=COMMENT)
    return stored.getvalue()
