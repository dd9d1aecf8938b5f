"""What is typed to be called back, about a call that was made, and into a school's list of doors elsewhere."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.doors import DoorWords
from aid_requests.forms.steps import clean_words, words_field
from aid_requests.models.call_backs import CallBackOutcome, PartOfDay
from aid_requests.phones import PhoneError, read_phone
from fund.models import School

NOTE_LENGTH, WORDS_LENGTH = 300, 500


class PhoneField(forms.CharField):
    """A telephone number of any country, cleaned to E.164; "" when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return read_phone(typed)
        except PhoneError as error:
            raise forms.ValidationError(error.message) from None


class CallBackForm(forms.Form):
    """Without account. `website` is a trap: people do not see it, machines fill it in."""

    name = words_field(
        _("Comment vous appeler"),
        "nickname",
        hint=_("Le prénom que vous voulez, rien de plus."),
        messages={"required": _("Écrivez un prénom.")},
    )
    phone = PhoneField(
        label=_("Votre téléphone"),
        help_text=_("De n’importe quel pays. Par exemple 06 12 34 56 78 ou +49 151 12345678."),
        error_messages={"required": _("Écrivez votre numéro de téléphone.")},
    )
    part_of_day = forms.ChoiceField(
        label=_("Le meilleur moment"),
        choices=PartOfDay.choices,
        initial=PartOfDay.ANY,
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    school = forms.ModelChoiceField(
        label=_("Votre école"),
        queryset=School.objects.none(),
        to_field_name="code",
        empty_label=_("Choisissez une école"),
        error_messages={
            "required": _("Choisissez votre école."),
            "invalid_choice": _("Choisissez une école de la liste."),
        },
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    not_through_school = forms.BooleanField(
        required=False,
        label=_("Pas par mon école"),
        help_text=_("Une personne d’ailleurs vous appelle. Votre école n’en sait rien."),
    )
    words = forms.CharField(
        label=_("De quoi voulez-vous parler"),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("Quelques mots suffisent. Rien de médical n’est utile."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus.")},
    )
    website = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)
    request_token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.filter(is_open=True).order_by("name")  # type: ignore[attr-defined]
        self.fields["form_token"].initial = uuid.uuid4

    def clean_words(self) -> str:
        return clean_words(self.cleaned_data["words"])

    @property
    def is_trapped(self) -> bool:
        """Once valid: something filled in what nobody sees."""
        return bool(self.cleaned_data["website"])


def _note_field(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus.")},
    )


class CallDoneForm(forms.Form):
    """How a call ended."""

    outcome = forms.ChoiceField(
        label=_("Ce qu’il en est"),
        choices=[("", _("Choisissez")), *CallBackOutcome.choices],
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Dites ce qu’il en est.")},
    )
    note = _note_field(_("Note courte"), _("Elle est chiffrée, puis effacée avec le numéro."))

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])


class HandOverForm(forms.Form):
    """A word for whoever takes the call next."""

    note = _note_field(_("Mot pour la personne suivante"), "")

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])


class TakeOverForm(forms.Form):
    """Who had the call when the page was shown, carried by the button."""

    from_whom = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class TriesForm(forms.Form):
    """The tries that the page showed, carried by the button."""

    tries = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class DoorForm(forms.Form):
    """A door elsewhere, in both languages."""

    label_fr = words_field(_("Nom, en français"), "off", length=80)
    label_en = words_field(_("Nom, en anglais"), "off", length=80)
    hint_fr = words_field(_("Ce qu’on y trouve, en français"), "off", length=240)
    hint_en = words_field(_("Ce qu’on y trouve, en anglais"), "off", length=240)
    url = forms.CharField(
        label=_("Adresse du site"),
        required=False,
        max_length=200,
        help_text=_("Elle commence par https://."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    phone = PhoneField(label=_("Téléphone"), required=False)
    position = forms.IntegerField(
        label=_("Rang dans la liste"),
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not url:
            return ""
        checked = forms.URLField(assume_scheme="https").clean(url)
        if not checked.startswith("https://"):
            raise forms.ValidationError(_("L’adresse du site commence par https://."))
        return checked

    def words(self) -> DoorWords:
        """Once valid."""
        return DoorWords(**self.cleaned_data)
