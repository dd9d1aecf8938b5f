"""The SEPA character set: a-z A-Z 0-9 / - ? : ( ) . , ' + and space.

Source: EPC rulebooks of the credit transfer (basic Latin set); banks refuse a whole
file for one accent (failure 22). The real name stays in the database, only the file
carries the folded one.
"""

import re
import unicodedata

# What NFKD does not take apart, or takes apart into something nobody would read.
_REPLACED = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS",
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "þ": "th", "Þ": "TH", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N",
        "&": "+", "€": "EUR", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "_": "-",
    }
)  # fmt: skip
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_SPACES = re.compile(r" {2,}")
_SLASHES = re.compile(r"/{2,}")
_REFERENCE = re.compile(r"(?!/)(?!.*//)(?!.*/\Z)[A-Za-z0-9/\-?:().,'+]"
                        r"(?:[A-Za-z0-9/\-?:().,'+ ]*[A-Za-z0-9/\-?:().,'+])?")  # fmt: skip


def fold(text: str, limit: int) -> str:
    """``text`` in the SEPA character set, at most ``limit`` characters, no double space.

    Accents fall, ligatures open, ``&`` becomes ``+``, anything else becomes a space.
    A text with no Latin letter gives an empty string: the caller must refuse it.
    """
    latin = unicodedata.normalize("NFKD", text.translate(_REPLACED))
    bare = "".join(char for char in latin if not unicodedata.combining(char))
    # NFKD can bring back what the table replaces (a full-width ampersand): a second pass.
    inside = _OUTSIDE.sub(" ", bare.translate(_REPLACED))
    return _SPACES.sub(" ", inside).strip(" ")[:limit].rstrip(" ")


def fold_reference(text: str, limit: int = 35) -> str:
    """Like ``fold``, and without ``/`` at either end nor ``//`` inside (EPC rule on references)."""
    single = _SLASHES.sub("/", fold(text, len(text) * 4 + 4))
    return single.strip("/ ")[:limit].rstrip("/ ")


def is_reference(text: str, limit: int = 35) -> bool:
    """Whether ``text`` can travel as a reference exactly as it is, 1 to ``limit`` characters."""
    return 0 < len(text) <= limit and _REFERENCE.fullmatch(text) is not None
