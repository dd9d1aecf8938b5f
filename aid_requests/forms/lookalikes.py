"""What a national referent says of two files that look alike."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.lookalikes import NOTE_LENGTH
from aid_requests.forms.steps import clean_words
from aid_requests.models.lookalikes import VERDICT_OF, LookAlikeKind, LookAlikeReason, LookAlikeState

_GROUPS = (
    (_("Une coïncidence"), LookAlikeState.EXPLAINED),
    (_("Un vrai doublon"), LookAlikeState.CONFIRMED),
)


def _choices() -> list[tuple[object, object]]:
    grouped = [
        (title, [(reason.value, reason.label) for reason in LookAlikeReason if VERDICT_OF[reason] == verdict])
        for title, verdict in _GROUPS
    ]
    return [("", _("Choisissez")), *grouped]


class RulingForm(forms.Form):
    """The reason, a note, and in `seen` the kinds that the page showed."""

    reason = forms.ChoiceField(
        label=_("Ce qu’il en est"),
        choices=_choices,
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Choisissez ce qu’il en est.")},
    )
    note = forms.CharField(
        label=_("Note courte"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=_("Elle est chiffrée. Seules les personnes référentes nationales la lisent."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    seen = forms.MultipleChoiceField(choices=LookAlikeKind.choices, widget=forms.MultipleHiddenInput)

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])
