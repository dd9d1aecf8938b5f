"""Who gives, as the giving page asks it: a person or a company, and for a tax receipt where they live.

Only what this gift needs is wanted. What belongs to the other answer (a company's name while a person gives, an address
nobody asked a receipt for) is not even kept when it is sent.
"""

import unicodedata
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import giving_rules
from donations.givers import FRANCE, Address, Giver
from donations.models.gifts import GiverKind
from donations.siren import siren_of
from fund import plain_text

ELSEWHERE = "ZZ"  # what CLDR calls a country that is not told
COUNTRIES = (
    "AD", "AT", "AU", "BE", "BG", "BJ", "BR", "CA", "CH", "CI", "CM", "CN", "CY", "CZ", "DE", "DK", "DZ", "EE",
    "ES", "FI", "GA", "GB", "GR", "HR", "HU", "IE", "IN", "IS", "IT", "JP", "LB", "LI", "LT", "LU", "LV", "MA",
    "MC", "MG", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "SN", "TN", "US", "VN",
)  # fmt: skip
RECEIPT_FIELDS = ("wants_receipt", "street", "postcode", "town")
_POSTCODE_DIGITS = 5


@lru_cache
def countries(language: str) -> list[tuple[str, str]]:
    """(code, name) of the countries to choose from: France, then the others by name, then any other."""
    names = Locale.parse(language).territories
    others = sorted(((code, names[code]) for code in COUNTRIES), key=lambda pair: _unaccented(pair[1]))
    return [(FRANCE, names[FRANCE]), *others]


