"""What a committee member sends: a vote, or stepping back. The amount is never among it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee.reasons import REFUSALS
from aid_requests.models.decisions import RecusalGround, VoteChoice


class VoteForm(forms.Form):
    """`revision` and `round_number` are those that were read: the act refuses when the file changed meanwhile."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    round_number = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label=_("Vote"),
        choices=VoteChoice.choices,
        error_messages={"required": _("Choisissez d’accorder ou de refuser.")},
    )
    reason_code = forms.ChoiceField(
        label=_("Motif du refus"),
        help_text=_("Seulement si vous refusez. L’élève le lira."),
        required=False,
        choices=[("", "—"), *REFUSALS.items()],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note pour le comité"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 3}),
    )

    def clean_round_number(self) -> int:
        """Without it, the first round was read."""
        return self.cleaned_data["round_number"] or 1

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if (
            data.get("choice") == VoteChoice.REFUSE
            and not data.get("reason_code")
            and "reason_code" not in self.errors
        ):
            self.add_error("reason_code", _("Choisissez le motif du refus : l’élève le lira."))
        return data


class RecusalForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Votre lien avec ce dossier"),
        choices=RecusalGround.choices,
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
