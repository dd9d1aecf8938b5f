"""Agreements with companies: recorded by the treasurer, confirmed by another person; their letter to print."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Agreement
from donations.models.gifts import GiverKind
from donations.models.outside import AgreementState
from donations.outside import agreements, permissions, queries
from donations.outside_forms import AgreementForm, first_values
from fund import vault
from fund.models.people import Role
from fund.roles import for_roles
from fund.views.frame import READERS, actor, frame
from fund.workflow import AlreadyDone

PAGE_SIZE = 50
STEPS = {
    "confirmer": (
        agreements.confirm_agreement,
        gettext_lazy("La convention est confirmée : ses échéances sont attendues."),
    ),
    "abandonner": (
        agreements.drop_agreement,
        gettext_lazy("La convention est abandonnée : rien n’en est attendu."),
    ),
    "arreter": (
        agreements.end_agreement,
        gettext_lazy("La convention est arrêtée : rien d’autre n’en est attendu."),
    ),
}


@for_roles(*READERS)
@never_cache
@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.agreements(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [queries.agreement_row(row) for row in page]
    return render(request, "donations/agreement_list.html", {**frame(request), "page": page, "rows": rows})


@for_roles(Role.TREASURER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record_agreement(request: HttpRequest) -> HttpResponse:
    """The form; nothing is awaited before another person has confirmed it."""
    initial = first_values(GiverKind.COMPANY.value)
    form = AgreementForm(request.POST) if request.method == "POST" else AgreementForm(initial=initial)
    if form.is_bound and form.is_valid():
        agreement = agreements.record_agreement(by=actor(request), told=form.told(), form_token=form.token)
        messages.success(request, _("La convention est saisie : une autre personne doit la confirmer."))
        return redirect("agreement_page", agreement.reference)
    shown = {**frame(request), "form": form}
    return render(request, "donations/agreement_form.html", shown, status=422 if form.is_bound else 200)


@for_roles(*READERS)
@never_cache
@require_safe
def agreement_page(request: HttpRequest, reference: str) -> HttpResponse:
    row, user = queries.agreement_row(_agreement(reference)), actor(request)
    shown = {
        **frame(request),
        "row": row,
        "agreement": row.agreement,
        "confirm_refusal": permissions.can_confirm_agreement(user, row.agreement),
        "may_record": permissions.can_record(user) is None,
        "may_confirm": permissions.can_confirm(user) is None,
    }
    return render(request, "donations/agreement_page.html", shown)


@for_roles(*READERS)
@never_cache
@require_safe
def agreement_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """What the company needs to pay: the account, and one reference an instalment. 404 before it is confirmed."""
    agreement = _agreement(reference)
    if agreement.state not in (AgreementState.CONFIRMED, AgreementState.ENDED):
        raise Http404
    try:
        company = agreements.company_of(agreement)
    except vault.Erased:
        raise Http404 from None
    row = queries.agreement_row(agreement)
    shown = {**frame(request), "row": row, "agreement": agreement, "company": company}
    return render(request, "donations/agreement_letter.html", {**shown, "account": queries.account()})


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def move_agreement(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    agreement = _agreement(reference)
    if step not in STEPS:
        raise Http404
    act, done = STEPS[step]
    try:
        act(by=actor(request), agreement=agreement)
        messages.success(request, str(done))
    except AlreadyDone:
        messages.success(request, _("C’est déjà fait."))
    return redirect("agreement_page", agreement.reference)


def _agreement(reference: str) -> Agreement:
    return get_object_or_404(queries.agreements(), reference=reference)
