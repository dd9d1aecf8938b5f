"""What a visitor has the demo bank write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund import money

COMES_IN, GOES_BACK = "in", "back"
WORDS_LENGTH = 140  # what one remittance text of ISO 20022 may hold


class OutsideLineForm(forms.Form):
    """One line from elsewhere: money in, or a cheque taken back."""

    direction = forms.ChoiceField(
        label=_("Ce qui se passe"),
        choices=[
            (COMES_IN, _("Un virement ou une remise de chèques arrive")),
            (GOES_BACK, _("Un chèque revient impayé")),
        ],
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("Motif ou référence"),
        max_length=WORDS_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez ce que la banque doit recopier.")},
    )
    amount = forms.CharField(
        label=_("Montant"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez un montant en euros, par exemple 20 ou 12,50.")},
    )

    def clean_amount(self) -> int:
        try:
            return money.parse_euros(self.cleaned_data["amount"])
        except money.AmountError as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def signed_cents(self) -> int:
        """The amount as the account sees it; only of a valid form."""
        values: dict[str, Any] = self.cleaned_data
        cents: int = values["amount"]
        return cents if values["direction"] == COMES_IN else -cents
