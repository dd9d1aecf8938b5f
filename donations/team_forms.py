"""What is typed about team pages and matching offers. The forms check and give back what the acts take."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.actions.offers import OfferTerms
from donations.actions.teams import TeamWords
from donations.givers import Giver
from donations.giving_rules import open_pockets
from donations.models import Gift, Team
from donations.models.gifts import GiverKind
from donations.models.teams import TeamState
from donations.siren import siren_of
from fund import clock, plain_text
from fund.euros_field import EurosField
from fund.models import Pocket, School

LEAST_GOAL_CENTS, MOST_GOAL_CENTS = 10_000, 100_000_000
SHORTEST_NAME = 3
_PLAIN = {"autocomplete": "off"}


class TeamWordsForm(forms.Form):
    """What a page says: read by a person before anybody else sees it."""

    name = forms.CharField(
        label=_("Nom de l’équipe"),
        max_length=80,
        help_text=_("Celui que le public lira, par exemple « Le bureau des élèves de Lille »."),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Écrivez le nom de l’équipe.")},
    )
    story = forms.CharField(
        label=_("Pourquoi vous collectez"),
        max_length=2000,
        help_text=_(
            "Quelques phrases. Une ligne vide sépare deux paragraphes. Aucun nom d’élève aidé, ni adresse, ni numéro."
        ),
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 8}),
        error_messages={
            "required": _("Écrivez quelques phrases."),
            "max_length": _("Ce texte dépasse 2 000 caractères : raccourcissez-le."),
        },
    )
    goal = EurosField(
        label=_("Objectif, en euros"),
        help_text=_("De 100 € à 1 000 000 €. Il pourra changer."),
        error_messages={"required": _("Écrivez l’objectif, en euros.")},
    )

    def clean_name(self) -> str:
        name = plain_text.on_one_line(self.cleaned_data["name"])
        if len(name) < SHORTEST_NAME:
            raise forms.ValidationError(_("Écrivez un nom de trois lettres au moins."))
        return name

    def clean_story(self) -> str:
        story = plain_text.without_hidden(self.cleaned_data["story"]).strip()
        if not story:
            raise forms.ValidationError(_("Écrivez quelques phrases."))
        return story

    def clean_goal(self) -> int:
        cents: int = self.cleaned_data["goal"]
        if not LEAST_GOAL_CENTS <= cents <= MOST_GOAL_CENTS:
            raise forms.ValidationError(_("L’objectif va de 100 € à 1 000 000 €."))
        return cents

    def words(self) -> TeamWords:
        """Only of a valid form."""
        values = self.cleaned_data
        return TeamWords(values["name"], values["story"], values["goal"])


class TeamForm(TeamWordsForm):
    """A new page: besides its words, what its gifts serve, and a school if it is of one."""

    pocket = forms.ModelChoiceField(
        label=_("À quoi servent ses dons"),
        queryset=Pocket.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": _("Choisissez à quoi servent les dons.")},
    )
    school = forms.ModelChoiceField(
        label=_("École"),
        queryset=School.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("Aucune en particulier"),
        help_text=_("Elle est dite sur la page. Les dons vont aux élèves de tout le réseau."),
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.fields["pocket"].queryset = open_pockets().filter(school=None)  # type: ignore[attr-defined]
        self.fields["pocket"].label_from_instance = lambda pocket: gettext(pocket.name)  # type: ignore[attr-defined]
        self.fields["school"].queryset = School.objects.order_by("name")  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a page or a text is not shown: the sentence its maker reads."""

    because = forms.CharField(
        label=_("Raison, lue par l’équipe"),
        max_length=300,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Écrivez la raison : l’équipe la lira.")},
    )

    def clean_because(self) -> str:
        because = plain_text.on_one_line(self.cleaned_data["because"])
        if not because:
            raise forms.ValidationError(self.fields["because"].error_messages["required"])
        return because


RATIOS = {
    "1/2": _("50 centimes pour 1 € donné"),
    "1/1": _("1 € pour 1 € donné : le don est doublé"),
    "2/1": _("2 € pour 1 € donné : le don est triplé"),
    "other": _("Une autre proportion"),
}
EVERY_GIFT = "all"


