"""Cheques: typed by the treasurer into a deposit, confirmed by another person; the auditor reads."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations.models import Cheque, Deposit
from donations.models.outside import DepositState
from donations.outside import cheques, permissions, queries
from donations.outside_forms import ChequeForm, SlipForm, first_values
from fund.models import User
from fund.models.people import Role
from fund.roles import Refused, for_roles, roles_of
from fund.views.frame import READERS, actor, frame
from fund.workflow import AlreadyDone

PAGE_SIZE = 50
Step = Callable[[User, Deposit, str], object]
DEPOSIT_STEPS: dict[str, tuple[Step, Promise]] = {
    "fermer": (
        lambda by, deposit, slip: cheques.close_deposit(by=by, deposit=deposit, slip_number=slip),
        gettext_lazy("La remise est fermée : elle attend une autre personne, ou la banque."),
    ),
    "rouvrir": (
        lambda by, deposit, _slip: cheques.reopen_deposit(by=by, deposit=deposit),
        gettext_lazy("La remise est rouverte."),
    ),
    "numero": (
        lambda by, deposit, slip: cheques.tell_slip_number(by=by, deposit=deposit, slip_number=slip),
        gettext_lazy("Le numéro est noté."),
    ),
    "confirmer": (
        lambda by, deposit, _slip: cheques.confirm_deposit(by=by, deposit=deposit),
        gettext_lazy("La remise est confirmée : ses chèques comptent."),
    ),
}
CHEQUE_STEPS: dict[str, tuple[Callable[[User, Cheque], object], Promise]] = {
    "retirer": (
        lambda by, cheque: cheques.remove_cheque(by=by, cheque=cheque),
        gettext_lazy("Le chèque est retiré de la remise."),
    ),
    "impaye": (
        lambda by, cheque: cheques.contest_cheque(by=by, cheque=cheque),
        gettext_lazy("L’impayé est signalé : une autre personne doit le confirmer."),
    ),
    "garder": (
        lambda by, cheque: cheques.keep_cheque(by=by, cheque=cheque),
        gettext_lazy("Le chèque reste compté."),
    ),
    "defaire": (
        lambda by, cheque: cheques.undo_cheque(by=by, cheque=cheque),
        gettext_lazy("L’impayé est confirmé : ce don ne compte plus."),
    ),
}


@for_roles(*READERS)
@never_cache
@require_safe
def deposit_list(request: HttpRequest) -> HttpResponse:
    """The deposit being typed, then what waits for a second look, then the others, newest first."""
    page = Paginator(queries.deposits(), PAGE_SIZE).get_page(request.GET.get("page"))
    is_open = Deposit.objects.filter(state=DepositState.OPEN).first()
    return render(
        request, "donations/deposit_list.html", {**frame(request), "page": page, "open_deposit": is_open}
    )


@for_roles(*READERS)
@never_cache
@require_safe
def deposit_page(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, _deposit(number), ChequeForm(initial=first_values()))


@for_roles(*READERS)
@never_cache
@require_safe
def deposit_slip(request: HttpRequest, number: int) -> HttpResponse:
    """The list to print and take to the bank with the cheques."""
    deposit = _deposit(number)
    rows = queries.cheque_rows(deposit)
    shown = {**frame(request), "deposit": deposit, "rows": rows, "total_cents": queries.total_of(rows)}
    return render(request, "donations/deposit_slip.html", {**shown, "account": queries.account()})


@for_roles(Role.TREASURER)
@require_POST
def open_deposit(request: HttpRequest) -> HttpResponse:
    return redirect("deposit_page", cheques.open_deposit(by=actor(request)).number)


@for_roles(Role.TREASURER)
@require_POST
def add_cheque(request: HttpRequest, number: int) -> HttpResponse:
    deposit, form = _deposit(number), ChequeForm(request.POST)
    if not form.is_valid():
        return _page(request, deposit, form, status=422)
    try:
        cheques.add_cheque(by=actor(request), deposit=deposit, told=form.told(), form_token=form.token)
    except Refused as refused:
        form.add_error("number", str(refused.refusal.sentence))
        return _page(request, deposit, form, status=409)
    messages.success(request, _("Le chèque est dans la remise."))
    return redirect("deposit_page", deposit.number)


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def move_deposit(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Closes, reopens, confirms, or notes the bank's number; each act says itself who may."""
    deposit = _deposit(number)
    if step not in DEPOSIT_STEPS:
        raise Http404
    act, done = DEPOSIT_STEPS[step]
    form = SlipForm(request.POST)
    slip = form.cleaned_data["slip_number"] if form.is_valid() else ""
    return _acted(request, lambda: act(actor(request), deposit, slip), done, deposit.number)


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def move_cheque(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Takes a cheque out, tells that it came back unpaid, confirms that or not."""
    cheque = get_object_or_404(Cheque.objects.select_related("deposit"), pk=pk)
    if step not in CHEQUE_STEPS:
        raise Http404
    act, done = CHEQUE_STEPS[step]
    return _acted(request, lambda: act(actor(request), cheque), done, cheque.deposit.number)


def _acted(request: HttpRequest, act: Callable[[], object], done: Promise, number: int) -> HttpResponse:
    """Does it and says so; a second click says nothing new; a fault of what was typed is told on the page."""
    try:
        act()
        messages.success(request, str(done))
    except AlreadyDone:
        messages.success(request, _("C’est déjà fait."))
    except Refused as refused:
        if refused.refusal.code not in ("empty", "slip_number", "another_open"):
            raise
        messages.error(request, str(refused.refusal.sentence))
    return redirect("deposit_page", number)


def reads_gifts(request: HttpRequest) -> bool:
    """Whether the pages of single gifts open for this person."""
    return bool(roles_of(request.user) & {Role.TREASURER, Role.AUDITOR})


def _deposit(number: int) -> Deposit:
    return get_object_or_404(queries.deposits(), number=number)


def _page(request: HttpRequest, deposit: Deposit, form: ChequeForm, *, status: int = 200) -> HttpResponse:
    rows, user = queries.cheque_rows(deposit), actor(request)
    shown: dict[str, Any] = {
        **frame(request),
        "deposit": deposit,
        "rows": [(row, permissions.can_confirm_unpaid(user, row.cheque)) for row in rows],
        "total_cents": queries.total_of(rows),
        "form": form,
        "slip_form": SlipForm(initial={"slip_number": deposit.slip_number}),
        "confirm_refusal": permissions.can_confirm_deposit(user, deposit),
        "names_shown": permissions.can_confirm(user) is None,
        "links_gifts": reads_gifts(request),
    }
    return render(request, "donations/deposit_page.html", shown, status=status)
