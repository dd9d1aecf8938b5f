"""The staff's list of gifts as a form: what cannot be read is said beside its field and filters nothing."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Gift, Team
from donations.models.gifts import Channel, GiftState
from fund import clock, money
from fund.euros_field import EurosField
from fund.models import Pocket

WITH, WITHOUT, COULD = "with", "without", "could"
RECEIPTS = [
    (WITH, _("Avec un reçu fiscal")),
    (COULD, _("Arrivés, sans reçu fiscal")),
    (WITHOUT, _("Sans reçu fiscal")),
]
# How the money came: the channel, and for the provider its own word for the means.
METHODS: dict[str, Q] = {
    "card": Q(channel=Channel.ONLINE, paid_with="card"),
    "sepa_debit": Q(channel=Channel.ONLINE, paid_with="sepa_debit"),
    "online": Q(channel=Channel.ONLINE),
    "cheque": Q(channel=Channel.CHEQUE),
    "transfer": Q(channel=Channel.TRANSFER),
}
METHOD_WORDS = [
    ("card", _("Carte")),
    ("sepa_debit", _("Prélèvement")),
    ("online", _("En ligne, quel que soit le moyen")),
    ("cheque", _("Chèque")),
    ("transfer", _("Virement")),
]
_SET = _("%(filter)s : %(value)s")


class ReferenceField(forms.RegexField):
    """A reference or a part of it: what is typed here stands in the address, so nothing personal may."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = _("Écrivez un numéro de don, par exemple D-2020-000123. Une adresse se cherche plus bas.")
        super().__init__(r"^[Dd0-9 -]*$", error_messages={"invalid": sentence}, **kwargs)


class ReferenceFilter(django_filters.Filter):
    field_class = ReferenceField


class EurosFilter(django_filters.Filter):
    field_class = EurosField


def pocket_choices() -> list[tuple[str, str]]:
    return [(pocket.code, gettext(pocket.name)) for pocket in Pocket.objects.order_by("pk")]


def team_choices() -> list[tuple[str, str]]:
    return list(Team.objects.order_by("name", "pk").values_list("slug", "name"))


def _words(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class GiftFilter(django_filters.FilterSet):
    """Filters `register.gift_rows`. Days are Paris days of when a gift came, or was promised when it never did."""

    state = django_filters.ChoiceFilter(choices=GiftState, label=_("État"), empty_label=_("Tous"))
    method = django_filters.ChoiceFilter(
        choices=METHOD_WORDS, label=_("Moyen"), empty_label=_("Tous"), method="filter_method"
    )
    since = django_filters.DateFilter(
        label=_("Depuis le"), method="filter_since", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("Jusqu’au"), method="filter_until", widget=forms.DateInput(attrs={"type": "date"})
    )
    pocket = django_filters.ChoiceFilter(
        field_name="pocket__code", choices=pocket_choices, label=_("Poche"), empty_label=_("Toutes")
    )
    team = django_filters.ChoiceFilter(
        field_name="team__slug", choices=team_choices, label=_("Collecte"), empty_label=_("Toutes")
    )
    receipt = django_filters.ChoiceFilter(
        choices=RECEIPTS, label=_("Reçu fiscal"), empty_label=_("Tous"), method="filter_receipt"
    )
    least = EurosFilter(
        field_name="amount_cents",
        lookup_expr="gte",
        label=_("À partir de"),
        widget=_words(inputmode="decimal", maxlength="20"),
    )
    most = EurosFilter(
        field_name="amount_cents",
        lookup_expr="lte",
        label=_("Au plus"),
        widget=_words(inputmode="decimal", maxlength="20"),
    )
    reference = ReferenceFilter(
        lookup_expr="icontains", label=_("Numéro du don"), widget=_words(maxlength="20")
    )

    class Meta:
        model = Gift
        fields: list[str] = []

    @property
    def chosen(self) -> dict[str, str]:
        """What filters, as it was typed: good for an address and for the audit trail, it names nobody."""
        self.form.is_valid()
        values = self.form.cleaned_data
        return {
            name: str(self.data.get(name, "")) for name, value in values.items() if value not in (None, "")
        }

    @property
    def query(self) -> str:
        return urlencode(self.chosen)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """Each filter that is set, « État : Reçu », with the query string that takes it away."""
        chosen = self.chosen
        found = []
        for name in chosen:
            field = self.form.fields[name]
            rest = urlencode({other: kept for other, kept in chosen.items() if other != name})
            found.append((_SET % {"filter": field.label, "value": self._shown(name)}, rest))
        return found

    def _shown(self, name: str) -> str:
        value = self.form.cleaned_data[name]
        if name in ("least", "most"):
            return money.format_euros(value, get_language() or "fr", cents_shown=False)
        if name in ("since", "until"):
            return str(value.strftime("%d/%m/%Y"))
        return str(dict(getattr(self.form.fields[name], "choices", ())).get(value, value))

    def filter_method(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(METHODS[value])

    def filter_since(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(dated_at__gte=datetime.combine(value, time(), tzinfo=clock.PARIS))

    def filter_until(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        end = datetime.combine(value + timedelta(days=1), time(), tzinfo=clock.PARIS)
        return queryset.filter(dated_at__lt=end)

    def filter_receipt(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == WITH:
            return queryset.filter(has_receipt=True)
        without = queryset.filter(has_receipt=False)
        return without.filter(kept_cents__gt=0) if value == COULD else without
