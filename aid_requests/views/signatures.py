"""Decisions signed after the committee's opinion, and the report of what was decided by delegation."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests.committee import (
    actions,
    case_files,
    delegated,
    modes,
    papers,
    permissions,
    queries,
    reasons,
)
from aid_requests.forms.committee import SignatureForm
from aid_requests.models import AidRequest
from aid_requests.views import ballots
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, demand, for_roles
from fund.treasury import cash

PAGE_LENGTH = 50


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def signature_list(request: HttpRequest) -> HttpResponse:
    """The files whose decision this person signs."""
    files = delegated.files_to_sign(actor(request))
    cents = sum(file.amount_cents or 0 for file in files)
    return render(request, "aid_requests/signature_list.html", {"budget": cash.budget(cents), "files": files})


@for_roles(Role.MEMBER, Role.CHAIR)
@require_http_methods(["GET", "POST"])
@never_cache
def sign_decision(request: HttpRequest, token: UUID) -> HttpResponse:
    """The opinion, and the decision that this person signs."""
    file = get_object_or_404(queries.files_of(actor(request)), token=token)
    form = _form(request, file)
    if request.method == "GET" or not form.is_valid():
        return _show(request, file, form, status=422 if form.is_bound else 200)
    try:
        decision = actions.sign_decision(by=actor(request), request=file, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _show(request, file, form, status=409)
    told = {"reference": file.reference, "outcome": decision.get_outcome_display()}
    messages.success(request, _("%(reference)s : décision signée (« %(outcome)s »).") % told)
    return redirect("signature_list")


def _form(request: HttpRequest, file: AidRequest) -> SignatureForm:
    sent = request.POST if request.method == "POST" else None
    return SignatureForm(sent, initial=ballots.as_read(file), **ballots.offered(file))


def _show(request: HttpRequest, file: AidRequest, form: SignatureForm, *, status: int = 200) -> HttpResponse:
    demand(permissions.can_sign(actor(request), file))
    opinion = modes.standing_opinion(file)
    labels = papers.papers_for(file, get_language() or "fr")
    context = {
        "budget": cash.budget(file.amount_cents or 0),
        "file": case_files.case_file(file, get_language() or "fr"),
        "form": form,
        "opinion": opinion,
        "advised_reasons": reasons.sentences(opinion.reason_codes) if opinion else [],
        "advised_papers": [labels.get(code, code) for code in opinion.paper_codes] if opinion else [],
    }
    return render(request, "aid_requests/sign_decision.html", context, status=status)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def delegation_list(request: HttpRequest) -> HttpResponse:
    """What was decided by delegation, reported to the committee."""
    rows = delegated.decisions_by_delegation(actor(request))
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"page": page, "totals": delegated.totals(rows)}
    return render(request, "aid_requests/delegation_list.html", context)
