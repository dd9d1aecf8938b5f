"""Values as an administrator types and reads them ↔ as a schedule writes them. What cannot be read stays as typed.

Nothing is refused here: `schemes.load` says what is wrong, and what was typed is never lost.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from aid_requests.schemes import Kind, country_choices
from aid_requests.schemes.values import country_name
from fund.money import AmountError, format_euros, parse_euros_from_zero, plain_euros

_FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_PLAIN_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")


def plain_text(typed: str) -> str:
    """A text with the line ends of a file, its outer spaces gone."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def plain_value(kind: str | None, typed: str) -> str:
    """What the schedule writes for `typed`: « 15/02/2020 » → 2020-02-15, « 150,50 » → 150.50, « Espagne » → ES."""
    text = plain_text(typed)
    match kind:
        case Kind.DATE:
            return _plain_date(text)
        case Kind.AMOUNT:
            return plain_amount(text)
        case Kind.NUMBER:
            return _SPACES.sub("", text).replace("\u2212", "-")
        case Kind.COUNTRY:
            return _codes_by_name().get(text.casefold(), text.upper() if len(text) == 2 else text)
        case _:
            return text


def plain_amount(typed: str) -> str:
    try:
        return plain_euros(parse_euros_from_zero(typed))
    except AmountError:
        return typed


def _plain_date(text: str) -> str:
    found = _FRENCH_DATE.fullmatch(text)
    if not found:
        return text
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def shown_value(kind: str | None, plain: str, language: str = "fr") -> str:
    """What stands in the input for `plain`: dates and amounts as French people type them, countries by name."""
    match kind:
        case Kind.DATE:
            found = _ISO_DATE.fullmatch(plain)
            return "/".join(reversed(found.groups())) if found else plain
        case Kind.AMOUNT:
            return plain.replace(".", ",") if _PLAIN_AMOUNT.fullmatch(plain) else plain
        case Kind.COUNTRY:
            return country_name(plain, language)
        case _:
            return plain


def read_aloud(kind: str | None, plain: str, language: str = "fr") -> str:
    """The value inside a sentence: as `shown_value`, amounts with their sign."""
    if kind == Kind.AMOUNT and _PLAIN_AMOUNT.fullmatch(plain):
        try:
            return format_euros(parse_euros_from_zero(plain), language, cents_shown=False)
        except AmountError:
            return plain
    return shown_value(kind, plain, language)


@cache
def _codes_by_name() -> dict[str, str]:
    """Country codes by their names in both languages, case folded."""
    return {name.casefold(): code for language in ("en", "fr") for code, name in country_choices(language)}
