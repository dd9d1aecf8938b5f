"""A JPEG without its metadata, its picture untouched: for photos inside a PDF."""

from typing import Final

# JFIF says the density, Adobe how colours are meant: without them the picture would look otherwise.
_KEPT_APPLICATIONS: Final = frozenset({0xE0, 0xEE})
_COMMENT: Final = 0xFE
_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"


def without_metadata(data: bytes) -> bytes:
    """Without EXIF, XMP, IPTC, colour profiles, comments, and what follows the end; as it is when it is no JPEG."""
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _SCAN:
            end = data.rfind(_END)
            return bytes(kept) + (data[at : end + 2] if end > at else data[at:])
        after = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        is_metadata = 0xE0 <= marker <= 0xEF and marker not in _KEPT_APPLICATIONS
        if not is_metadata and marker != _COMMENT:
            kept += data[at:after]
        at = after
    return data