class OfferForm(forms.Form):
    """A sponsor's offer, as its letter says."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    company_name = forms.CharField(
        label=_("Nom de l’entreprise"), max_length=120, widget=forms.TextInput(attrs=_PLAIN)
    )
    legal_form = forms.CharField(
        label=_("Forme juridique"),
        max_length=40,
        help_text=_("Par exemple SAS, SA, coopérative."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    siren = forms.CharField(
        label=_("SIREN"),
        max_length=11,
        help_text=_("Neuf chiffres. Ses propres dons se reconnaissent à ce numéro."),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric"}),
    )
    first_name = forms.CharField(
        label=_("Prénom du contact"), max_length=80, widget=forms.TextInput(attrs=_PLAIN)
    )
    last_name = forms.CharField(
        label=_("Nom du contact"), max_length=80, widget=forms.TextInput(attrs=_PLAIN)
    )
    public_name = forms.CharField(
        label=_("Nom lu par le public"), max_length=80, widget=forms.TextInput(attrs=_PLAIN)
    )
    ratio = forms.ChoiceField(
        label=_("Ce qu’elle promet"), choices=list(RATIOS.items()), widget=forms.RadioSelect
    )
    numerator = forms.IntegerField(label=_("Euros promis"), min_value=1, max_value=10, required=False)
    denominator = forms.IntegerField(
        label=_("Pour tant d’euros donnés"), min_value=1, max_value=10, required=False
    )
    cap = EurosField(label=_("Plafond, en euros"), help_text=_("Elle ne promet jamais davantage."))
    starts_on = forms.DateField(
        label=_("Premier jour"), widget=forms.DateInput(attrs={**_PLAIN, "type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Dernier jour"), widget=forms.DateInput(attrs={**_PLAIN, "type": "date"}, format="%Y-%m-%d")
    )
    scope = forms.ChoiceField(label=_("Pour quels dons"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            (EVERY_GIFT, _("Tous les dons")),
            *((f"pocket:{row.pk}", gettext(row.name)) for row in _purposes()),
            *((f"team:{row.pk}", row.name) for row in _open_teams()),
        ]

    def clean_siren(self) -> str:
        siren = siren_of(self.cleaned_data["siren"])
        if not siren:
            raise forms.ValidationError(
                _("Ce numéro n’est pas un SIREN : vérifiez ses neuf chiffres."), code="siren"
            )
        return siren

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("company_name", "legal_form", "first_name", "last_name", "public_name"):
            values[name] = plain_text.on_one_line(values.get(name) or "")
            if not values[name] and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("Le dernier jour vient après le premier."))
        elif ends and ends < clock.today():
            self.add_error("ends_on", _("Ce jour est passé : un abondement vaut pour les dons à venir."))
        if values.get("ratio") == "other" and not (values.get("numerator") and values.get("denominator")):
            self.add_error("numerator", _("Écrivez les deux nombres, de 1 à 10."))
        return values

    @property
    def form_token_value(self) -> uuid.UUID:
        """The token sent, or a new one for a form that came without."""
        return self.cleaned_data.get("form_token") or uuid.uuid4()

    def terms(self) -> OfferTerms:
        """Only of a valid form."""
        values = self.cleaned_data
        numerator, denominator = values["numerator"], values["denominator"]
        if values["ratio"] != "other":
            numerator, denominator = (int(part) for part in values["ratio"].split("/"))
        kind, _colon, pk = values["scope"].partition(":")
        return OfferTerms(
            sponsor=Giver(
                values["first_name"],
                values["last_name"],
                kind=GiverKind.COMPANY,
                company_name=values["company_name"],
                legal_form=values["legal_form"],
                siren=values["siren"],
            ),
            public_name=values["public_name"],
            numerator=numerator,
            denominator=denominator,
            cap_cents=values["cap"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            pocket=_purposes().get(pk=pk) if kind == "pocket" else None,
            team=_open_teams().get(pk=pk) if kind == "team" else None,
        )


class PaymentForm(forms.Form):
    """The reference of a gift of the sponsor; `gift` is that gift."""

    reference = forms.CharField(
        label=_("Référence du don"),
        max_length=20,
        help_text=_("Celle du don reçu de l’entreprise, par exemple D-2020-000123."),
        widget=forms.TextInput(attrs=_PLAIN),
    )

    def clean_reference(self) -> Gift:
        reference = self.cleaned_data["reference"].strip().upper()
        gift = Gift.objects.filter(reference=reference).first()
        if gift is None:
            raise forms.ValidationError(_("Aucun don n’a cette référence."))
        return gift


def _purposes() -> QuerySet[Pocket]:
    return open_pockets()


def _open_teams() -> QuerySet[Team]:
    return Team.objects.filter(state=TeamState.OPEN).order_by("name", "pk")
