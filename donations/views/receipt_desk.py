"""The treasurer's receipts: the year's totals, runs and how far they are, one receipt and its end."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Receipt, ReceiptRun
from donations.models.receipts import VoidReason
from donations.receipts import copies, queries, runs, voiding
from donations.receipts.forms import CorrectionForm
from donations.receipts.reasons import ISSUED, OUTCOMES
from donations.views.receipts import pdf_response
from fund import audit, vault
from fund.models.people import Role
from fund.roles import Refused, for_roles
from fund.views.frame import actor, frame
from fund.workflow import AlreadyDone

PAGE_SIZE = 50
READERS = (Role.TREASURER, Role.AUDITOR)
VOIDED_FOR = (VoidReason.MISTAKE, VoidReason.ASKED)
READ = "read"  # the button that opens the name and the address


@for_roles(*READERS)
@never_cache
@require_safe
def receipt_list(request: HttpRequest) -> HttpResponse:
    """One year: what is declared for it, its runs, its receipts; `?nº` finds one by its number."""
    years = queries.years_with_gifts()
    year = _year(request, years)
    receipts = Receipt.objects.filter(year=year).select_related("void").order_by("-number")
    number = request.GET.get("numero", "").strip()
    if number:
        receipts = receipts.filter(number=_number(number))
    shown = {
        **frame(request),
        "years": years,
        "year": year,
        "basis": queries.standing_basis(),
        "totals": queries.totals_of(year),
        "left": queries.gifts_to_certify(year).count(),
        "runs": ReceiptRun.objects.filter(year=year).order_by("-pk")[:5],
        "page": Paginator(receipts, PAGE_SIZE).get_page(request.GET.get("page")),
        "number": number,
    }
    return render(request, "donations/receipt_list.html", shown)


@for_roles(Role.TREASURER)
@require_POST
def start_receipt_run(request: HttpRequest) -> HttpResponse:
    """Starts the year's run, or carries on the one that is under way."""
    year = request.POST.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        messages.error(request, _("Choisissez une année."))
        return redirect("receipt_list")
    run = runs.start_run(by=actor(request), year=int(year))
    return redirect("receipt_run", pk=run.pk)


@for_roles(*READERS)
@never_cache
@require_safe
def receipt_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run is. Without JavaScript the page is loaded again by its own link."""
    return render(request, "donations/receipt_run.html", {**frame(request), **_run_shown(pk)})


@for_roles(*READERS)
@never_cache
@require_safe
def receipt_run_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes, asked for every two seconds while it does."""
    return render(request, "donations/_receipt_run_state.html", _run_shown(pk))


@for_roles(*READERS)
@never_cache
@require_safe
def staff_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt without its donor's name: number, money, gifts, and what became of it."""
    receipt = _receipt(pk)
    shown = {
        **frame(request),
        "receipt": receipt,
        "lines": receipt.lines.select_related("gift").order_by("received_on", "pk"),
        "replacement": receipt.replacements.order_by("pk").first(),
        "can_ask_anew": receipt.is_void and voiding.can_issue_anew(actor(request), receipt) is None,
        "reasons": [(reason.value, reason.label) for reason in VOIDED_FOR],
    }
    return render(request, "donations/receipt_staff.html", shown)


@for_roles(*READERS)
@never_cache
@require_POST
def download_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they were given, void or not; who read them is written down."""
    receipt = _receipt(pk)
    try:
        pdf = copies.frozen_pdf_of(receipt)
    except vault.Erased as error:
        raise Http404 from error
    audit.record("receipt.read", receipt, by=actor(request), number=receipt.reference)
    return pdf_response(pdf, f"recu-{receipt.reference}.pdf")


@for_roles(Role.TREASURER)
@require_POST
def void_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a receipt for a reason that a person gives."""
    receipt, reason = _receipt(pk), request.POST.get("reason", "")
    if reason not in VOIDED_FOR:
        messages.error(request, _("Choisissez pourquoi ce reçu est annulé."))
        return redirect("staff_receipt", pk=pk)
    try:
        voiding.void_receipt(by=actor(request), receipt=receipt, reason=reason)
    except AlreadyDone as done:
        messages.info(request, done.sentence)
    else:
        messages.success(request, _("Le reçu est annulé. Le donateur en est informé."))
    return redirect("staff_receipt", pk=pk)


@for_roles(Role.TREASURER)
@require_POST
def ask_receipt_anew(request: HttpRequest, pk: int) -> HttpResponse:
    """Another receipt of the gifts that a person's void had set aside."""
    try:
        voiding.ask_anew(by=actor(request), receipt=_receipt(pk))
    except Refused as refused:
        messages.error(request, str(refused.refusal.sentence))
    else:
        messages.success(request, _("Un nouveau reçu suit dans un instant."))
    return redirect("staff_receipt", pk=pk)


@for_roles(Role.TREASURER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The right name and address: the receipt is voided, a new one is made by the worker.

    What the receipt says is read by a POST, which writes the look down (decision 0015); a GET only offers it.
    """
    receipt = _receipt(pk)
    if receipt.is_void:
        return redirect("staff_receipt", pk=pk)
    try:
        giver = copies.facts_of(receipt).giver
    except vault.Erased as error:
        raise Http404 from error
    if request.method != "POST":
        return render(request, "donations/receipt_correct.html", {**frame(request), "receipt": receipt})
    if READ in request.POST:
        audit.record("receipt.read", receipt, by=actor(request), number=receipt.reference)
    form = CorrectionForm(giver, None if READ in request.POST else request.POST)
    if form.is_bound and form.is_valid():
        try:
            voiding.correct_receipt(by=actor(request), receipt=receipt, giver=form.giver())
        except AlreadyDone as done:
            messages.info(request, done.sentence)
        else:
            messages.success(request, _("Le reçu est annulé ; celui qui le remplace suit dans un instant."))
        return redirect("staff_receipt", pk=pk)
    shown = {**frame(request), "receipt": receipt, "form": form}
    return render(request, "donations/receipt_correct.html", shown, status=422 if form.is_bound else 200)


def _receipt(pk: int) -> Receipt:
    return get_object_or_404(Receipt.objects.select_related("void", "key", "replaces", "issued_by"), pk=pk)


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("annee", "")
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else years[0]


def _number(typed: str) -> int:
    """Of « 2020-000123 » or « 123 »; 0, which no receipt has, for anything else."""
    last = typed.rpartition("-")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) <= 9 else 0


def _run_shown(pk: int) -> dict[str, Any]:
    run = get_object_or_404(ReceiptRun, pk=pk)
    told = [
        (OUTCOMES.get(code, code), count) for code, count in sorted(run.outcomes.items()) if code != ISSUED
    ]
    percent = 100 if not run.donors else min(100, run.donors_done * 100 // run.donors)
    return {"run": run, "issued": run.outcomes.get(ISSUED, 0), "others": told, "percent": percent}
