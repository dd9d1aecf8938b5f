"""What is typed about money from outside the payment provider. The forms check and save nothing."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from donations import giving_rules
from donations.actions.pledging import Pledge
from donations.giver_fields import GiverFields
from donations.models import ExpectedTransfer, Gift, Team
from donations.models.gifts import GiverKind
from donations.models.returns import ReturnReason
from donations.models.teams import TeamState
from donations.outside.agreements import AgreementTold
from donations.outside.cheques import ChequeTold
from donations.outside.references import TRANSFER, read_reference
from donations.outside.transfers import DonorTold
from fund import clock, money, plain_text
from fund.euros_field import EurosField
from fund.models import Pocket

INSTALMENTS = 12
SHOWN_AT_FIRST = 3


class PocketField(forms.ModelChoiceField):
    """A purpose that a gift may have today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Pour quoi ?"),
            queryset=Pocket.objects.none(),
            to_field_name="code",
            empty_label=None,
            error_messages={
                "required": _("Choisissez à quoi sert ce don."),
                "invalid_choice": _("Ce choix n’est plus ouvert : prenez-en un autre dans la liste."),
            },
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return gettext(obj.name)


class OutsideForm(GiverFields):
    """A gift from outside: who gives, for what; `form_token` names the form, so that sending it twice does nothing."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    pocket = PocketField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pocket"].queryset = giving_rules.open_pockets()  # type: ignore[attr-defined]

    @property
    def token(self) -> uuid.UUID:
        """The token sent, or a new one for a form that came without."""
        return self.cleaned_data.get("form_token") or uuid.uuid4()


class TransferForm(OutsideForm):
    """A donor announces a transfer."""

    field_order = ("form_token", "amount", "pocket")
    amount = EurosField(
        label=_("Combien ?"), error_messages={"required": _("Écrivez le montant de votre virement.")}
    )

    def clean_amount(self) -> int:
        """No upper bound but what one transfer can carry: large gifts come this way."""
        cents: int = self.cleaned_data["amount"]
        if cents < settings.GIFT_MIN_CENTS:
            least = money.format_euros(settings.GIFT_MIN_CENTS, get_language() or "fr", cents_shown=False)
            raise forms.ValidationError(_("Un don est de %(least)s au moins.") % {"least": least})
        return cents

    def pledge(self) -> Pledge:
        """What was promised; only of a valid form."""
        values = self.cleaned_data
        return Pledge(
            amount_cents=values["amount"],
            pocket=values["pocket"],
            first_name=values["first_name"],
            last_name=values["last_name"],
            email=values["email"],
            language=(get_language() or "fr")[:2],
            giver=self.giver,
        )


class StaffGiverForm(OutsideForm):
    """Who gives, written down by the treasury: an e-mail address and a company's contact may be unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name", "email"):
            self.fields[name].required = False
        self.fields["email"].help_text = _("Sans adresse, aucun courriel ne part.")
        if "wants_receipt" in self.fields:
            self.fields["wants_receipt"].label = _("L’adresse postale est connue : un reçu pourra être fait")
        for name in ("first_name", "last_name", "email", "company_name", "street", "postcode", "town"):
            if name in self.fields:  # the browser would offer the treasurer's own
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in ("first_name", "last_name"):
            values[name] = values.get(name) or ""
        if not self._is_company and not values["last_name"].strip():
            self.add_error("last_name", _("Écrivez le nom de la personne qui donne."))
        return values


