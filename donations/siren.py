"""The SIREN, by which a French company is known: nine digits of which the last one checks the others (Luhn)."""

import re

_BETWEEN = re.compile(r"[\s.\u00a0\u202f-]+")
_SIREN = re.compile(r"[0-9]{9}", re.ASCII)


def siren_of(text: str) -> str:
    """The nine digits of a SIREN as people write it, spaces and dots between; empty when it is none."""
    digits = _BETWEEN.sub("", text)
    return digits if _SIREN.fullmatch(digits) and _is_checked(digits) else ""


def _is_checked(digits: str) -> bool:
    """Luhn, as INSEE applies it to the SIREN. Nine zeros pass it and are nobody."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and digits.strip("0") != ""
