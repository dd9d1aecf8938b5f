"""The reference a person copies onto a transfer or a deposit slip, with check digits: « DON-7K4Q-92 ».

Letters and digits that look alike are left out (0 O, 1 I L, 2 Z, 5 S, 8 B: one of each pair at most). The two check
digits are those of ISO 7064 (mod 97-10), as in an IBAN: no single wrong character and no swap of two neighbours gives
another reference. Banks drop the dashes, add spaces, change the case: that is read; a typing error is not (failures 13
and 20).
"""

import re
import secrets
from collections.abc import Iterable

TRANSFER, DEPOSIT = "DON", "REM"
ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
BODY_LENGTH = 4
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


def draw_reference(prefix: str) -> str:
    """A new reference by chance; that nobody has it is for the caller's unique column to say."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(BODY_LENGTH))
    return written(prefix, body)


def written(prefix: str, body: str) -> str:
    """« DON-7K4Q-92 » from its prefix and its four characters."""
    return f"{prefix}-{body}-{_check_digits(prefix + body)}"


def read_reference(text: str, prefix: str) -> str:
    """The reference that was typed alone, as we write it; empty when it is none."""
    found = references_in([text], prefix)
    bare = _NOT_ALPHANUMERIC.sub("", text.upper())
    return next((one for one in found if _NOT_ALPHANUMERIC.sub("", one) == bare), "")


def references_in(texts: Iterable[str], prefix: str) -> set[str]:
    """Every right reference with this prefix in the texts of a bank line, as we write them."""
    shape = re.compile(f"(?={prefix}([{ALPHABET}]{{{BODY_LENGTH}}})([0-9]{{2}}))")
    found = set()
    for text in texts:
        for body, digits in shape.findall(_NOT_ALPHANUMERIC.sub("", text.upper())):
            reference = written(prefix, body)
            if reference.endswith(digits):
                found.add(reference)
    return found


def _check_digits(text: str) -> str:
    number = int("".join(str(int(character, 36)) for character in text)) * 100
    return f"{98 - number % 97:02d}"
