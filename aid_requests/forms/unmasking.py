"""Why somebody lifts the veil of a file."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee.unmasking import NOTE_LENGTH
from aid_requests.models.unmaskings import UnmaskingReason


class UnmaskingForm(forms.Form):
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    reason = forms.ChoiceField(
        label=_("Pourquoi lever le voile"),
        choices=[("", "—"), *UnmaskingReason.choices],
        error_messages={"required": _("Choisissez pourquoi vous levez le voile.")},
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Dites-le en une phrase"),
        max_length=NOTE_LENGTH,
        help_text=_("L’audit la lit. N’y écrivez pas le nom."),
        error_messages={
            "required": _("Dites pourquoi en une phrase."),
            "max_length": _("Dites pourquoi en une phrase : 500 caractères au plus."),
        },
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
