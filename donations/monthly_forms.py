"""What a donor types to change a monthly gift. The form says what is wanted; it saves nothing."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from donations import giving_rules
from donations.models.monthly_changes import ChangeKind
from donations.monthly_rules import LONGEST_PAUSE_MONTHS, Wanted, after_months
from fund import clock, money

OPEN_END = "open"


class ChangeForm(forms.Form):
    """One change of one monthly gift; `form_token` names this form: sending it twice asks once."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    change = forms.ChoiceField(
        choices=ChangeKind.choices,
        error_messages={
            "required": _("Choisissez ce que vous voulez changer."),
            "invalid_choice": _("Choisissez ce que vous voulez changer."),
        },
    )
    amount = forms.CharField(label=_("Nouveau montant, chaque mois"), max_length=30, required=False)
    pause = forms.ChoiceField(label=_("Combien de temps ?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("De %(least)s à %(most)s") % giving_rules.bounds()
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        months = range(1, LONGEST_PAUSE_MONTHS + 1)
        self.fields["pause"].choices = [  # type: ignore[attr-defined]
            *(
                (str(number), ngettext("%(n)s mois", "%(n)s mois", number) % {"n": number})
                for number in months
            ),
            (OPEN_END, _("Jusqu’à ce que je reprenne")),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("change")
        if kind == ChangeKind.AMOUNT:
            self._read_amount(values)
        elif kind == ChangeKind.PAUSE and not values.get("pause") and "pause" not in self.errors:
            self.add_error("pause", _("Choisissez la durée de la pause."))
        return values

    def _read_amount(self, values: dict[str, Any]) -> None:
        typed = (values.get("amount") or "").strip()
        if not typed:
            self.add_error("amount", _("Écrivez le nouveau montant."))
            return
        try:
            values["amount_cents"] = money.parse_euros(typed)
        except money.AmountError as error:
            self.add_error("amount", str(error))
            return
        sentence = giving_rules.out_of_bounds(values["amount_cents"])
        if sentence:
            self.add_error("amount", sentence)

    def wanted(self) -> Wanted:
        """The change; only of a valid form."""
        values = self.cleaned_data
        kind = ChangeKind(values["change"])
        if kind == ChangeKind.AMOUNT:
            return Wanted(kind, amount_cents=values["amount_cents"])
        if kind == ChangeKind.PAUSE and values["pause"] != OPEN_END:
            return Wanted(kind, resumes_on=after_months(clock.today(), int(values["pause"])))
        return Wanted(kind)

    @property
    def form_token_value(self) -> uuid.UUID:
        """The token sent, or a new one for a form that came without."""
        return self.cleaned_data.get("form_token") or uuid.uuid4()


class LinkForm(forms.Form):
    """The mailbox that the links are sent to."""

    email = forms.EmailField(
        label=_("Adresse électronique de vos dons"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez l’adresse où vous recevez nos courriels."),
            "invalid": _("Cette adresse est incomplète : vérifiez le « @ » et la fin, par exemple « .fr »."),
        },
    )