class ChequeForm(StaffGiverForm):
    """One cheque of a deposit."""

    field_order = ("form_token", "amount", "number", "bank_name", "pocket", "team")
    amount = EurosField(label=_("Montant"), error_messages={"required": _("Écrivez le montant du chèque.")})
    number = forms.RegexField(
        label=_("Numéro du chèque"),
        regex=r"^\s*[0-9]{4,20}\s*$",
        max_length=24,
        help_text=_("Sept chiffres, en bas à gauche."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Écrivez le numéro du chèque."),
            "invalid": _("Un numéro de chèque n’a que des chiffres."),
        },
    )
    bank_name = forms.CharField(
        label=_("Banque"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez le nom de la banque.")},
    )
    team = forms.ModelChoiceField(
        label=_("Équipe"), queryset=Team.objects.none(), required=False, empty_label=_("aucune")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(state=TeamState.OPEN).order_by("name")  # type: ignore[attr-defined]
        self.fields["team"].label_from_instance = lambda team: team.name  # type: ignore[attr-defined]

    def told(self) -> ChequeTold:
        values = self.cleaned_data
        return ChequeTold(
            giver=self.giver,
            amount_cents=values["amount"],
            pocket=values["pocket"],
            number=values["number"].strip(),
            bank_name=plain_text.on_one_line(values["bank_name"]),
            email=values["email"],
            team=values["team"],
        )


class SlipForm(forms.Form):
    """The bank's own number of a deposit."""

    slip_number = forms.CharField(
        label=_("Numéro de remise de la banque"),
        max_length=20,
        required=False,
        help_text=_("Celui qu’elle écrira sur le relevé. Vous pourrez le donner plus tard."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ExpectedTieForm(forms.Form):
    """The announced transfer that a credit is, by its reference."""

    reference = forms.CharField(
        label=_("Référence du virement annoncé"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez la référence, par exemple « DON-7K4Q-59 ».")},
    )

    def clean_reference(self) -> ExpectedTransfer:
        reference = read_reference(self.cleaned_data["reference"], TRANSFER)
        found = ExpectedTransfer.objects.filter(reference=reference).first() if reference else None
        if found is None:
            raise forms.ValidationError(_("Aucun virement annoncé ne porte cette référence."))
        return found


class DonorTieForm(StaffGiverForm):
    """Whose a credit is, when nobody had announced it."""

    def told(self) -> DonorTold:
        values = self.cleaned_data
        return DonorTold(giver=self.giver, pocket=values["pocket"], email=values["email"])


class ReturnForm(forms.Form):
    """The gift that a debit gives back, by its reference, and why it went back."""

    reference = forms.CharField(
        label=_("Numéro du don"),
        max_length=20,
        help_text=_("Il se lit sur la page du don, par exemple « D-2020-000123 »."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez le numéro du don.")},
    )
    reason = forms.ChoiceField(
        label=_("Pourquoi ?"),
        choices=ReturnReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez pourquoi.")},
    )

    def clean_reference(self) -> Gift:
        found = Gift.objects.filter(reference=self.cleaned_data["reference"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError(_("Aucun don ne porte ce numéro."))
        return found


class AgreementForm(StaffGiverForm):
    """An agreement as it was signed; empty rows of instalments are left out."""

    total = EurosField(
        label=_("Total promis"), error_messages={"required": _("Écrivez le total de la convention.")}
    )
    signed_on = forms.DateField(
        label=_("Signée le"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Écrivez la date de signature."),
            "invalid": _("Écrivez une date, par exemple 15/05/2020."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, INSTALMENTS + 1):
            self.fields[f"due_{number}"] = forms.DateField(
                label=_("Échéance %(number)s") % {"number": number},
                required=False,
                widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
                error_messages={"invalid": _("Écrivez une date, par exemple 15/05/2020.")},
            )
            label = _("Montant de l’échéance %(number)s") % {"number": number}
            self.fields[f"amount_{number}"] = EurosField(label=label, required=False)

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"due_{number}"], self[f"amount_{number}"]) for number in range(1, INSTALMENTS + 1)]

    @property
    def first_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return self.rows[:SHOWN_AT_FIRST]

    @property
    def other_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return self.rows[SHOWN_AT_FIRST:]

    @property
    def uses_other_rows(self) -> bool:
        return any(field.value() or field.errors for row in self.other_rows for field in row)

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError(_("Cette date n’est pas encore passée."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self._is_company:
            self.add_error("giver_kind", _("Une convention est signée par une entreprise."))
        for number in range(1, INSTALMENTS + 1):
            due, cents = values.get(f"due_{number}"), values.get(f"amount_{number}")
            if due and not cents and f"amount_{number}" not in self.errors:
                self.add_error(f"amount_{number}", _("Écrivez le montant de cette échéance."))
            if cents and not due and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", _("Écrivez la date de cette échéance."))
        if not self.errors:
            self._check_sum(values)
        return values

    def _check_sum(self, values: dict[str, Any]) -> None:
        parts = [cents for _due, cents in self._instalments(values)]
        if not parts:
            self.add_error("due_1", _("Écrivez au moins une échéance, avec sa date et son montant."))
        elif sum(parts) != values["total"]:
            language = get_language() or "fr"
            sentence = _("Les échéances font %(sum)s ; la convention promet %(total)s.")
            told = {
                name: money.format_euros(cents, language)
                for name, cents in (("sum", sum(parts)), ("total", values["total"]))
            }
            self.add_error("total", sentence % told)

    @staticmethod
    def _instalments(values: dict[str, Any]) -> list[tuple[date, int]]:
        rows = [
            (values.get(f"due_{number}"), values.get(f"amount_{number}"))
            for number in range(1, INSTALMENTS + 1)
        ]
        return [(due, cents) for due, cents in rows if due and cents]

    def told(self) -> AgreementTold:
        values = self.cleaned_data
        return AgreementTold(
            giver=self.giver,
            pocket=values["pocket"],
            total_cents=values["total"],
            signed_on=values["signed_on"],
            instalments=tuple(self._instalments(values)),
            email=values["email"],
        )


def first_values(kind: str = GiverKind.PERSON.value) -> dict[str, object]:
    """What is chosen before anybody touches a form."""
    return {"form_token": uuid.uuid4(), "pocket": Pocket.GENERAL, "giver_kind": kind, "country": "FR"}
