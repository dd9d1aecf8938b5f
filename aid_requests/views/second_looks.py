"""The second look: what waits to be read again, one grant as blind as the queue, and the rule for everybody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import actions, second_look_lists, second_looks
from aid_requests.committee import case_files, permissions, queries, veils
from aid_requests.forms.second_looks import MaintainForm, ReportForm
from aid_requests.models import SecondLook, SecondLookMonth
from aid_requests.models.second_looks import SecondLookState
from aid_requests.views.actor import actor
from fund import clock
from fund.models.people import Role
from fund.roles import demand, for_roles

MONTHS_SHOWN = 36


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def second_look_list(request: HttpRequest) -> HttpResponse:
    """Grants to read again, and for the chair those that were sent back."""
    by = actor(request)
    context = {
        "to_read": second_look_lists.to_read(by),
        "to_answer": second_look_lists.to_answer(by),
    }
    return render(request, "aid_requests/second_look_list.html", context)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_http_methods(["GET", "POST"])
@never_cache
def second_look_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """One grant: the file as members read it, and what this person may say of it."""
    by = actor(request)
    rows = SecondLook.objects.select_related(*SecondLook.READ_WITH_LOCK)
    files = queries.files_of(by)
    look = get_object_or_404(rows.filter(decision__request__in=files), token=token)
    demand(permissions.can_read_file(by, look.decision.request))
    act = request.POST.get("act") if request.method == "POST" else None
    if act == "confirm":
        actions.confirm_grant(by=by, look=look)
        return _done(request, _("C’est relu : cette aide peut être virée."))
    report = ReportForm(request.POST if act == "report" else None)
    if report.is_valid():
        actions.report_grant(by=by, look=look, **report.cleaned_data)
        return _done(
            request, _("C’est renvoyé à la présidence du comité. Rien n’est défait, rien n’est viré.")
        )
    maintain = MaintainForm(request.POST if act == "maintain" else None)
    if maintain.is_valid():
        actions.maintain_grant(by=by, look=look, **maintain.cleaned_data)
        return _done(request, _("Cette aide est maintenue : elle peut être virée."))
    page = _page(request, look, report, maintain)
    status = 422 if report.errors or maintain.errors else 200
    return render(request, "aid_requests/second_look_page.html", page, status=status)


def _page(
    request: HttpRequest, look: SecondLook, report: ReportForm, maintain: MaintainForm
) -> dict[str, Any]:
    by, is_back = actor(request), look.state == SecondLookState.REPORTED
    return {
        "look": look,
        "file": case_files.case_file(look.decision.request, get_language() or "fr"),
        "report": report,
        "maintain": maintain,
        "refusal": second_looks.can_reread(by, look) if look.state == SecondLookState.OPEN else None,
        "may_maintain": is_back and second_looks.can_maintain(by, look) is None,
        "note": veils.veil_of(look.decision.request).text(second_looks.note_of(look))
        if second_looks.can_maintain(by, look) is None
        else "",
    }


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("second_look_list")


@login_not_required
@require_GET
def second_look_rule(request: HttpRequest) -> HttpResponse:
    """The rule in words, each month's promise, and the seed of those that are over: whoever kept one can check it."""
    months = list(SecondLookMonth.objects.order_by("-month")[:MONTHS_SHOWN])
    this_month = second_looks.first_day(clock.today())
    current = next((row for row in months if row.month == this_month), None)
    return render(request, "aid_requests/second_look_rule.html", {"months": months, "current": current})
