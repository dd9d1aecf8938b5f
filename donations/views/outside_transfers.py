"""Transfers: those announced, the credits that nobody announced, and the ties that wait for a second person."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import ReturnTie, TransferTie
from donations.models.outside import ExpectedState
from donations.outside import permissions, queries, transfers
from donations.outside_forms import DonorTieForm, ExpectedTieForm, first_values
from donations.views.outside_cheques import reads_gifts
from fund.models.people import Role
from fund.roles import for_roles
from fund.views.frame import READERS, actor, frame
from fund.workflow import AlreadyDone

PAGE_SIZE = 50
STEPS = {"confirmer": transfers.agree_tie, "refuser": transfers.refuse_tie}
VIEWS = {
    "attendus": (ExpectedState.WAITING,),
    "recus": (ExpectedState.RECEIVED,),
    "sans-nouvelles": (ExpectedState.LAPSED, ExpectedState.CANCELLED),
}


@for_roles(*READERS)
@never_cache
@require_safe
def transfer_list(request: HttpRequest) -> HttpResponse:
    """What waits for a person first, then the announced transfers."""
    view = request.GET.get("voir", "")
    view = view if view in VIEWS else "attendus"
    page = Paginator(queries.announced(VIEWS[view]), PAGE_SIZE).get_page(request.GET.get("page"))
    credits_found, debits_found = queries.credits_of_nobody(), queries.debits_of_no_gift()
    shown = {
        **frame(request),
        "view": view,
        "page": page,
        "rows": queries.expected_rows(page),
        "ties": queries.proposed_ties(actor(request)),
        "credits": [queries.credit_row(line) for line in credits_found[:PAGE_SIZE]],
        "credit_count": credits_found.count(),
        "returns": queries.proposed_returns(actor(request)),
        "debits": [queries.credit_row(line) for line in debits_found[:PAGE_SIZE]],
        "debit_count": debits_found.count(),
        "given_back": request.GET.get("don", "")[:20],
        "names_shown": permissions.can_confirm(actor(request)) is None,
        "links_gifts": reads_gifts(request),
    }
    return render(request, "donations/transfer_list.html", shown)


@for_roles(Role.TREASURER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tie_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose a parked credit is: an announced transfer, or a donor nobody expected."""
    line = get_object_or_404(queries.credits_of_nobody(), pk=pk)
    how = request.POST.get("how", "")
    expected = ExpectedTieForm(request.POST if how == "expected" else None)
    donor = DonorTieForm(request.POST) if how == "donor" else DonorTieForm(initial=first_values())
    if how == "expected" and expected.is_valid():
        found = expected.cleaned_data["reference"]
        return _tied(request, transfers.tie_to_expected(by=actor(request), line=line, expected=found))
    if how == "donor" and donor.is_valid():
        return _tied(request, transfers.tie_to_donor(by=actor(request), line=line, told=donor.told()))
    shown = {
        **frame(request),
        "row": queries.credit_row(line),
        "form": expected if how == "expected" else donor,
        "expected": expected,
        "donor": donor,
    }
    return render(request, "donations/transfer_tie.html", shown, status=422 if how else 200)


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def decide_tie(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The second person agrees, or not."""
    tie = get_object_or_404(TransferTie, pk=pk)
    done = _("Le don est compté.") if step == "confirmer" else _("La ligne cherche de nouveau son donateur.")
    return decided(request, STEPS.get(step), tie, done)


def decided(
    request: HttpRequest, decide: Callable[..., object] | None, tie: TransferTie | ReturnTie, done: str
) -> HttpResponse:
    """What the second person said of a line, once. Raises Http404 for a step that does not exist."""
    if decide is None:
        raise Http404
    try:
        decide(by=actor(request), tie=tie)
    except AlreadyDone:
        done = _("C’est déjà fait.")
    messages.success(request, done)
    return redirect("transfer_list")


def _tied(request: HttpRequest, _tie: TransferTie) -> HttpResponse:
    messages.success(request, _("C’est noté : une autre personne doit le confirmer."))
    return redirect("transfer_list")
