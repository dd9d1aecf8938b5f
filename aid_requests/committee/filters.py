"""The committee's queue as a form: unknown values are ignored, never an error page."""

from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from aid_requests import sealed
from aid_requests.committee.put_off import not_put_off
from aid_requests.models import AidRequest, SchemeVersion
from aid_requests.models.requests import DECIDED_STATES, RequestState
from aid_requests.waiting import stalled_before

OPEN, UNREAD, DECIDED = "open", "unread", "decided"
_STATES = [(UNREAD, _("À lire")), (DECIDED, _("Décidés"))]
STALLED = "stalled"
_SET = _("%(filter)s : %(value)s")


def scheme_choices() -> list[tuple[str, str]]:
    """The schemes ever opened, by their latest title."""
    language = get_language() or "fr"
    versions = SchemeVersion.objects.exclude(opened_at=None).select_related("scheme").order_by("number")
    titles = {
        version.scheme.slug: sealed.scheme_of(version).title.in_language(language) for version in versions
    }
    return sorted(titles.items())


def age_choices() -> list[tuple[str, str]]:
    days = settings.STALLED_DAYS
    sentence = ngettext("Plus de %(days)s jour", "Plus de %(days)s jours", days)
    return [(STALLED, sentence % {"days": days})]


class QueueFilter(django_filters.FilterSet):
    """Filters `queries.queue`; without a state it shows what is before the committee."""

    scheme = django_filters.ChoiceFilter(
        field_name="scheme_version__scheme__slug",
        choices=scheme_choices,
        label=_("Dispositif"),
        empty_label=_("Tous"),
    )
    state = django_filters.ChoiceFilter(
        choices=_STATES, label=_("État"), empty_label=_("Au comité"), method="filter_state"
    )
    age = django_filters.ChoiceFilter(
        choices=age_choices, label=_("Attente"), empty_label=_("Toutes"), method="filter_age"
    )
    reference = django_filters.CharFilter(
        lookup_expr="icontains",
        label=_("Numéro"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "20"}),
    )

    @property
    def shows_decided(self) -> bool:
        return self.form.is_valid() and self.form.cleaned_data["state"] == DECIDED

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """Each filter that is set, « Attente : Plus de sept jours », with the query string that takes it away."""
        self.form.is_valid()
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        found = []
        for name, value in chosen.items():
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(value, value)
            rest = urlencode({other: kept for other, kept in chosen.items() if other != name})
            found.append((_SET % {"filter": field.label, "value": words}, rest))
        return found

    class Meta:
        model = AidRequest
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("state") != DECIDED:
            found = found.filter(state=RequestState.IN_REVIEW)
        return found

    def filter_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == DECIDED:
            return queryset.filter(state__in=DECIDED_STATES).order_by("-decided_at", "-pk")
        return queryset.filter(has_voted=False, voted_before=False)

    def filter_age(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return not_put_off(queryset.filter(waits_since__lt=stalled_before()), stalled_before())