def _unaccented(name: str) -> str:
    """As a dictionary files it: « Bénin » before « Brésil »."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


class GiverFields(forms.Form):
    """The part of a giving form that says who gives; `giver` of a valid one."""

    giver_kind = forms.ChoiceField(
        label=_("Qui donne ?"),
        choices=[(GiverKind.PERSON.value, _("Une personne")), (GiverKind.COMPANY.value, _("Une entreprise"))],
        widget=forms.RadioSelect,
        required=False,
    )
    company_name = forms.CharField(label=_("Raison sociale"), max_length=120, required=False)
    legal_form = forms.CharField(
        label=_("Forme juridique"),
        max_length=60,
        required=False,
        help_text=_("Par exemple SAS, SARL, SCOP."),
    )
    siren = forms.CharField(
        label=_("Numéro SIREN"), max_length=20, required=False, help_text=_("Neuf chiffres.")
    )
    first_name = forms.CharField(
        label=_("Prénom"), max_length=80, error_messages={"required": _("Écrivez votre prénom.")}
    )
    last_name = forms.CharField(
        label=_("Nom"), max_length=80, error_messages={"required": _("Écrivez votre nom.")}
    )
    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("Pour la confirmation de votre don. Rien d’autre."),
        max_length=254,
        error_messages={
            "required": _("Écrivez votre adresse, pour recevoir la confirmation."),
            "invalid": _("Cette adresse est incomplète : vérifiez le « @ » et la fin, par exemple « .fr »."),
        },
    )
    country = forms.ChoiceField(
        label=_("Pays"),
        required=False,
        error_messages={"invalid_choice": _("Choisissez un pays de la liste.")},
    )
    wants_receipt = forms.BooleanField(label=_("Je souhaite un reçu fiscal"), required=False)
    street = forms.CharField(label=_("Numéro et rue"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Code postal"), max_length=16, required=False)
    town = forms.CharField(label=_("Ville"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gives_receipts = giving_rules.tax_receipts_are_given()
        listed = [*countries((get_language() or "fr")[:2]), (ELSEWHERE, _("Un autre pays"))]
        self.fields["country"].choices = listed  # type: ignore[attr-defined]
        if self.gives_receipts:
            self.fields["country"].label = _("Pays où vous payez vos impôts")
        else:
            for name in RECEIPT_FIELDS:
                del self.fields[name]
        for name, values in _ATTRIBUTES.items():
            if name in self.fields:
                self.fields[name].widget.attrs |= values

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self._is_company:
            self._check_company(values)
        if values.get("wants_receipt"):
            self._check_address(values)
        return values

    @property
    def giver(self) -> Giver:
        """Who gives; only of a valid form."""
        values = self.cleaned_data
        person = {name: plain_text.on_one_line(values[name]) for name in ("first_name", "last_name")}
        if not self._is_company:
            return Giver(**person, address=self._address)
        return Giver(
            **person,
            kind=GiverKind.COMPANY.value,
            company_name=values["company_name"],
            legal_form=values["legal_form"],
            siren=values["siren"],
            address=self._address,
        )

    @property
    def _is_company(self) -> bool:
        return self.cleaned_data.get("giver_kind") == GiverKind.COMPANY

    @property
    def _country(self) -> str:
        return self.cleaned_data.get("country") or FRANCE

    @property
    def _address(self) -> Address:
        values = self.cleaned_data
        # Without a receipt only a company is asked its country; of a person nothing of the kind is kept.
        country = self._country if self.gives_receipts or self._is_company else FRANCE
        if not values.get("wants_receipt"):
            return Address(country=country)
        return Address(values["street"], values["postcode"], values["town"], country)

    def _check_company(self, values: dict[str, Any]) -> None:
        """Its name, its legal form and, of a French one, a SIREN that exists on paper (CGI, annexe III, 299 nonies)."""
        for name, sentence in _COMPANY_WANTED.items():
            values[name] = plain_text.on_one_line(values.get(name) or "")
            if not values[name] and name not in self.errors:
                self.add_error(name, sentence)
        typed = (values.get("siren") or "").strip()
        siren = siren_of(typed)
        if self._country == FRANCE and not typed:
            self.add_error("siren", _("Écrivez les neuf chiffres du SIREN de l’entreprise."))
        elif typed and not siren:
            self.add_error(
                "siren", _("Ce numéro contient une erreur : un SIREN a neuf chiffres, relisez-les.")
            )
        values["siren"] = siren

    def _check_address(self, values: dict[str, Any]) -> None:
        for name, sentence in _ADDRESS_WANTED.items():
            values[name] = plain_text.on_one_line(values.get(name) or "")
            if (
                not values[name]
                and name not in self.errors
                and (name != "postcode" or self._country == FRANCE)
            ):
                self.add_error(name, sentence)
        code = values.get("postcode", "").replace(" ", "")
        if code and self._country == FRANCE:
            if not (code.isascii() and code.isdigit() and len(code) == _POSTCODE_DIGITS):
                self.add_error("postcode", _("Un code postal français a cinq chiffres."))
            values["postcode"] = code
        if self._country == ELSEWHERE:
            self.add_error("country", _("Pour un reçu dans un autre pays, écrivez-nous d’abord."))


_ATTRIBUTES = {
    "company_name": {"autocomplete": "organization"},
    "legal_form": {"autocomplete": "off"},
    "siren": {"autocomplete": "off", "inputmode": "numeric"},
    "first_name": {"autocomplete": "given-name"},
    "last_name": {"autocomplete": "family-name"},
    "email": {"autocomplete": "email", "inputmode": "email"},
    "country": {"autocomplete": "country"},
    "street": {"autocomplete": "street-address"},
    "postcode": {"autocomplete": "postal-code"},
    "town": {"autocomplete": "address-level2"},
}
_COMPANY_WANTED = {
    "company_name": _("Écrivez le nom de l’entreprise."),
    "legal_form": _("Écrivez sa forme juridique, par exemple SAS."),
}
_ADDRESS_WANTED = {
    "street": _("Écrivez le numéro et la rue : la loi les veut sur le reçu."),
    "postcode": _("Écrivez le code postal : la loi le veut sur le reçu."),
    "town": _("Écrivez la ville : la loi la veut sur le reçu."),
}
