"""What a donor types. The form checks and gives back a pledge; it saves nothing."""

import uuid
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from donations import giving_rules, tax_relief
from donations.actions.pledging import MONTHLY, ONCE, Pledge, Words
from donations.giver_fields import GiverFields
from donations.models import Team
from donations.models.gifts import GiverKind
from donations.models.teams import TeamState
from fund import money, plain_text
from fund.models import Pocket

AMOUNTS_CENTS = (2_000, 5_000, 10_000, 15_000)
FIRST_CHOICE_CENTS = 5_000
ANONYMOUS, FIRST_NAME, OTHER_NAME = "anonymous", "first_name", "other"
NAME_LENGTH, MESSAGE_LENGTH = 40, 140
TEAM_CLOSED = _("L’équipe de ce lien ne récolte plus. Vous pouvez donner à la cagnotte elle-même.")


class GiftForm(GiverFields):
    """One gift, or a month's, once. `form_token` names this form: sending it twice makes one gift; `team` the page of a
    team it was opened from."""

    field_order = ("form_token", "team", "amount", "free_amount", "rhythm", "pocket")  # as errors are listed

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    team = forms.CharField(widget=forms.HiddenInput, required=False)
    amount = forms.ChoiceField(label=_("Montant"), widget=forms.RadioSelect, required=False)
    rhythm = forms.ChoiceField(
        label=_("Rythme"),
        choices=[(ONCE, _("Une fois")), (MONTHLY, _("Chaque mois"))],
        widget=forms.RadioSelect,
        required=False,
    )
    free_amount = forms.CharField(label=_("Autre montant"), max_length=30, required=False)
    pocket = forms.ModelChoiceField(
        label=_("Pour quoi ?"),
        queryset=Pocket.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à quoi sert votre don."),
            "invalid_choice": _("Ce choix n’est plus ouvert : prenez-en un autre dans la liste."),
        },
    )
    shown_as = forms.ChoiceField(
        label=_("Votre nom en public"),
        choices=[
            (ANONYMOUS, _("Rester anonyme")),
            (FIRST_NAME, _("Afficher mon prénom")),
            (OTHER_NAME, _("Afficher un autre nom")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    shown_name = forms.CharField(
        label=_("Cet autre nom"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Un surnom, une promotion, une équipe."),
    )
    message = forms.CharField(
        label=_("Un mot pour les élèves"),
        max_length=MESSAGE_LENGTH,
        required=False,
        help_text=_("140 caractères au plus."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("Votre message dépasse 140 caractères : raccourcissez-le un peu.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].choices = [  # type: ignore[attr-defined]
            (str(cents), money.format_euros(cents, get_language() or "fr", cents_shown=False))
            for cents in AMOUNTS_CENTS
        ]
        self.fields["pocket"].queryset = giving_rules.open_pockets()  # type: ignore[attr-defined]
        self.fields["pocket"].label_from_instance = lambda pocket: gettext(pocket.name)  # type: ignore[attr-defined]
        hint = _("De %(least)s à %(most)s") % giving_rules.bounds()
        self.fields["free_amount"].help_text = hint
        self.fields["free_amount"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """A free amount wins over a button: it is what was typed last, or typed at all."""
        values = super().clean() or {}
        if values.get("team") and self.team_named is None:
            self.add_error(None, TEAM_CLOSED)
        typed = (values.get("free_amount") or "").strip()
        field = "free_amount" if typed else "amount"
        if field in self.errors:
            return values
        try:
            values["amount_cents"] = money.parse_euros(typed) if typed else int(values.get("amount") or 0)
        except money.AmountError as error:
            self.add_error(field, str(error))
            return values
        sentence = _out_of_bounds(values["amount_cents"])
        if sentence:
            self.add_error(field, sentence)
        return values

    def clean_shown_name(self) -> str:
        """A name on one line, all of it visible; wanted only when it is the one to show."""
        name = plain_text.on_one_line(self.cleaned_data.get("shown_name") or "")
        if self.cleaned_data.get("shown_as") == OTHER_NAME and not name:
            raise forms.ValidationError(_("Écrivez le nom à afficher, ou restez anonyme."))
        return name

    def clean_message(self) -> str:
        return plain_text.on_one_line(self.cleaned_data.get("message") or "")

    @property
    def form_token_value(self) -> uuid.UUID:
        """The token sent, or a new one for a form that came without."""
        return self.cleaned_data.get("form_token") or uuid.uuid4()

    def pledge(self) -> Pledge:
        """What was promised; only of a valid form."""
        values = self.cleaned_data
        return Pledge(
            amount_cents=values["amount_cents"],
            pocket=values["pocket"],
            first_name=self.giver.first_name,
            last_name=self.giver.last_name,
            email=values["email"],
            language=(get_language() or "fr")[:2],
            rhythm=values["rhythm"] or ONCE,
            words=Words(name=self._name_to_show(), message=values["message"]),
            giver=self.giver,
            team=self.team_named,
        )

    @cached_property
    def team_named(self) -> Team | None:
        """The open team whose page the form was opened from, sent or not."""
        return open_team(str(self["team"].value() or ""))

    def amount_buttons(self) -> list[tuple[BoundWidget, int, int]]:
        """Each amount to choose, with what it costs a person and a company after tax, in cents."""
        return [
            (
                button,
                tax_relief.cost_cents(cents, GiverKind.PERSON),
                tax_relief.cost_cents(cents, GiverKind.COMPANY),
            )
            for button, cents in zip(self["amount"], AMOUNTS_CENTS, strict=True)
        ]

    def _name_to_show(self) -> str:
        values = self.cleaned_data
        names = {FIRST_NAME: plain_text.on_one_line(values["first_name"]), OTHER_NAME: values["shown_name"]}
        return names.get(values["shown_as"], "")


def open_team(slug: str) -> Team | None:
    """The team of that address while it takes gifts."""
    if not slug:
        return None
    return Team.objects.select_related("pocket").filter(slug=slug, state=TeamState.OPEN).first()


def _out_of_bounds(cents: int) -> str:
    if cents == 0:
        return str(_("Choisissez un montant, ou écrivez le vôtre."))
    return giving_rules.out_of_bounds(cents)
