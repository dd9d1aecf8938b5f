"""Photos and captures: turned upright, scaled, written anew, so that nothing but the picture itself is left.

Writing a picture anew drops its metadata (EXIF with the place, XMP, IPTC, thumbnails, comments) and whatever was
hidden before or behind it. Memory is bounded before anything is unfolded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

import pillow_heif
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, ImageOps

from aid_requests.documents.faults import DocumentError
from aid_requests.documents.kinds import HEIC, JPEG, PNG, WEBP

MAX_SIDE: Final = 3000  # pixels: an A4 page at 250 dots per inch
MAX_PIXELS: Final = 150_000_000
# What a picture may take once unfolded, in bytes: a file of 8 MB may claim a thousand times its size.
MAX_UNFOLDED_BYTES: Final = 288 * 1024 * 1024
_QUALITY: Final = 85
_BIGGEST_PNG: Final = 4 * 1024 * 1024
_FORMATS: Final = {JPEG: ["JPEG"], PNG: ["PNG"], WEBP: ["WEBP"], HEIC: ["HEIF"]}
_FONT: Final = Path(settings.BASE_DIR) / "fund" / "fonts" / "DejaVuSans.ttf"
_DEEP_GREY: Final = 256  # a 16-bit grey keeps its upper half

# One picture at a time is unfolded in a process, whatever its threads are asked at once.
_ONE_AT_A_TIME = Lock()
# The size is judged here, from the header: Pillow's own warning would come before.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def clean_picture(data: bytes, kind: str) -> tuple[str, bytes]:
    """(the kind it is kept as, its bytes): JPEG, or PNG for a small PNG. Raises DocumentError."""
    with _unfolded(data, kind) as picture:
        return _written(picture, as_png=kind == PNG)


def mark_picture(data: bytes, kind: str, words: str) -> tuple[str, bytes]:
    """A cleaned picture with `words` across it, again and again."""
    with _unfolded(data, kind) as picture:
        marked = picture.convert("RGB")
        marked.paste((128, 128, 128), (0, 0), _shade(picture.size, words))
        return _written(marked, as_png=kind == PNG)


@contextmanager
def _unfolded(data: bytes, kind: str) -> Iterator[Image.Image]:
    """The picture upright, at most MAX_SIDE wide and high, in RGB or grey. Raises DocumentError."""
    with _ONE_AT_A_TIME:
        try:
            picture = Image.open(BytesIO(data), formats=_FORMATS[kind])
            _check_size(picture)
            picture.draft(None, _fitting(picture.size))  # a JPEG is decoded at a half, a quarter or an eighth
            picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=None)
            upright = _plain(ImageOps.exif_transpose(picture))
            upright.info.clear()
            yield upright
        except DocumentError:
            raise
        except Exception as error:  # a broken picture makes Pillow raise almost anything
            raise DocumentError("not_an_image") from error


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """The size to reach, with the same shape."""
    shrunk = min(1.0, MAX_SIDE / max(size))
    return max(1, round(size[0] * shrunk)), max(1, round(size[1] * shrunk))


def _check_size(picture: Image.Image) -> None:
    """Refuses by the header alone what would take too much memory."""
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS:
        raise DocumentError("huge_image")
    if picture.format == "JPEG" and not picture.info.get("progressive"):
        return  # scaled down while it is read
    # The others are decoded beside, then copied.
    per_pixel = 4 if picture.format in ("JPEG", "PNG") else 6
    unfolded = pixels if len(picture.getbands()) == 1 else pixels * per_pixel
    if unfolded > MAX_UNFOLDED_BYTES:
        raise DocumentError("huge_image")


def _plain(picture: Image.Image) -> Image.Image:
    """In RGB or grey; what is transparent becomes white, as paper is. Only the first frame of a moving picture."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / _DEEP_GREY).convert("L")
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.has_transparency_data:
        page = Image.new("RGBA", picture.size, "white")
        page.alpha_composite(picture.convert("RGBA"))
        return page.convert("RGB")
    return picture.convert("RGB")


def _written(picture: Image.Image, *, as_png: bool) -> tuple[str, bytes]:
    if as_png:
        data = _saved(picture, "PNG", compress_level=6)
        if len(data) <= _BIGGEST_PNG:
            return PNG, data
    return JPEG, _saved(picture, "JPEG", quality=_QUALITY, progressive=False)


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _shade(size: tuple[int, int], words: str) -> Image.Image:
    """How much of the grey words each point takes: rows of them, slanted, over the whole picture."""
    width, height = size
    letters = max(12, round(min(size) / 26))
    font = ImageFont.truetype(str(_FONT), letters)
    line = f"{words}   "
    length = max(1, round(font.getlength(line)))
    side = round((width**2 + height**2) ** 0.5) + 2 * letters
    sheet = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(sheet)
    for row, top in enumerate(range(0, side, letters * 5)):
        for left in range(-(row % 2) * length // 2, side, length):
            pen.text((left, top), line, fill=140, font=font)
    turned = sheet.rotate(30)
    left, top = (side - width) // 2, (side - height) // 2
    return turned.crop((left, top, left + width, top + height))
