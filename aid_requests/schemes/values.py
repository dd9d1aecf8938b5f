"""Values of answers: as a schedule writes them (ISO, `150.00`, yes/no) and as a person reads them."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from aid_requests.schemes.grammar import Kind, Question, Row, Scalar, Value
from fund.money import AmountError, format_euros, parse_euros_from_zero, plain_euros

_PLAIN_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Territories of CLDR that are no country of ISO 3166: unions, test codes, islands counted with their state.
_NOT_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)


class ValueFault(ValueError):
    """A literal that does not fit its kind; the text says in French what to write."""


def read_amount(text: str) -> int:
    """Cents of what an aid gives: `150`, `150.5` or `150.00`, at least 1 cent. Raises ValueFault."""
    cents = read_amount_answer(text)
    if cents == 0:
        raise ValueFault("Le montant doit être d’au moins un centime : 0.01.")
    return cents


def read_amount_answer(text: str) -> int:
    """Cents of an answer or of what it is compared with: as `read_amount`, and `0` too. Raises ValueFault."""
    if not _PLAIN_AMOUNT.fullmatch(text):
        raise ValueFault("Écrivez un montant en euros, un point et deux décimales au plus : 150.00.")
    try:
        return parse_euros_from_zero(text)
    except AmountError as error:
        raise ValueFault("Ce montant est trop grand.") from error


def read_number(text: str) -> int:
    """A whole number of at most nine digits. Raises ValueFault."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueFault("Écrivez un nombre entier, par exemple 3.")
    return int(text)


def read_date(text: str) -> date:
    """A date written 2020-04-03. Raises ValueFault."""
    try:
        if not _ISO_DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueFault("Écrivez une date qui existe, comme 2020-04-03.") from error


def read_yes_no(text: str) -> bool:
    """`yes` or `no`. Raises ValueFault."""
    if text not in ("yes", "no"):
        raise ValueFault("Écrivez yes ou no.")
    return text == "yes"


def read_country(text: str) -> str:
    """An ISO 3166 code in capitals. Raises ValueFault."""
    if text not in country_codes():
        raise ValueFault(
            f"« {text[:40]} » n’est pas un code de pays : écrivez deux lettres majuscules, par exemple FI."
        )
    return text


def read_value(kind: Kind, text: str) -> Scalar:
    """The value of a literal in a schedule; an option or a text is itself. Raises ValueFault."""
    match kind:
        case Kind.YES_NO:
            return read_yes_no(text)
        case Kind.NUMBER:
            return read_number(text)
        case Kind.AMOUNT:
            return read_amount_answer(text)
        case Kind.DATE:
            return read_date(text)
        case Kind.COUNTRY:
            return read_country(text)
        case Kind.CHOICE | Kind.TEXT:
            return text
        case Kind.GROUP:
            raise ValueFault("Un groupe n’a pas une seule valeur.")


def write_value(kind: Kind, value: Scalar) -> str:
    """The literal that `read_value` reads back as `value`."""
    if kind is Kind.YES_NO:
        return "yes" if value else "no"
    if kind is Kind.AMOUNT:
        return plain_euros(int(str(value)))
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166 two-letter codes that CLDR names."""
    codes = (str(code) for code in Locale("fr").territories)
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code) and code not in _NOT_COUNTRIES)


def country_name(code: str, language: str) -> str:
    return Locale(_locale(language)[:2]).territories.get(code, code)


def country_choices(language: str) -> list[tuple[str, str]]:
    """(code, name) of every country, in the order of names without accents, for a form's list."""
    named = ((code, country_name(code, language)) for code in country_codes())
    return sorted(named, key=lambda choice: _without_accents(choice[1]))


def _without_accents(name: str) -> str:
    return name.translate(str.maketrans("ÅÉÎÔÂéèêëàâîïôöçñüãíð", "AEIOAeeeeaaiioocnuaid")).lower()


def _locale(language: str) -> str:
    return "en_GB" if language.lower().startswith("en") else "fr"


def format_value(question: Question, value: Value, language: str) -> str:
    """The answer as a sentence would hold it: « 612 € », « 17 mars 2020 », the option's label."""
    if isinstance(value, tuple):
        return "\u202f; ".join(", ".join(format_row(question, row, language).values()) for row in value)
    if question.kind is Kind.YES_NO:
        yes, no = ("Yes", "No") if _locale(language) == "en_GB" else ("Oui", "Non")
        return yes if value else no
    if isinstance(value, date):
        return _format_date(value, language)
    if question.kind is Kind.CHOICE:
        chosen = next(option for option in question.options if option.value == value)
        return chosen.label.in_language(language)
    if question.kind is Kind.COUNTRY:
        return country_name(str(value), language)
    if question.kind is Kind.AMOUNT:
        return format_euros(int(value), language, cents_shown=False)
    return format_decimal(value, locale=_locale(language)) if question.kind is Kind.NUMBER else str(value)


def format_row(group: Question, row: Row, language: str) -> dict[str, str]:
    """Each answer of a row as a sentence would hold it, by the label of its question."""
    return {
        one.label.in_language(language): format_value(one, row[one.id], language)
        for one in group.questions
        if one.id in row
    }


def _format_date(day: date, language: str) -> str:
    written = format_date(day, "long", locale=_locale(language))
    # CLDR writes « 1 mars »; nobody signs that in French.
    return f"1er{written[1:]}" if day.day == 1 and _locale(language) == "fr" else written
