"""What a donor types in the own space. The forms check and give back what is wanted; they save nothing."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import giving_rules
from donations.giver_fields import countries
from donations.givers import FRANCE, Address, Giver
from donations.models.gifts import GiverKind
from fund import plain_text

_AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "company_name": "organization",
    "street": "street-address",
    "postcode": "postal-code",
    "town": "address-level2",
    "country": "country",
}
ERASE_WORDS = ("EFFACER", "ERASE")  # in either language, whichever the page is read in
COMPANY_FIELDS = ("company_name", "legal_form")


class OwnGiverForm(forms.Form):
    """Name and address for the receipts to come. A company's SIREN is what it is known by: it is not changed here."""

    company_name = forms.CharField(
        label=_("Raison sociale"),
        max_length=120,
        error_messages={"required": _("Écrivez le nom de l’entreprise.")},
    )
    legal_form = forms.CharField(
        label=_("Forme juridique"),
        max_length=60,
        error_messages={"required": _("Écrivez sa forme juridique, par exemple SAS.")},
    )
    first_name = forms.CharField(
        label=_("Prénom"), max_length=80, error_messages={"required": _("Écrivez votre prénom.")}
    )
    last_name = forms.CharField(
        label=_("Nom"), max_length=80, error_messages={"required": _("Écrivez votre nom.")}
    )
    street = forms.CharField(label=_("Numéro et rue"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Code postal"), max_length=16, required=False)
    town = forms.CharField(label=_("Ville"), max_length=60, required=False)
    country = forms.ChoiceField(label=_("Pays où vous payez vos impôts"))

    def __init__(self, data: Any = None, *, giver: Giver) -> None:
        super().__init__(data, initial=_values_of(giver), prefix=giver.siren or giver.kind)
        self.former = giver
        if not giving_rules.tax_receipts_are_given():  # then nothing is said of taxes
            self.fields["country"].label = _("Pays")
        if giver.kind != GiverKind.COMPANY:
            for name in COMPANY_FIELDS:
                del self.fields[name]
        listed = countries((get_language() or "fr")[:2])
        kept = giver.address.country
        others = [] if kept in dict(listed) else [(kept, kept)]
        self.fields["country"].choices = [*listed, *others]  # type: ignore[attr-defined]
        for name, value in _AUTOCOMPLETE.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value

    def clean(self) -> dict[str, Any]:
        """On one line; an address is whole or empty."""
        values = super().clean() or {}
        for name in ("first_name", "last_name", "company_name", "legal_form", "street", "postcode", "town"):
            if values.get(name):
                values[name] = plain_text.on_one_line(values[name])
        typed = [values.get(name) for name in ("street", "postcode", "town")]
        if any(typed) and not self._address(values).is_complete:
            missing = next(name for name in ("street", "town", "postcode") if not values.get(name))
            self.add_error(missing, _("Complétez l’adresse : la loi la veut entière sur un reçu."))
        return values

    def _address(self, values: dict[str, Any]) -> Address:
        street, postcode, town = (values.get(name) or "" for name in ("street", "postcode", "town"))
        return Address(street, postcode, town, values.get("country") or FRANCE)

    def giver(self) -> Giver:
        """Who gives, as told now; only of a valid form."""
        values, former = self.cleaned_data, self.former
        return Giver(
            first_name=values["first_name"],
            last_name=values["last_name"],
            kind=former.kind,
            company_name=values.get("company_name", ""),
            legal_form=values.get("legal_form", ""),
            siren=former.siren,
            address=self._address(values),
        )


def _values_of(giver: Giver) -> dict[str, str]:
    told = {name: getattr(giver, name) for name in ("first_name", "last_name", *COMPANY_FIELDS)}
    return told | {name: getattr(giver.address, name) for name in ("street", "postcode", "town", "country")}


class PreferencesForm(forms.Form):
    """The language of the mails, and the news: never ticked in advance (law.md §5)."""

    language = forms.ChoiceField(label=_("Langue des courriels"), widget=forms.RadioSelect)
    wants_news = forms.BooleanField(
        label=_("Recevoir des nouvelles de la cagnotte, quelques fois par an"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]


class EraseForm(forms.Form):
    """The word that nobody types by accident."""

    word = forms.CharField(
        label=_("Pour confirmer, écrivez EFFACER"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez EFFACER, ou laissez tout comme c’est.")},
    )

    def clean_word(self) -> str:
        word = str(self.cleaned_data["word"]).strip().upper()
        if word not in ERASE_WORDS:
            raise forms.ValidationError(_("Écrivez EFFACER, ou laissez tout comme c’est."))
        return word
