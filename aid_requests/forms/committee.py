"""What a committee member sends: a vote, or stepping back. The amount is never among it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee import reasons
from aid_requests.models.conditions import PaperFault
from aid_requests.models.decisions import RecusalGround, VoteChoice


class VoteForm(forms.Form):
    """`doors`: code → words of those to which this file may be redirected; without any that vote is not proposed.

    `papers`: code → words of those to which a grant may be subject. `revision`, `round_number` and `turn` are those
    that were read: the act refuses when the file changed meanwhile."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    round_number = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    turn = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label=_("Vote"),
        choices=VoteChoice.choices,
        error_messages={"required": _("Choisissez votre vote.")},
    )
    reason_code = forms.ChoiceField(
        label=_("Motif"),
        help_text=_("Seulement si vous refusez, réorientez ou ajournez. L’élève le lira."),
        required=False,
        choices=[
            ("", "—"),
            (_("Refus"), list(reasons.REFUSALS.items())),
            (_("Réorientation"), list(reasons.REDIRECTIONS.items())),
            (_("Ajournement"), list(reasons.ADJOURNMENTS.items())),
        ],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    door_code = forms.ChoiceField(
        label=_("Vers qui"),
        help_text=_("Seulement si vous réorientez. L’élève le lira, avec comment s’y adresser."),
        required=False,
        choices=[("", "—")],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    paper_codes = forms.MultipleChoiceField(
        label=_("Pièces à apporter"),
        help_text=_("Seulement si vous accordez sous réserve. L’élève les lira, avec une date."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note pour le comité"),
        help_text=_("Les membres la lisent une fois le vote terminé, sans savoir de qui elle est."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 3}),
    )

    def __init__(
        self, *args: Any, doors: Mapping[str, str], papers: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper_codes"].choices = list(papers.items())  # type: ignore[attr-defined]
        self.fields["door_code"].choices = [("", "—"), *doors.items()]  # type: ignore[attr-defined]
        self.can_redirect = bool(doors)
        if not doors:
            choices = [choice for choice in VoteChoice.choices if choice[0] != VoteChoice.REDIRECT]
            self.fields["choice"].choices = choices  # type: ignore[attr-defined]

    def clean_round_number(self) -> int:
        """Without it, the first round was read."""
        return self.cleaned_data["round_number"] or 1

    def clean_turn(self) -> int:
        """Without it, the first turn was read."""
        return self.cleaned_data["turn"] or 1

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        known = reasons.BY_CHOICE.get(str(data.get("choice")))
        if known is not None and data.get("reason_code") not in known and "reason_code" not in self.errors:
            self.add_error("reason_code", str(reasons.REASON_MISSING[data["choice"]]))
        redirects = data.get("choice") == VoteChoice.REDIRECT
        if redirects and not data.get("door_code") and "door_code" not in self.errors:
            self.add_error("door_code", str(reasons.DOOR_MISSING))
        is_subject = data.get("choice") == VoteChoice.GRANT_SUBJECT
        if is_subject and not data.get("paper_codes") and "paper_codes" not in self.errors:
            self.add_error("paper_codes", str(reasons.PAPER_MISSING))
        return data


class SignatureForm(VoteForm):
    """What is signed after an opinion: a vote's choices but abstaining and putting off, and why it departs."""

    departure_code = forms.ChoiceField(
        label=_("Pourquoi autrement que l’avis"),
        help_text=_("Seulement si vous vous écartez de l’avis du comité. L’élève le lira."),
        required=False,
        choices=[("", "—"), *reasons.DEPARTURES.items()],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]
        left_out = (VoteChoice.ABSTAIN, VoteChoice.ADJOURN)
        field = self.fields["choice"]
        field.choices = [one for one in field.choices if one[0] not in left_out]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """As advised, the opinion's own reasons, doors and papers are taken: the act asks for others otherwise."""
        return self.cleaned_data


class RecusalForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Votre lien avec ce dossier"),
        choices=RecusalGround.choices,
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )


class PaperFaultForm(forms.Form):
    """Why a paper does not do."""

    fault = forms.ChoiceField(
        label=_("Pourquoi elle ne convient pas"),
        help_text=_("L’élève le lira, et pourra en envoyer une autre."),
        choices=[("", "—"), *PaperFault.choices],
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Dites pourquoi cette pièce ne convient pas : l’élève le lira.")},
    )
