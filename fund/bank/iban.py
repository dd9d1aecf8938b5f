"""IBANs the fund can pay: any of the 41 SEPA countries, checked before money moves.

No country may be asked for (Reg. (EU) 260/2012 art. 9): a German or Lithuanian account
passes like a French one. The table of countries is ours, because the library's flag says
yes to New Caledonia and no to Albania, Moldova, Montenegro, North Macedonia and Serbia.

Two decisions:

* New Caledonia, French Polynesia, Wallis and Futuna (and the Southern Territories) are
  outside SEPA although their IBANs begin with FR: the country of the bank's BIC decides.
  A bank the library does not know counts as metropolitan unless the BIC is given.
* Accounts of the overseas departments and collectivities inside SEPA (GP, MQ, GF, RE, YT,
  PM, BL, MF) are issued with FR by the IBAN registry. A form with the territory's own
  prefix has right check digits by accident only and no bank would execute it: it is
  refused, with the advice to copy the IBAN that begins with FR.
"""

import re
from dataclasses import dataclass, field
from typing import Final

import schwifty
from django.utils.translation import gettext_lazy as _
from schwifty import exceptions, registry

# fmt: off
# The European Union's 27, the 3 of the EEA, 6 neighbours, the 5 that joined from 2024 to 2026.
SEPA_COUNTRIES: Final = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    "IS", "LI", "NO",
    "CH", "MC", "SM", "AD", "VA", "GB",
    "AL", "ME", "MD", "MK", "RS",
})
# fmt: on
# Territories of a SEPA country that have an IBAN prefix of their own.
_SEPA_TERRITORIES: Final = frozenset({"GI"})
_OVERSEAS_OUTSIDE: Final = frozenset({"NC", "PF", "WF", "TF"})
_OVERSEAS_INSIDE: Final = frozenset({"GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"})
# Countries with one national key for every bank. Not Germany: its method is the bank's own
# and changes four times a year, a stale table would refuse good accounts.
# fmt: off
_NATIONAL_KEY: Final = frozenset({
    "BE", "CZ", "EE", "ES", "FI", "FR", "IS", "IT", "MC", "ME", "MK", "NO", "PL", "PT", "RS", "SI",
    "SK", "SM",
})
# fmt: on
# Spaces of every kind, zero-width marks, hyphens and dashes people copy from a bank's page.
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-\u2010-\u2015\u2212.]+")

MESSAGES: Final = {
    "empty": _("Indiquez votre IBAN : il figure sur votre RIB."),
    "characters": _(
        "Un IBAN ne contient que des chiffres et des lettres sans accent : recopiez-le depuis votre RIB."
    ),
    "country": _(
        "Un IBAN commence par les deux lettres d’un pays, par exemple FR ou DE :"
        " vérifiez les deux premières lettres."
    ),
    "length": _(
        "Cet IBAN compte %(found)d caractères, il en faut %(expected)d pour ce pays :"
        " vérifiez qu’aucun groupe ne manque ou n’est en double."
    ),
    "too_short": _("Cet IBAN est incomplet : recopiez-le en entier depuis votre RIB."),
    "typing_error": _("Ce numéro contient une erreur de frappe : vérifiez les quatre derniers groupes."),
    "outside_sepa": _(
        "Ce compte est hors de la zone SEPA : le fonds ne peut pas y virer d’argent."
        " Indiquez un compte de la zone SEPA, ou écrivez-nous."
    ),
    "overseas_prefix": _(
        "L’IBAN d’un compte ouvert outre-mer commence par FR : recopiez celui qui figure sur votre RIB."
    ),
}


class IbanError(ValueError):
    """The text is not an IBAN the fund can pay; ``code`` is a key of ``MESSAGES``.

    ``message`` is the sentence for the person, in the active language. Neither it nor the
    exception's text holds any part of the number.
    """

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(code)
        self.code = code
        self._values = values

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code]) % self._values


