"""The treasury's desk and its batches: prepared by one person, signed by another, downloaded by a logged POST."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fund import registry
from fund.forms import BatchForm
from fund.models import PaymentBatch
from fund.models.people import Role
from fund.models.treasury import BatchState
from fund.roles import Refused, for_roles
from fund.second_factor import fresh_second_factor
from fund.treasury import batches, cash, permissions, queries
from fund.views.frame import READERS, actor, frame


def _page_of(number: int) -> str:
    return reverse("batch_page", args=[number])


@for_roles(*READERS)
@require_GET
@never_cache
def treasury_desk(request: HttpRequest) -> HttpResponse:
    """Tasks first, then where the money is."""
    return _desk(request, None)


@for_roles(*READERS)
@require_GET
@never_cache
def batch_list(request: HttpRequest) -> HttpResponse:
    rows = (
        PaymentBatch.objects.select_related("prepared_by", "signed_by")
        .defer("file_sealed")
        .order_by("-number")
    )
    return render(request, "fund/batch_list.html", {**frame(request), "batches": rows[:200]})


@for_roles(*READERS)
@require_GET
@never_cache
def batch_page(request: HttpRequest, number: int) -> HttpResponse:
    """The transfers, the checks as they are now, and the two signatures."""
    batch = get_object_or_404(
        PaymentBatch.objects.select_related("prepared_by", "signed_by", "cancelled_by"), number=number
    )
    orders = list(batch.orders.select_related("subject_key").order_by("pk"))
    is_prepared = batch.state == BatchState.PREPARED
    context = {
        **frame(request),
        "batch": batch,
        "orders": orders,
        "order_refusal": batches.check_orders(orders) if is_prepared else None,
        "cash_refusal": batches.check_cash(batch.total_cents, besides=batch) if is_prepared else None,
        "sign_refusal": permissions.can_sign(actor(request), batch) if is_prepared else None,
        "cash_after_cents": cash.settled_cents() - cash.leaving_cents(batch) - batch.total_cents,
    }
    return render(request, "fund/batch_page.html", context)


@for_roles(Role.TREASURER)
@require_POST
def prepare_batch(request: HttpRequest) -> HttpResponse:
    form = BatchForm(request.POST, due=queries.due_orders())
    if not form.is_valid():
        return _desk(request, form, status=422)
    try:
        batch = batches.prepare_batch(by=actor(request), order_ids=form.cleaned_data["orders"])
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _desk(request, form, status=409)
    messages.success(
        request,
        _("Le lot nº %(number)d est prêt : il attend une seconde signature.") % {"number": batch.number},
    )
    return redirect("batch_page", batch.number)


@for_roles(Role.SIGNATORY, Role.TREASURER)
@require_POST
@fresh_second_factor(back=_page_of)
def sign_batch(request: HttpRequest, number: int) -> HttpResponse:
    """The treasurer may come here too: the refusal tells who must sign instead."""
    batch = batches.sign_batch(by=actor(request), batch=get_object_or_404(PaymentBatch, number=number))
    messages.success(
        request,
        _("Le lot nº %(number)d est signé : son fichier attend la banque.") % {"number": batch.number},
    )
    return redirect("batch_page", batch.number)


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def cancel_batch(request: HttpRequest, number: int) -> HttpResponse:
    batch = batches.cancel_batch(by=actor(request), batch=get_object_or_404(PaymentBatch, number=number))
    messages.success(
        request,
        _("Le lot nº %(number)d est défait : ses virements sont de nouveau à payer.")
        % {"number": batch.number},
    )
    return redirect("batch_page", batch.number)


@for_roles(Role.TREASURER, Role.SIGNATORY)
@require_POST
def download_batch(request: HttpRequest, number: int) -> HttpResponse:
    """The bank file: the same bytes each time, each time logged."""
    batch = get_object_or_404(PaymentBatch, number=number)
    data = batches.download_batch(by=actor(request), batch=batch)
    response = HttpResponse(data, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="lot-{batch.number:06d}.xml"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _desk(request: HttpRequest, form: BatchForm | None, *, status: int = 200) -> HttpResponse:
    due = queries.due_orders()
    held = registry.held_back(due)
    free = [str(order.pk) for order in due if order.pk not in held]
    chosen = request.POST.getlist("orders") if form is not None else free
    rows = [(order, str(order.pk) in chosen, held.get(order.pk, "")) for order in due]
    picked = [order for order, is_chosen, _held in rows if is_chosen]
    now, chosen_cents = cash.cash_now(), sum(order.amount_cents for order in picked)
    context = {
        **frame(request),
        "form": form or BatchForm(due=due),
        "due": rows,
        "chosen_number": len(picked),
        "chosen_cents": chosen_cents,
        "chosen_left_cents": now.payable_cents - chosen_cents,
        "due_cents": sum(order.amount_cents for order in due),
        "unsigned": list(queries.unsigned_batches()),
        "at_bank": list(queries.batches_at_the_bank()),
        "parked": queries.parked_lines().count(),
        "returned": queries.returned_orders(),
        "cash": now,
        "pockets": cash.pocket_balances(),
        "shortfalls": cash.shortfalls(),
    }
    return render(request, "fund/treasury_desk.html", context, status=status)
