"""What the student and the team write to each other; the form's own token says that it came twice."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.correspondence.threads import TEXT_LENGTH
from aid_requests.forms.steps import clean_words

_TOO_LONG = _("Ce texte est trop long : %(limit_value)d caractères au plus.")


class MessageForm(forms.Form):
    """`parties` are (code, label): with more than one the student chooses, with one it goes there."""

    text = forms.CharField(
        label=_("Votre message"),
        help_text=_("Deux mille caractères au plus. N’écrivez ni nom, ni maladie, ni numéro de compte."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 5}),
        error_messages={"required": _("Écrivez votre message."), "max_length": _TOO_LONG},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, parties: list[tuple[str, str]] | None = None) -> None:
        super().__init__(data, initial={"form_token": uuid.uuid4()})
        if parties:
            self.fields["party"] = forms.ChoiceField(
                label=_("À qui"),
                choices=parties,
                initial=parties[0][0],
                widget=forms.Select(attrs={"autocomplete": "off"}),
            )

    def clean_text(self) -> str:
        return clean_words(self.cleaned_data["text"])


class ErrorForm(MessageForm):
    """After the decision: what was wrong in the declaration."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["text"].label = _("Ce qui était inexact")
        self.fields["text"].help_text = _("Dites ce que vous aviez déclaré, et ce qui est vrai.")
