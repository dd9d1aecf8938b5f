"""The forms of a request's steps: they validate, actions write."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aid_requests.forms.days import DayField
from aid_requests.identity import Identity
from aid_requests.unfinished import Typed
from fund import clock
from fund.bank.iban import MESSAGES, Iban, IbanError, check_iban
from fund.contact import contact_email

OLDEST = 110
HOLDER_LENGTH = 70  # what pain.001 carries as a name


def clean_words(text: str) -> str:
    """A name or an address as typed, in one normal form; refuses what cannot be seen."""
    words = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs") and letter != "\n" for letter in words):
        raise forms.ValidationError(_("Ce texte contient un caractère invisible : retapez-le."))
    return words


def with_letters(name: str) -> str:
    """A name of any alphabet, or none; refuses one without a single letter."""
    if name and not any(letter.isalpha() for letter in name):
        raise forms.ValidationError(_("Un nom s’écrit avec des lettres."))
    return name


class WordsField(forms.CharField):
    """One line of words (a name, a town)."""

    def clean(self, value: Any) -> str:
        return clean_words(super().clean(value))


def words_field(
    label: Any,
    autocomplete: str,
    *,
    hint: Any = "",
    required: bool = True,
    length: int = 70,
    messages: dict[str, Any] | None = None,
) -> WordsField:
    return WordsField(
        error_messages=messages,
        label=label,
        help_text=hint,
        required=required,
        max_length=length,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class IdentityForm(forms.Form):
    """Who the person is. Days are Paris dates; both « 09/09/1999 » and 1999-09-09 are read."""

    first_name = words_field(_("Prénoms"), "given-name", hint=_("Comme sur le papier de votre banque."))
    last_name = words_field(
        _("Nom"),
        "family-name",
        hint=_("Comme sur le papier de votre banque. Vide si vous n’en avez pas."),
        required=False,
    )
    chosen_name = words_field(
        _("Prénom d’usage"), "nickname", hint=_("Celui par lequel nous vous appelons ici."), required=False
    )
    birth_date = DayField(
        label=_("Date de naissance"),
        help_text=_("Jour/mois/année, par exemple 30/06/1999."),
        autocomplete="bday",
        error_messages={"invalid": _("Écrivez une date qui existe, par exemple 30/06/1999.")},
    )
    birth_place = words_field(
        _("Lieu de naissance"), "off", hint=_("La ville, et le pays si ce n’est pas la France.")
    )
    address = forms.CharField(
        label=_("Adresse"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    not_through_school = forms.BooleanField(
        required=False,
        label=_("Pas par mon école"),
        help_text=_(
            "Une personne référente d’ailleurs confirme votre inscription. Votre école ne voit pas la demande."
        ),
    )

    def clean_first_name(self) -> str:
        return with_letters(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return with_letters(self.cleaned_data["last_name"])

    def clean_chosen_name(self) -> str:
        return with_letters(self.cleaned_data["chosen_name"])

    def clean_birth_date(self) -> date:
        born, today = self.cleaned_data["birth_date"], clock.today()
        if born > today:
            raise forms.ValidationError(_("Cette date n’est pas encore passée : vérifiez l’année."))
        if born.year < today.year - OLDEST:
            raise forms.ValidationError(_("Vérifiez l’année de naissance."))
        return born

    def clean_address(self) -> str:
        return clean_words(self.cleaned_data["address"])

    def identity(self) -> Identity:
        """Once valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "not_through_school"}
        return Identity(**values)

    @staticmethod
    def initial_of(identity: Identity | None, *, through_school: bool) -> dict[str, Any]:
        kept = dict(vars(identity)) if identity else {}
        return {**kept, "not_through_school": not through_school}

    @staticmethod
    def initial_typed(typed: Typed) -> dict[str, Any]:
        """What was typed and not continued, as it was typed; a box that was not ticked was not sent."""
        values = {name: texts[-1] for name, texts in typed.items() if texts}
        return {**values, "not_through_school": "not_through_school" in typed}


class AccountForm(forms.Form):
    """An account of the SEPA zone; the number is never shown again in full."""

    iban = forms.CharField(
        label=_("IBAN"),
        error_messages={"required": MESSAGES["empty"]},
        max_length=80,
        help_text=_("Il figure sur votre RIB. Les espaces ne comptent pas."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    holder = words_field(
        _("Titulaire du compte"), "name", hint=_("Le nom écrit sur le RIB."), length=HOLDER_LENGTH
    )

    def clean_iban(self) -> Iban:
        try:
            return check_iban(self.cleaned_data["iban"])
        except IbanError as error:
            sentence, contact = error.message, contact_email()
            if error.code == "outside_sepa" and contact:
                sentence = f"{sentence} {gettext('Notre adresse : %(contact)s.') % {'contact': contact}}"
            raise forms.ValidationError(sentence, code=error.code) from None


# What the browser offers to choose; a file is judged by its content, see `documents.check_upload`.
ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.webp"
