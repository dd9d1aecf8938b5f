"""What an administrator types about giving online. The form checks and gives back rules; it saves nothing."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.actions.setting_giving import Rules
from donations.models import GivingSettings
from donations.models.giving import ClosedBecause
from fund import money
from fund.euros_field import EurosField

OPEN = "open"
_MOST_DECLINES = 10_000


class RulesForm(forms.Form):
    """The rules as they stand, to be changed; `revision` is the one that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    state = forms.ChoiceField(
        label=_("Dons en ligne"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez d’ouvrir ou de fermer.")},
    )
    least = EurosField(
        label=_("Don le plus petit"),
        error_messages={"required": _("Écrivez un montant en euros.")},
    )
    most = EurosField(
        label=_("Don le plus grand"),
        error_messages={"required": _("Écrivez un montant en euros.")},
    )
    declines_told = forms.IntegerField(
        label=_("Prévenir à partir de"),
        help_text=_(
            "Cartes refusées en une heure. La trésorerie et l’administration le lisent sur leur bureau."
        ),
        min_value=1,
        max_value=_MOST_DECLINES,
    )
    declines_closing = forms.IntegerField(
        label=_("Fermer les dons à partir de"),
        help_text=_(
            "Cartes refusées en une heure. Les dons se ferment seuls ; l’administration reçoit un courriel."
        ),
        min_value=1,
        max_value=_MOST_DECLINES,
    )

    def __init__(self, *args: Any, row: GivingSettings, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _as_typed(row))
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        bounds = {
            "least": money.format_euros(settings.GIFT_MIN_CENTS, language, cents_shown=False),
            "most": money.format_euros(settings.GIFT_MAX_CENTS, language, cents_shown=False),
        }
        reasons = [(reason.value, _("Fermés : %(why)s") % {"why": reason.label}) for reason in ClosedBecause]
        self.fields["state"].choices = [(OPEN, _("Ouverts")), *reasons]  # type: ignore[attr-defined]
        self.fields["least"].help_text = _("Pas moins de %(least)s sur cette installation.") % bounds
        self.fields["most"].help_text = _("Pas plus de %(most)s sur cette installation.") % bounds

    def clean_least(self) -> int:
        cents: int = self.cleaned_data["least"]
        if cents < settings.GIFT_MIN_CENTS:
            raise forms.ValidationError(_("Ce montant est plus petit que cette installation le permet."))
        return cents

    def clean_most(self) -> int:
        cents: int = self.cleaned_data["most"]
        if cents > settings.GIFT_MAX_CENTS:
            raise forms.ValidationError(_("Ce montant est plus grand que cette installation le permet."))
        return cents

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if _in_wrong_order(values, "least", "most"):
            self.add_error("most", _("Le plus grand don doit atteindre le plus petit."))
        if _in_wrong_order(values, "declines_told", "declines_closing"):
            self.add_error("declines_closing", _("On prévient avant de fermer : ce nombre est trop petit."))
        return values

    def rules(self) -> Rules:
        """What was asked for; only of a valid form."""
        values = self.cleaned_data
        return Rules(
            least_cents=values["least"],
            most_cents=values["most"],
            closed_because="" if values["state"] == OPEN else values["state"],
            declines_told=values["declines_told"],
            declines_closing=values["declines_closing"],
        )


def _in_wrong_order(values: dict[str, Any], smaller: str, larger: str) -> bool:
    return smaller in values and larger in values and values[smaller] > values[larger]


def _as_typed(row: GivingSettings) -> dict[str, object]:
    language = get_language() or "fr"
    return {
        "revision": row.revision,
        "state": row.closed_because or OPEN,
        "least": money.format_euros(row.least_cents, language, cents_shown=False),
        "most": money.format_euros(row.most_cents, language, cents_shown=False),
        "declines_told": row.declines_told,
        "declines_closing": row.declines_closing,
    }
