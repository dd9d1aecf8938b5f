"""What a student sends to contest a refusal: words, and perhaps files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.reexamination import TEXT_LENGTH
from aid_requests.forms.steps import clean_words


class ReexaminationForm(forms.Form):
    """The files come beside it: the view reads them as they arrive."""

    text = forms.CharField(
        label=_("Ce qui a été oublié ou mal lu"),
        help_text=_("Dites-le avec vos mots. D’autres membres le liront, sans voir votre nom."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 8}),
        error_messages={"required": _("Dites ce qui a été oublié ou mal lu.")},
    )

    def clean_text(self) -> str:
        return clean_words(self.cleaned_data["text"])
