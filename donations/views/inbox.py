"""The inbox of payment events, for those who watch over the money: what was parked first. Payloads are never shown."""

from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.actions import comparing
from donations.event_words import event_words
from donations.models import ComparisonFinding, ComparisonRun, ProviderEvent
from donations.models.inbox import EventState
from donations.reasons import sentence_of
from fund import clock
from fund.models.people import Role
from fund.roles import for_roles

PAGE_SIZE = 50
LAST_RUNS = 5
TO_LOOK_AT = ("paid_twice", "fraud_warning")  # acted on, and yet a person has something to do
READERS = (Role.TREASURER, Role.AUDITOR, Role.ADMINISTRATOR)


@for_roles(*READERS)
@never_cache
@require_safe
def event_inbox(request: HttpRequest) -> HttpResponse:
    """Parked first, then those with a notice for the treasurer, each from the newest."""
    rank = Case(When(state=EventState.PARKED, then=0), When(note__in=TO_LOOK_AT, then=1), default=2)
    events = ProviderEvent.objects.defer("payload_sealed").select_related("gift").order_by(rank, "-pk")
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(event, event_words(event.event_type), sentence_of(event.reason, event.note)) for event in page]
    parked = ProviderEvent.objects.filter(state=EventState.PARKED).count()
    shown = {"rows": rows, "page": page, "parked": parked, "compared": _compared()}
    return render(request, "donations/event_inbox.html", shown)


@for_roles(*READERS)
@never_cache
@require_safe
def event_page(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(ProviderEvent.objects.defer("payload_sealed").select_related("gift"), pk=pk)
    shown = {
        "event": event,
        "words": event_words(event.event_type),
        "occurred_at": _in_domain_time(event),
        "sentence": sentence_of(event.reason, event.note),
    }
    return render(request, "donations/event_page.html", shown)


def _compared() -> dict[str, object]:
    """The switch, the open differences and the last runs, dated as the demo's other rows are."""
    open_ones = ComparisonFinding.objects.filter(closed_at=None).select_related("gift").order_by("-pk")
    runs = list(ComparisonRun.objects.order_by("-pk")[:LAST_RUNS])
    for run in runs:
        run.started_at -= clock.shift()
    return {"is_on": comparing.is_on(), "findings": list(open_ones[:PAGE_SIZE]), "runs": runs}


def _in_domain_time(event: ProviderEvent) -> datetime | None:
    """When the provider says it happened. In the demo its clock is real and ours is not: both are shown as ours,
    and what was loaded for a past day is not dated after it was received."""
    if event.occurred_at is None or not clock.shift():
        return event.occurred_at
    return min(event.occurred_at - clock.shift(), event.received_at)
