"""What the staff types about gifts: a refund, an address to look for. Forms check and save nothing."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Gift
from donations.models.staff import RefundReason
from donations.refund_rules import at_risk_until, refundable_cents
from fund import money

WHOLE, PART = "whole", "part"


class EmailForm(forms.Form):
    """The address of a donor, to find the gifts: sent as a POST, so that it stands in no address and no log."""

    email = forms.EmailField(
        label=_("Adresse électronique du donateur"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Écrivez l’adresse à chercher."),
            "invalid": _("Cette adresse est incomplète : vérifiez le « @ » et la fin, par exemple « .fr »."),
        },
    )


class RefundForm(forms.Form):
    """How much of `gift` goes back, and why. `form_token` names this form: sending it twice makes one order."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    how_much = forms.ChoiceField(
        label=_("Combien ?"),
        choices=[(WHOLE, _("Tout ce qui reste")), (PART, _("Une partie"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez de rendre tout ou une partie.")},
    )
    amount = forms.CharField(
        label=_("Montant à rendre, pour une partie"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=_("Pourquoi ?"),
        choices=RefundReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez pourquoi.")},
    )
    risk_accepted = forms.BooleanField(
        label=_("Je rembourse maintenant, même si la banque peut encore reprendre ce prélèvement"),
        required=False,
    )

    def __init__(self, *args: Any, gift: Gift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gift = gift
        self.fields["form_token"].initial = uuid.uuid4()
        if at_risk_until(gift) is None:
            del self.fields["risk_accepted"]

    def clean(self) -> dict[str, Any]:
        """Adds `amount_cents`; whether so much is left is checked by the act, under its lock."""
        values = super().clean() or {}
        if values.get("form_token") is None and "form_token" not in self.errors:
            values["form_token"] = uuid.uuid4()
        if values.get("how_much") == PART:
            self._read_amount(values)
        else:
            values["amount_cents"] = refundable_cents(self.gift)
        return values

    def _read_amount(self, values: dict[str, Any]) -> None:
        try:
            values["amount_cents"] = money.parse_euros(values.get("amount") or "")
        except money.AmountError as error:
            self.add_error("amount", str(error))
