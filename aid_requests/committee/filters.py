"""The committee's queue as a form: unknown values are ignored, never an error page."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from aid_requests import sealed
from aid_requests.committee import hands
from aid_requests.committee.put_off import not_put_off
from aid_requests.deadlines import last_asked_for, soon
from aid_requests.models import AidRequest, SchemeVersion
from aid_requests.models.requests import DECIDED_STATES, RequestState
from aid_requests.waiting import stalled_before
from fund import clock

OPEN, UNREAD, DECIDED = "open", "unread", "decided"
_STATES = [(UNREAD, _("À lire")), (DECIDED, _("Décidés"))]
STALLED = "stalled"
SOON, PAST = "soon", "past"
_DUE = [(SOON, _("Dans deux semaines au plus")), (PAST, _("Passée"))]
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
    due = django_filters.ChoiceFilter(
        choices=_DUE, label=_("Échéance"), empty_label=_("Toutes"), method="filter_due"
    )
    reference = django_filters.CharFilter(
        label=_("Numéro"),
        method="filter_reference",
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "20"}),
    )

    @property
    def shows_decided(self) -> bool:
        return self.form.is_valid() and self.form.cleaned_data["state"] == DECIDED

    @property
    def query(self) -> str:
        """What is set, as a query string; "" while nothing is."""
        self.form.is_valid()
        return urlencode({name: value for name, value in self.form.cleaned_data.items() if value})

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
        """Without a state what is before the committee; a number is looked for among what is decided too."""
        found = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        if chosen.get("state") != DECIDED and not (chosen.get("reference") and not chosen.get("state")):
            found = found.filter(state=RequestState.IN_REVIEW)
        return found

    def filter_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == DECIDED:
            return queryset.filter(state__in=DECIDED_STATES, decided_at__isnull=False)
        return hands.without_hands(queryset).filter(has_voted=False, voted_before=False)

    def filter_reference(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The file of that whole number, found at once whatever the fund's age; else those that hold what was typed."""
        whole = queryset.filter(reference=value.strip().upper())
        return whole if whole.exists() else queryset.filter(reference__icontains=value.strip())

    def filter_due(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """By what runs: a file whose correction is asked for stands still."""
        until = clock.today() - timedelta(days=1) if value == PAST else soon()
        asked_until = datetime.combine(
            last_asked_for(until) + timedelta(days=1), time.min, tzinfo=clock.PARIS
        )
        running = queryset.filter(state=RequestState.IN_REVIEW, correction_asked_at=None)
        return running.filter(
            Q(asked_again_at__lt=asked_until) | Q(asked_again_at=None, submitted_at__lt=asked_until)
        )

    def filter_age(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return not_put_off(queryset.filter(waits_since__lt=stalled_before()), stalled_before())