@dataclass(frozen=True, slots=True)
class Iban:
    """A checked IBAN. Its ``repr`` hides the number, so that a log or a traceback cannot leak it."""

    compact: str = field(repr=False)
    country: str
    bank_name: str | None
    bic: str | None

    @property
    def grouped(self) -> str:
        """The number in groups of four, plain spaces."""
        return _grouped(self.compact)

    @property
    def masked(self) -> str:
        """Country, check digits and the last four characters: "FR76 •••• … •••4 017"."""
        return _grouped(self.compact[:4] + "•" * (len(self.compact) - 8) + self.compact[-4:])

    @property
    def masked_short(self) -> str:
        """The same without its length, for a line of a telephone's page: "FR76 •••• 4017"."""
        return f"{self.compact[:4]} •••• {self.compact[-4:]}"


def check_iban(text: str, *, bic: str = "") -> Iban:
    """The account ``text`` means, with its bank's name and BIC when they are known.

    Spaces of all kinds, dashes, lower case (failure 37) and a leading "IBAN" are accepted.
    ``bic``, if the person typed one, decides the country of a French overseas account.
    Raises IbanError.
    """
    compact = compact_iban(text, bic=bic)
    account = schwifty.IBAN(compact, allow_invalid=True)
    known = account.bic
    return Iban(
        compact=compact,
        country=compact[:2],
        bank_name=_bank_name(account),
        bic=str(known) if known else None,
    )


def _bank_name(account: schwifty.IBAN) -> str | None:
    """The bank's name when the lists agree on it, else the head office's (a BIC of eight), else none.

    A code may stand for several entries of the registry; a wrong name would make a right number look wrong.
    """
    banks = registry.get_banks_by_code(account.country_code, account.bank_code)
    entries = [(bank.name, str(bank.bic or "")) for bank in banks if bank.name]
    names = {name for name, _bic in entries}
    if len(names) <= 1:
        return next(iter(names), None)
    heads = {name for name, bic in entries if len(bic) == len("AAAAFRPP")}
    return next(iter(heads)) if len(heads) == 1 else None


def compact_iban(text: str, *, bic: str = "") -> str:
    """The checked IBAN as files want it, without looking the bank's name up. Raises IbanError."""
    compact = _SEPARATORS.sub("", text).upper()
    if compact.startswith("IBAN"):
        compact = compact[4:].removeprefix(":")
    if not compact:
        raise IbanError("empty")
    if not re.fullmatch(r"[A-Z0-9]+", compact):
        raise IbanError("characters")
    _check_form(compact)
    _check_area(compact, bic)
    return compact


def _check_form(compact: str) -> None:
    country = compact[:2]
    if len(compact) < 5:
        raise IbanError("too_short")
    try:
        expected = registry.get_iban_spec(country).iban_length
    except exceptions.InvalidCountryCode:
        raise IbanError("country") from None
    if len(compact) != expected:
        raise IbanError("length", found=len(compact), expected=expected)
    try:
        account = schwifty.IBAN(compact)
        if country in _NATIONAL_KEY:
            account.bban.validate_national_checksum()
    except exceptions.SchwiftyException:
        raise IbanError("typing_error") from None


def _check_area(compact: str, bic: str) -> None:
    country = compact[:2]
    if country in _OVERSEAS_INSIDE:
        raise IbanError("overseas_prefix")
    if country not in SEPA_COUNTRIES | _SEPA_TERRITORIES:
        raise IbanError("outside_sepa")
    if country == "FR" and _bic_countries(compact[4:9], bic) & _OVERSEAS_OUTSIDE:
        raise IbanError("outside_sepa")


def _bic_countries(bank_code: str, bic: str) -> frozenset[str]:
    """The countries in the BIC given, or else in those of the French bank code."""
    given = _SEPARATORS.sub("", bic).upper()
    if given:
        return frozenset({given[4:6]})
    banks = registry.get_banks_by_code("FR", bank_code)
    return frozenset(bank.bic[4:6] for bank in banks if bank.bic)


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
