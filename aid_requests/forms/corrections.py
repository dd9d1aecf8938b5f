"""What the team asks to be corrected: a sentence under each point that is wrong, nothing under the others."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.correspondence.corrections import MAX_POINTS, SENTENCE_LENGTH
from aid_requests.forms.steps import clean_words
from aid_requests.models.correspondence import CancelReason

POINT = "point-"


class SentenceField(forms.CharField):
    def clean(self, value: Any) -> str:
        return clean_words(super().clean(value))


class CorrectionForm(forms.Form):
    """`nameable` are (code, words). After `is_valid()`, `points` are the codes with a sentence."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, nameable: list[tuple[str, str]], revision: int) -> None:
        super().__init__(data, initial={"form_token": uuid.uuid4(), "revision": revision})
        self.codes = {f"{POINT}{number}": code for number, (code, _words) in enumerate(nameable)}
        for name, (_code, words) in zip(self.codes, nameable, strict=True):
            self.fields[name] = SentenceField(
                label=words,
                required=False,
                max_length=SENTENCE_LENGTH,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages={"max_length": _("Une phrase suffit : %(limit_value)d caractères au plus.")},
            )

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self.codes]

    @property
    def points(self) -> dict[str, str]:
        """Code → sentence, once valid."""
        return {
            code: self.cleaned_data[name] for name, code in self.codes.items() if self.cleaned_data.get(name)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not 0 < len(self.points) <= MAX_POINTS:
            raise forms.ValidationError(_("Écrivez une phrase sous chaque point à corriger, huit au plus."))
        return cleaned


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Pourquoi la lever"),
        choices=CancelReason.choices,
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
