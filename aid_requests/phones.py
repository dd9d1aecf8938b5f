"""Telephone numbers as people write them, kept as E.164 (« +33612345678 »); no list of operators, only their shape."""

import unicodedata

from django.utils.translation import gettext as _

_MARKS = " .-/()\u2010\u2011\u2012\u2013\u2014\u00a0\u202f\t"
_LEAST_DIGITS, _MOST_DIGITS = 8, 15
_FRENCH_LENGTH = 10
# A number of ten digits that begins like these is French, but of a territory with a code of its own.
_OVERSEAS = {
    "262": ("0262", "0263", "0692", "0693", "0269", "0639"),
    "590": ("0590", "0690", "0691"),
    "594": ("0594", "0694"),
    "596": ("0596", "0696", "0697"),
}
# Numbers that cost whoever calls them: the French ones that begin with 08, satellites and shared-cost services.
_COSTLY = ("338", "870", "878", "881", "882", "883", "888", "979")


class PhoneError(ValueError):
    """This is not a number one can call. `message` says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("phone")
        self.message = message


def read_phone(typed: str) -> str:
    """The number as E.164. A French one may be written without its country; any other begins with « + » or « 00 ».

    Raises PhoneError with the sentence to show.
    """
    text = unicodedata.normalize("NFKC", typed).strip().replace("(0)", "")
    bare = "".join(sign for sign in text if sign not in _MARKS)
    international = bare.startswith(("+", "00"))
    digits = (
        bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00") if international else bare
    )
    if not (digits.isascii() and digits.isdigit()):
        raise PhoneError(_("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78 ou +49 151 12345678."))
    number = digits if international else _from_france(digits)
    if number.startswith("330"):  # « +33 06 12… »: the zero is dialled inside France only
        number = f"33{number[3:]}"
    _check(number)
    return f"+{number}"


def _from_france(digits: str) -> str:
    if len(digits) != _FRENCH_LENGTH or not digits.startswith("0"):
        raise PhoneError(
            _("Un numéro français a dix chiffres. Un numéro d’ailleurs commence par + et le code du pays.")
        )
    code = next((code for code, starts in _OVERSEAS.items() if digits.startswith(starts)), "33")
    return f"{code}{digits[1:]}"


def _check(number: str) -> None:
    if number.startswith("0") or not _LEAST_DIGITS <= len(number) <= _MOST_DIGITS:
        raise PhoneError(_("Ce numéro n’a pas le bon nombre de chiffres : vérifiez-le."))
    if number.startswith("33") and len(number) != len("33") + _FRENCH_LENGTH - 1:
        raise PhoneError(_("Un numéro français a dix chiffres : vérifiez-le."))
    if number.startswith(_COSTLY):
        raise PhoneError(_("Nous ne pouvons pas appeler ce numéro : donnez-en un autre."))


def shown_phone(number: str) -> str:
    """« +33 6 12 34 56 78 » for a French number; any other as it is kept."""
    if not number.startswith("+33"):
        return number
    rest = number[4:]
    pairs = [rest[start : start + 2] for start in range(0, len(rest), 2)]
    return "\u00a0".join(["+33", number[3], *pairs])
