"""The right name and address for a receipt that had another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.givers import FRANCE, Address, Giver
from donations.models.gifts import GiverKind
from donations.receipts import typeface
from fund.plain_text import on_one_line

_OF_A_PERSON, _OF_A_COMPANY = ("first_name", "last_name"), ("company_name", "legal_form", "siren")


class CorrectionForm(forms.Form):
    """Begins with what the receipt says; the fields are those of a person or of a company."""

    first_name = forms.CharField(label=gettext_lazy("Prénoms"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=80)
    company_name = forms.CharField(label=gettext_lazy("Dénomination"), max_length=120)
    legal_form = forms.CharField(label=gettext_lazy("Forme juridique"), max_length=60)
    siren = forms.RegexField(
        r"^[0-9]{9}$",
        label=gettext_lazy("SIREN"),
        strip=True,
        error_messages={"invalid": gettext_lazy("Un SIREN a neuf chiffres.")},
    )
    street = forms.CharField(label=gettext_lazy("Numéro et rue"), max_length=140)
    postcode = forms.CharField(label=gettext_lazy("Code postal"), max_length=16, required=False)
    town = forms.CharField(label=gettext_lazy("Ville"), max_length=80)
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=gettext_lazy("Pays (deux lettres)"),
        initial=FRANCE,
        error_messages={"invalid": gettext_lazy("Deux lettres majuscules, par exemple FR.")},
    )

    def __init__(self, giver: Giver, data: Mapping[str, Any] | None = None) -> None:
        names = {name: getattr(giver, name) for name in (*_OF_A_PERSON, *_OF_A_COMPANY)}
        address = {name: getattr(giver.address, name) for name in ("street", "postcode", "town", "country")}
        super().__init__(data, initial={**names, **address})
        self._before = giver
        for name in _OF_A_PERSON if giver.kind == GiverKind.COMPANY else _OF_A_COMPANY:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = {name: on_one_line(value) for name, value in (super().clean() or {}).items()}
        for name, value in cleaned.items():
            if not typeface.can_write(value):
                sentence = _("Le papier ne montre pas cette écriture : écrivez en lettres latines.")
                self.add_error(name, ValidationError(sentence))
        if cleaned.get("country") == FRANCE and not cleaned.get("postcode"):
            self.add_error("postcode", ValidationError(_("Indiquez le code postal.")))
        return cleaned

    def giver(self) -> Giver:
        """Whom the new receipt names."""
        said = dict(self.cleaned_data)
        address = Address(**{name: said.pop(name) for name in ("street", "postcode", "town", "country")})
        return replace(self._before, **said, address=address)
