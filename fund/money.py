"""Euro amounts as integer cents: the only place that parses, formats or splits them (failure 25: no floats)."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MAX_CENTS = 99_999_999_999  # what one SEPA transfer can carry: 999 999 999,99 €

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_MINUS = ("-", "\u2212")
_PLAIN = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{0,6}))?")


@dataclass(frozen=True)
class AmountError(ValueError):
    """The text is no amount; `sentence` (a lazy text) tells the person what to write instead."""

    sentence: object

    def __str__(self) -> str:
        return str(self.sentence)


def parse_euros(text: str) -> int:
    """Cents of an amount typed by a French or English reader: « 1 234,50 », « 1234.5 », « 20 € ».

    Raises AmountError for text, negative amounts, zero, more than two decimals, or more than MAX_CENTS.
    A single separator is always the decimal one: « 1.234 » is refused as three decimals, never guessed.
    """
    bare = _bare(text)
    if bare.startswith(_MINUS):
        raise AmountError(_("Le montant doit être plus grand que zéro."))
    cents = _cents(bare)
    if cents == 0:
        raise AmountError(_("Le montant doit être plus grand que zéro."))
    return cents


def parse_euros_from_zero(text: str) -> int:
    """As `parse_euros` where nothing is an answer too: 0 for « 0 » or « 0,00 ». Raises AmountError."""
    bare = _bare(text)
    if bare.startswith(_MINUS):
        raise AmountError(_("Le montant ne peut pas être négatif : écrivez 0 s’il n’y a rien."))
    return _cents(bare)


def _bare(text: str) -> str:
    """What was typed, without its spaces and its sign of the euro."""
    return _SPACES.sub("", str(text)).removesuffix("€").removeprefix("€").removesuffix("EUR")


def _cents(bare: str) -> int:
    match = _PLAIN.fullmatch(bare)
    if match is None:
        if re.fullmatch(r"[0-9]{13,}(?:[.,][0-9]+)?", bare):
            raise AmountError(_("Ce montant est trop grand."))
        raise AmountError(_("Écrivez un montant en euros, par exemple 20 ou 12,50."))
    euros, decimals = match.group(1), match.group(2) or ""
    if len(decimals) > 2:
        raise AmountError(_("Un montant en euros a deux décimales au plus, par exemple 12,50."))
    cents = int(euros) * 100 + int(decimals.ljust(2, "0"))
    if cents > MAX_CENTS:
        raise AmountError(_("Ce montant est trop grand."))
    return cents


def format_euros(cents: int, language: str = "fr", *, cents_shown: bool = True) -> str:
    """« 1 234,50 € » with U+202F and U+00A0 in French, « €1,234.50 » in English; the minus is U+2212."""
    sign = "\u2212" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    if language.startswith("en"):
        decimals = f".{rest:02d}" if cents_shown or rest else ""
        return f"{sign}€{euros:,}{decimals}"
    grouped = f"{euros:,}".replace(",", NARROW_SPACE)
    decimals = f",{rest:02d}" if cents_shown or rest else ""
    return f"{sign}{grouped}{decimals}{NO_BREAK_SPACE}€"


def plain_euros(cents: int) -> str:
    """« 150.00 », for XML and CSV files: no special space, a dot."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros}.{rest:02d}"


def split_cents(total_cents: int, parts: int) -> list[int]:
    """`total_cents` in `parts` shares that differ by a cent at most; the first ones get the odd cents."""
    share, odd = divmod(total_cents, parts)
    shares = [share + 1] * odd + [share] * (parts - odd)
    assert sum(shares) == total_cents  # noqa: S101 - the one promise of this function
    return shares
