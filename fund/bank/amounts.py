"""Amounts as banks write them, to and from integers in the smallest unit of the currency.

Banks write "36847", "24045029.5" or "150.00" (ISO 20022 decimal), or thirteen digits
and an overpunched sign (CFONB). No float ever takes part (failure 25), and what is not
plainly a number is refused rather than read as zero (failure 20).
"""

import re
from typing import Final

from fund.money import NARROW_SPACE, NO_BREAK_SPACE, format_euros

# ISO 4217 minor units. A currency that is not here is refused: with unknown decimals
# an amount could be wrong by a factor of ten or a hundred.
# fmt: off
_TWO_DECIMALS: Final = (
    "EUR", "CHF", "GBP", "USD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "HRK",
    "RSD", "MKD", "ALL", "MDL", "BAM", "GEL", "UAH", "TRY", "CAD", "AUD", "NZD", "CNY", "HKD",
    "SGD", "INR", "BRL", "MXN", "ZAR", "MAD", "DZD", "EGP", "ILS", "AED", "SAR", "QAR", "LBP",
    "MRU", "MUR", "THB", "MYR", "IDR", "PHP", "COP", "PEN", "ARS",
)
_NO_DECIMALS: Final = (
    "JPY", "KRW", "VND", "ISK", "CLP", "XAF", "XOF", "XPF", "PYG", "UGX", "RWF", "BIF", "DJF",
    "GNF", "KMF", "VUV",
)
_THREE_DECIMALS: Final = ("TND", "BHD", "KWD", "OMR", "JOD", "IQD", "LYD")
# fmt: on
_DECIMALS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_DECIMALS, 2),
    **dict.fromkeys(_NO_DECIMALS, 0),
    **dict.fromkeys(_THREE_DECIMALS, 3),
}
_DECIMAL_TEXT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,10}))?")
_OVERPUNCH: Final[dict[str, tuple[int, int]]] = {
    **{char: (1, digit) for digit, char in enumerate("{ABCDEFGHI")},
    **{char: (-1, digit) for digit, char in enumerate("}JKLMNOPQR")},
    # The same two bytes read through the French EBCDIC page (297).
    "é": (1, 0),
    "è": (-1, 0),
}


class AmountError(ValueError):
    """The text is not an amount; ``code`` is "amount" or "currency"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decimals_of(currency: str) -> int:
    """Digits after the point of ``currency`` (ISO 4217). Raises AmountError("currency")."""
    try:
        return _DECIMALS[currency]
    except KeyError:
        raise AmountError("currency") from None


def cents_from_decimal(text: str, currency: str) -> int:
    """The ISO 20022 decimal ``text`` in the smallest unit of ``currency``, never negative.

    Raises AmountError: a sign, a comma, a space inside or a fraction of a cent is not an
    amount (an ISO amount has no sign, CdtDbtInd carries it).
    """
    places = decimals_of(currency)
    match = _DECIMAL_TEXT.fullmatch(text.strip())
    if match is None:
        raise AmountError("amount")
    whole, fraction = match.group(1), match.group(2) or ""
    if fraction[places:].strip("0"):
        raise AmountError("amount")
    return int(whole + fraction[:places].ljust(places, "0"))


def cents_from_overpunch(text: str, decimals: int, currency: str) -> int:
    """The signed CFONB amount (digits, the last one overpunched) in the currency's smallest unit.

    ``decimals`` is the file's own digit. Blanks stand for leading zeros; a blank after a
    significant digit could be read two ways and is refused. Raises AmountError.
    """
    places = decimals_of(currency)
    body, sign_char = text[:-1], text[-1:]
    if sign_char not in _OVERPUNCH:
        raise AmountError("amount")
    digits = body.replace(" ", "")
    if not re.fullmatch(r"[0-9]*", digits) or int(digits or 0) != int(body.replace(" ", "0") or 0):
        raise AmountError("amount")
    sign, last = _OVERPUNCH[sign_char]
    value = int((digits or "0") + str(last))
    if decimals <= places:
        return sign * value * 10 ** (places - decimals)
    whole, lost = divmod(value, 10 ** (decimals - places))
    if lost:
        raise AmountError("amount")
    return sign * whole


def readable(amount: int, currency: str) -> str:
    """A signed amount for a French sentence: euros as everywhere else, others with their code."""
    if currency == "EUR":
        return format_euros(amount)
    places = _DECIMALS.get(currency, 2)
    whole, fraction = divmod(abs(amount), 10**places)
    grouped = f"{whole:,}".replace(",", NARROW_SPACE)
    tail = f",{fraction:0{places}d}" if places else ""
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{grouped}{tail}{NO_BREAK_SPACE}{currency}"
