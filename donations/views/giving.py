"""A donor's pages: give, and what became of the gift. They need no account and work without JavaScript."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import stripe_gateway
from donations.actions import paying
from donations.actions.pledging import ONCE, pledge_gift
from donations.forms import ANONYMOUS, FIRST_CHOICE_CENTS, GiftForm
from donations.models import Gift
from donations.models.gifts import RECEIVED_STATES, GiftState
from fund import limits
from fund.models import Foundation


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """The form; a valid one becomes a gift and leads to the pay page."""
    closed = stripe_gateway.giving_is_open()
    if closed:
        return render(request, "donations/give_closed.html", {"sentence": closed.sentence}, status=503)
    form = GiftForm(request.POST) if request.method == "POST" else GiftForm(initial=_first_values())
    if form.is_bound and form.is_valid():
        too_often = limits.count_valid_email(request, form.cleaned_data["email"])
        if too_often is not None:
            return too_often
        gift = pledge_gift(pledge=form.pledge(), form_token=form.form_token_value)
        try:
            return redirect(paying.start_payment(gift=gift))
        except stripe_gateway.ProviderUnavailable:
            return _page_did_not_open(request, gift)
    return render(request, "donations/give.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_safe
def gift_page(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The true state of one gift, whichever of the event and the donor comes first."""
    return render(request, "donations/gift_page.html", _state_of(request, token))


@login_not_required
@never_cache
@require_safe
def gift_state(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The part of the page that changes; 204 while it is what the browser already shows (nothing to swap)."""
    shown = _state_of(request, token)
    if request.GET.get("seen") == str(shown["gift"].state):
        return HttpResponse(status=204)
    return render(request, "donations/_gift_state.html", shown)


@login_not_required
@require_POST
def pay_again(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """A new pay page for a gift that was not paid."""
    gift = get_object_or_404(Gift, token=token)
    try:
        return redirect(paying.pay_again(gift=gift))
    except stripe_gateway.ProviderUnavailable:
        return _page_did_not_open(request, gift)


def _first_values() -> dict[str, object]:
    return {
        "form_token": uuid.uuid4(),
        "amount": str(FIRST_CHOICE_CENTS),
        "pocket": "general",
        "rhythm": ONCE,
        "shown_as": ANONYMOUS,
    }


def _state_of(request: HttpRequest, token: uuid.UUID) -> dict[str, Any]:
    gift = get_object_or_404(Gift.objects.select_related("pocket", "monthly"), token=token)
    was_cancelled = gift.state == GiftState.PLEDGED and "cancelled" in request.GET
    # What is final asks the server nothing more.
    is_waiting = gift.state not in RECEIVED_STATES
    contact = Foundation.objects.values_list("contact_email", flat=True).first() if gift.monthly else ""
    return {"gift": gift, "was_cancelled": was_cancelled, "is_waiting": is_waiting, "contact": contact}


def _page_did_not_open(request: HttpRequest, gift: Gift) -> HttpResponse:
    sentence = _("La page de paiement ne s’est pas ouverte. Rien n’a été débité : réessayez dans un instant.")
    messages.error(request, sentence)
    return redirect("gift_page", token=gift.token)
