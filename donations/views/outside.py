"""Giving by transfer: a donor announces it and gets the reference to copy. No account, no JavaScript."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from donations import defences
from donations.models import ExpectedTransfer
from donations.outside import queries
from donations.outside.transfers import expect_transfer
from donations.outside_forms import TransferForm, first_values
from fund import limits


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def announce_transfer(request: HttpRequest) -> HttpResponse:
    """The form; a valid one becomes a promise and leads to the page that says what to copy."""
    if queries.account() is None:
        sentence = _("Les dons par virement ne sont pas encore ouverts.")
        return render(request, "donations/give_closed.html", {"sentence": sentence}, status=503)
    form = TransferForm(request.POST) if request.method == "POST" else TransferForm(initial=first_values())
    suspicion = defences.suspicion(request) if form.is_bound else None
    if form.is_bound and form.is_valid() and not suspicion:
        too_often = limits.count_valid_email(request, form.cleaned_data["email"])
        if too_often is not None:
            return too_often
        expected = expect_transfer(pledge=form.pledge(), form_token=form.token)
        return redirect("transfer_page", token=expected.token)
    if suspicion:
        form.add_error(None, str(suspicion))
    shown = {"form": form, "trap": defences.TRAP}
    page = render(request, "donations/transfer_form.html", shown, status=422 if form.is_bound else 200)
    return defences.mark_seen(request, page)


@login_not_required
@never_cache
@require_safe
def transfer_page(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """What to copy onto the transfer, and what came of it."""
    rows = ExpectedTransfer.objects.select_related("gift__pocket")
    expected = get_object_or_404(rows, token=token)
    shown = {
        "expected": expected,
        "gift": expected.gift,
        "account": queries.account(),
        "received_cents": queries.received_cents(expected),
    }
    return render(request, "donations/transfer_page.html", shown)
