"""What a reader or the chair says of a grant that was drawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.second_looks import NOTE_LENGTH
from aid_requests.forms.steps import clean_words
from aid_requests.models.second_looks import SecondLookReason


def _note_field(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=NOTE_LENGTH,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"required": _("Dites-le en quelques phrases.")},
    )


class ReportForm(forms.Form):
    """Why a grant should be looked at again by the committee."""

    reason = forms.ChoiceField(
        label=_("Ce qui est à revoir"),
        choices=[("", _("Choisissez")), *SecondLookReason.choices],
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Dites ce qui est à revoir.")},
    )
    note = _note_field(
        _("En quelques phrases"), _("La présidence du comité lira cette note. Elle est chiffrée.")
    )

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])


class MaintainForm(forms.Form):
    """What the committee answers."""

    note = _note_field(_("Ce que le comité répond"), _("Cette note est chiffrée et reste au dossier."))

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])
