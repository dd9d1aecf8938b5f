"""What the administrators set about giving online, and the alerts about stolen cards that two desks look at."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import giving_rules
from donations.actions.card_signals import mark_alert_seen
from donations.actions.setting_giving import set_rules
from donations.giving_settings_form import RulesForm
from donations.models import CardAlert
from donations.models.giving import ClosedBecause
from fund.models import AuditEvent
from fund.models.people import Role
from fund.roles import for_roles, roles_of
from fund.views.frame import actor
from fund.workflow import AlreadyDone, WrongState

PAGE_SIZE = 50
HISTORY_LENGTH = 20
WATCHERS = (Role.TREASURER, Role.ADMINISTRATOR)
_CHANGES = ("giving.set", "giving.closed")


@for_roles(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def giving_settings(request: HttpRequest) -> HttpResponse:
    """The rules as they stand, and what they were: each change is an event of the audit trail."""
    row = giving_rules.giving_settings()
    form = RulesForm(request.POST, row=row) if request.method == "POST" else RulesForm(row=row)
    if form.is_bound and form.is_valid():
        try:
            set_rules(by=actor(request), rules=form.rules(), revision=form.cleaned_data["revision"])
        except WrongState as wrong:
            messages.error(request, wrong.sentence)
        else:
            messages.success(request, _("C’est enregistré. La page « Faire un don » suit ces réglages."))
        return redirect("giving_settings")
    shown = {
        "form": form,
        "row": row,
        "past": [_told(event) for event in _past_changes()],
        "refusal": giving_rules.giving_is_open(),
    }
    return render(request, "donations/giving_settings.html", shown, status=422 if form.is_bound else 200)


@for_roles(*WATCHERS)
@never_cache
@require_safe
def card_alerts(request: HttpRequest) -> HttpResponse:
    """What nobody has looked at first, each from the newest."""
    alerts = CardAlert.objects.select_related("gift", "seen_by").order_by(
        F("seen_at").desc(nulls_first=True), "-pk"
    )
    page = Paginator(alerts, PAGE_SIZE).get_page(request.GET.get("page"))
    opens_gifts = Role.TREASURER in roles_of(request.user)
    return render(request, "donations/card_alerts.html", {"page": page, "opens_gifts": opens_gifts})


@for_roles(*WATCHERS)
@require_POST
def see_card_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """« J’ai regardé »; a second click says nothing new."""
    try:
        mark_alert_seen(by=actor(request), alert=get_object_or_404(CardAlert, pk=pk))
    except AlreadyDone:
        return redirect("card_alerts")
    messages.success(request, _("C’est noté : cette alerte quitte les bureaux."))
    return redirect("card_alerts")


def _past_changes() -> list[AuditEvent]:
    found = AuditEvent.objects.select_related("by").filter(action__in=_CHANGES)
    return list(found.order_by("-pk")[:HISTORY_LENGTH])


def _told(event: AuditEvent) -> dict[str, object]:
    """One past change as a line of the page; a closing by itself has no author and no amounts."""
    said = event.details
    reason = said.get("closed_because", said.get("reason", ""))
    return {
        "at": event.at,
        "by": event.by.display_name if event.by else "",
        "reason": ClosedBecause(reason).label if reason else "",
        "least_cents": said.get("least_cents"),
        "most_cents": said.get("most_cents"),
        "declines": said.get("declines"),
    }
