"""Advances: on which requests one may be given, giving it, all of them with their figures, and their rules."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import advance_lists, advances
from aid_requests.actions.advances import set_rules
from aid_requests.committee.actions import give_advance
from aid_requests.forms.advances import AdvanceForm, AdvanceRulesForm
from aid_requests.identity import identity_of
from aid_requests.models import AdvanceRules, AidRequest
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, for_roles, roles_of

PAGE_LENGTH = 50
RULES_SHOWN = 20


@for_roles(*advances.GIVERS)
@require_GET
@never_cache
def advance_start(request: HttpRequest) -> HttpResponse:
    """The signed requests of this person's school, or of the committee; the chair reads no name."""
    page = Paginator(advance_lists.givable(actor(request)), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "rules": advances.rules_in_force(),
        "page": page,
        "rows": [(file, _name(request, file)) for file in page.object_list],
    }
    return render(request, "aid_requests/advance_start.html", context)


@for_roles(*advances.GIVERS)
@require_http_methods(["GET", "POST"])
@never_cache
def advance_give(request: HttpRequest, token: UUID) -> HttpResponse:
    """One request and the advance on it; what can be mended is told in the form."""
    file = get_object_or_404(advance_lists.givable(actor(request)), token=token)
    form = AdvanceForm(request.POST or None, initial={"revision": file.revision})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            give_advance(by=actor(request), request=file, **form.values())
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
            status = 409
        else:
            messages.success(
                request, _("L’avance est accordée : son virement est à préparer par la trésorerie.")
            )
            return redirect("advance_start")
    return render(request, "aid_requests/advance_give.html", _shown(request, file, form), status=status)


def _shown(request: HttpRequest, file: AidRequest, form: AdvanceForm) -> dict[str, Any]:
    rules = advances.rules_in_force()
    most = advances.most_cents(file, rules) if rules is not None else 0
    refusal = advances.can_give(actor(request), file) or advances.amount_refusal(file, rules, max(most, 1))
    return {
        "file": file,
        "name": _name(request, file),
        "form": form,
        "rules": rules,
        "most_cents": most,
        "refusal": refusal,
    }


def _name(request: HttpRequest, file: AidRequest) -> str:
    """For the school's referent, who knows the name already; "" for the chair."""
    if Role.REFERENT not in roles_of(request.user):
        return ""
    identity = identity_of(file.applicant)
    return identity.full_name if identity is not None else ""


@for_roles(*advance_lists.READERS)
@require_GET
@never_cache
def advance_list(request: HttpRequest) -> HttpResponse:
    """Every advance this person may know of, what became of it, and the totals apart."""
    reader = actor(request)
    page = Paginator(advance_lists.listed(reader), PAGE_LENGTH).get_page(request.GET.get("page"))
    held = roles_of(request.user)
    context = {
        "page": page,
        "rows": advance_lists.rows_of(list(page.object_list), reader),
        "totals": advance_lists.totals(reader),
        "rules": advances.rules_in_force(),
        "may_set": Role.ADMINISTRATOR in held,
        "may_give": Role.CHAIR in held,
    }
    return render(request, "aid_requests/advance_list.html", context)


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
@never_cache
def advance_rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, to be replaced, and those that were."""
    form = AdvanceRulesForm(request.POST or None, rules=advances.last_rules())
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            set_rules(by=actor(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
            status = 409
        else:
            messages.success(request, _("C’est enregistré. Les avances déjà accordées gardent leur réglage."))
            return redirect("advance_rules")
    past = AdvanceRules.objects.select_related("pocket", "set_by").order_by("-pk")[:RULES_SHOWN]
    context = {"form": form, "past": past, "rules": advances.rules_in_force()}
    return render(request, "aid_requests/advance_rules.html", context, status=status)
