"""What people type to be read by others: without the characters that nobody sees and that change what is read.

Controls, marks that turn the direction of reading, joiners and spaces of no width, private signs: a name made of them
looks like another name, and a moderator who reads it has not read what the public will.
"""

import unicodedata

# Control, format, private use and half characters. Unassigned ones stay: they may be newer than our table.
_HIDDEN_KINDS = {"Cc", "Cf", "Co", "Cs"}
# Letters and marks that are drawn as nothing: the Hangul fillers, the grapheme joiner, the empty braille cell.
_HIDDEN_LETTERS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def without_hidden(text: str) -> str:
    """The text without its hidden characters, composed (NFC); its line ends are kept, as « \\n »."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (sign for sign in lines if sign == "\n" or not _is_hidden(sign))
    return unicodedata.normalize("NFC", "".join(kept))


def on_one_line(text: str) -> str:
    """The words of the text, one space between two, without its hidden characters."""
    return " ".join(without_hidden(" ".join(text.split())).split())


def is_right_to_left(sign: str) -> bool:
    """Whether the sign is read from right to left (Hebrew, Arabic): a page turns it, a printed line does not."""
    return unicodedata.bidirectional(sign) in {"R", "AL", "AN"}


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _HIDDEN_KINDS or sign in _HIDDEN_LETTERS
