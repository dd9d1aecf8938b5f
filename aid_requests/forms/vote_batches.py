"""The same vote on many files: what is ticked in the queue, and what the next page confirms."""

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee.reasons import REFUSALS
from aid_requests.committee.vote_batches import CHOICES, MOST, Listed
from aid_requests.models.decisions import VoteChoice


class ManyVotesForm(forms.Form):
    """One vote for all the files ticked."""

    choice = forms.ChoiceField(
        label=_("Le même vote pour tous"),
        choices=[("", "—"), *((choice.value, choice.label) for choice in CHOICES)],
        error_messages={
            "required": _("Choisissez votre vote."),
            "invalid_choice": _("Choisissez votre vote."),
        },
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    reason_code = forms.ChoiceField(
        label=_("Motif, si vous refusez"),
        required=False,
        choices=[("", "—"), *REFUSALS.items()],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") == VoteChoice.REFUSE and not data.get("reason_code"):
            self.add_error("reason_code", _("Choisissez le motif du refus : l’élève le lira."))
        return data


class TickedForm(ManyVotesForm):
    """From the queue: the files ticked, or `everything` its filter lists. Tokens that are none are left out."""

    everything = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def tokens(self) -> list[UUID]:
        found = []
        for text in self.data.getlist("files"):  # type: ignore[attr-defined]  # a QueryDict
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found


class ConfirmedForm(ManyVotesForm):
    """What the confirmation listed, and nothing else, is voted on."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    listed = forms.CharField(widget=forms.HiddenInput, max_length=64 * MOST)

    def clean_listed(self) -> list[Listed]:
        try:
            return [Listed.read(one) for one in self.cleaned_data["listed"].split(",")]
        except ValueError as error:
            raise forms.ValidationError(
                _("Cette liste est abîmée : recommencez depuis les dossiers.")
            ) from error
