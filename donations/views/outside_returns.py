"""Debits of the statement that give a gift back: one person says which, another confirms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.models import ReturnTie
from donations.outside import queries, returns
from donations.outside_forms import ReturnForm
from donations.views.outside_transfers import decided
from fund.models import BankLine
from fund.models.people import Role
from fund.roles import Refused, for_roles
from fund.views.frame import actor, frame
from fund.workflow import AlreadyDone

STEPS = {"confirmer": returns.agree_return, "refuser": returns.refuse_return}


@for_roles(Role.TREASURER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Which gift a parked debit gives back, and why; `?don=` proposes one."""
    line = get_object_or_404(queries.unexplained_debits(), pk=pk)
    if request.method != "POST":
        return _show(request, line, ReturnForm(initial={"reference": request.GET.get("don", "")[:20]}))
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _show(request, line, form, status=422)
    values = form.cleaned_data
    try:
        returns.tie_return(by=actor(request), line=line, gift=values["reference"], reason=values["reason"])
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _show(request, line, form, status=409)
    except AlreadyDone as done:
        messages.success(request, str(done.sentence))
        return redirect("transfer_list")
    messages.success(request, _("C’est noté : une autre personne doit le confirmer."))
    return redirect("transfer_list")


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def decide_return(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The second person agrees, or not."""
    tie = get_object_or_404(ReturnTie, pk=pk)
    done = _("Le don est rendu.") if step == "confirmer" else _("Ce débit reste à expliquer.")
    return decided(request, STEPS.get(step), tie, done)


def _show(request: HttpRequest, line: BankLine, form: ReturnForm, *, status: int = 200) -> HttpResponse:
    shown = {**frame(request), "row": queries.credit_row(line), "cents": -line.amount_cents, "form": form}
    return render(request, "donations/return_form.html", shown, status=status)
