"""The demo bank's counter: hand a signed file in, take a statement out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.demo import bank
from config.demo.bank_forms import OutsideLineForm
from config.demo.models import BankAnswer


@login_not_required
@never_cache
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """Signed files that wait, and the statements already given. Shows bank references only, no name, no account."""
    return _counter(request, OutsideLineForm())


@login_not_required
@require_POST
def book_from_outside(request: HttpRequest) -> HttpResponse:
    """A transfer or a deposit of cheques comes in, or a cheque comes back: the statement that shows it."""
    form = OutsideLineForm(request.POST)
    if not form.is_valid():
        return _counter(request, form, status=422)
    return _download(bank.book_from_outside(amount_cents=form.signed_cents, words=form.cleaned_data["words"]))


def _counter(request: HttpRequest, form: OutsideLineForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "files": bank.waiting_files(),
        "answers": BankAnswer.objects.defer("file").order_by("-number")[:50],
    }
    return render(request, "demo/bank.html", context, status=status)


@login_not_required
@require_POST
def give_statement(request: HttpRequest) -> HttpResponse:
    """The statement asked for, as a download: of a batch, of the payouts, or an earlier one again by its number."""
    number = request.POST.get("number", "")
    if number:
        return _download(get_object_or_404(BankAnswer, number=number if number.isdecimal() else 0))
    try:
        message_id = request.POST.get("message_id", "")
        if message_id:
            return _download(bank.answer(message_id, request.POST.get("returned") or None))
        return _download(bank.receive_payouts())
    except bank.NothingToBook:
        messages.warning(
            request, _("La banque n’a rien à écrire : aucun argent n’a bougé depuis son dernier relevé.")
        )
        return redirect("demo_bank")


def _download(answer: BankAnswer) -> HttpResponse:
    response = HttpResponse(bytes(answer.file), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="releve-{answer.number:05d}.xml"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
