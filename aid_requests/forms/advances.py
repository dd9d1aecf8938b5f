"""What is typed about an advance, and about the rules of advances."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.advances import MOST_DAYS
from aid_requests.committee.actions.advancing import NOTE_LENGTH
from aid_requests.forms.steps import clean_words
from aid_requests.models import AdvanceRules
from aid_requests.models.advances import AdvanceReason
from fund import money
from fund.euros_field import EurosField
from fund.models import Pocket


class AdvanceForm(forms.Form):
    """How much, why it cannot wait, and that there is no tie."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    amount_cents = EurosField(
        label=_("Montant de l’avance"), error_messages={"required": _("Écrivez un montant en euros.")}
    )
    reason = forms.ChoiceField(
        label=_("Ce qui ne peut pas attendre"),
        choices=[("", _("Choisissez")), *AdvanceReason.choices],
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Dites pourquoi l’argent ne peut pas attendre.")},
    )
    note = forms.CharField(
        label=_("En une phrase ou deux"),
        max_length=NOTE_LENGTH,
        help_text=_("Le comité la lit, sans nom ni école. L’étudiant·e la trouve dans ses données."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": _("Dites-le en une phrase ou deux.")},
    )
    has_no_tie = forms.BooleanField(
        label=_("Je n’ai aucun lien personnel avec cette personne."),
        error_messages={"required": _("Avec un lien personnel, une autre personne accorde l’avance.")},
    )

    def clean_note(self) -> str:
        return clean_words(self.cleaned_data["note"])

    def values(self) -> dict[str, Any]:
        """What the act takes; only of a valid form."""
        names = ("revision", "amount_cents", "reason", "note")
        return {name: self.cleaned_data[name] for name in names}


class AdvanceRulesForm(forms.Form):
    """The rules as they stand, to be replaced by others."""

    pocket = forms.ModelChoiceField(
        Pocket.objects.order_by("pk"),
        label=_("Enveloppe qui paie les avances"),
        empty_label="–",
        widget=forms.Select(attrs={"autocomplete": "off", "lang": "fr"}),
        error_messages={"required": _("Choisissez une enveloppe.")},
    )
    cap_cents = EurosField(
        label=_("Plafond d’une avance"), error_messages={"required": _("Écrivez un montant en euros.")}
    )
    month_cap_cents = EurosField(
        label=_("Plafond de toutes les avances d’un mois"),
        required=False,
        help_text=_("Vide : plus aucune avance n’est accordée."),
    )
    ratify_days = forms.IntegerField(
        label=_("Jours du comité pour ratifier"), min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, *args: Any, rules: AdvanceRules | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _as_typed(rules))
        super().__init__(*args, **kwargs)

    def clean_month_cap_cents(self) -> int:
        return self.cleaned_data["month_cap_cents"] or 0


def _as_typed(rules: AdvanceRules | None) -> dict[str, Any]:
    if rules is None:
        return {"ratify_days": 15}
    language = get_language() or "fr"
    month = rules.month_cap_cents
    return {
        "pocket": rules.pocket_id,
        "cap_cents": money.format_euros(rules.cap_cents, language, cents_shown=False),
        "month_cap_cents": money.format_euros(month, language, cents_shown=False) if month else "",
        "ratify_days": rules.ratify_days,
    }
