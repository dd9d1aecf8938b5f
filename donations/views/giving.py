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

from donations import defences, giving_rules, register, stripe_gateway, tax_relief
from donations.actions import paying
from donations.actions.pledging import ONCE, pledge_gift
from donations.forms import ANONYMOUS, FIRST_CHOICE_CENTS, TEAM_CLOSED, GiftForm, open_team
from donations.givers import FRANCE
from donations.models import ExpectedTransfer, Gift
from donations.models.gifts import RECEIVED_STATES, GiftState, GiverKind
from donations.offers import offers_now
from fund import limits
from fund.models import Foundation, Pocket
from fund.roles import StrOrPromise


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """The form; a valid one, sent from a browser that was shown it, becomes a gift and leads to the pay page."""
    closed = giving_rules.giving_is_open()
    if closed:
        return render(request, "donations/give_closed.html", {"sentence": closed.sentence}, status=503)
    if request.method == "POST":
        return _take(request, GiftForm(request.POST))
    slug = request.GET.get("equipe", "")
    form = GiftForm(initial=_first_values(slug))
    is_closed = bool(slug) and form.team_named is None
    return _form_page(request, form, notice=TEAM_CLOSED if is_closed else "")


def _take(request: HttpRequest, form: GiftForm) -> HttpResponse:
    """Nothing is written, and nothing asked of the provider, before the form is right and every defence is passed."""
    is_right, suspicion = form.is_valid(), defences.suspicion(request)
    if suspicion:
        form.add_error(None, str(suspicion))
    if suspicion or not is_right:
        return _form_page(request, form)
    email = form.cleaned_data["email"]
    too_often = limits.count_valid_email(request, email) or defences.count_pay_page(request, email=email)
    if too_often is not None:
        return too_often
    gift = pledge_gift(pledge=form.pledge(), form_token=form.form_token_value)
    try:
        return redirect(paying.start_payment(gift=gift))
    except stripe_gateway.ProviderUnavailable:
        return _page_did_not_open(request, gift)


@login_not_required
@never_cache
@require_safe
def gift_page(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The true state of one gift, whichever of the event and the donor comes first."""
    expected = (
        ExpectedTransfer.objects.filter(gift__token=token).exclude(gift__state__in=RECEIVED_STATES).first()
    )
    if expected is not None:  # nothing to pay here: its own page says how
        return redirect("transfer_page", token=expected.token)
    return defences.mark_seen(request, render(request, "donations/gift_page.html", _state_of(request, token)))


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
    suspicion = defences.suspicion(request)
    if suspicion:
        messages.error(request, str(suspicion))
        return redirect("gift_page", token=gift.token)
    too_often = defences.count_pay_page(request, gift=gift)
    if too_often is not None:
        return too_often
    try:
        return redirect(paying.pay_again(gift=gift))
    except stripe_gateway.ProviderUnavailable:
        return _page_did_not_open(request, gift)


def _form_page(request: HttpRequest, form: GiftForm, *, notice: StrOrPromise = "") -> HttpResponse:
    shown = {
        "form": form,
        "notice": notice,
        "offers": offers_now(form.team_named),
        "trap": defences.TRAP,
        "rates": tax_relief.RATE_PERCENT,
        "least_cents": giving_rules.bounds_cents()[0],
        "most_cents": giving_rules.bounds_cents()[1],
    }
    status = 422 if form.is_bound else 200
    return defences.mark_seen(request, render(request, "donations/give.html", shown, status=status))


def _first_values(slug: str) -> dict[str, object]:
    """What is chosen before anybody touches the form; a team's own purpose when it was opened from its page."""
    team = open_team(slug)
    is_open = team is not None and giving_rules.open_pockets().filter(pk=team.pocket_id).exists()
    return {
        "form_token": uuid.uuid4(),
        "team": slug,
        "amount": str(FIRST_CHOICE_CENTS),
        "pocket": team.pocket.code if team is not None and is_open else Pocket.GENERAL,
        "rhythm": ONCE,
        "giver_kind": GiverKind.PERSON.value,
        "country": FRANCE,
        "shown_as": ANONYMOUS,
    }


def _state_of(request: HttpRequest, token: uuid.UUID) -> dict[str, Any]:
    gift = get_object_or_404(Gift.objects.select_related("pocket", "monthly"), token=token)
    was_cancelled = gift.state == GiftState.PLEDGED and "cancelled" in request.GET
    # What is final asks the server nothing more.
    is_waiting = gift.state not in RECEIVED_STATES
    return {
        "gift": gift,
        "kept_cents": gift.amount_cents - gift.refunded_cents,
        "was_cancelled": was_cancelled,
        "is_waiting": is_waiting,
        "receiver": Foundation.objects.first() if gift.state == GiftState.SUCCEEDED else None,
        "means": register.means_of(gift),
    }


def _page_did_not_open(request: HttpRequest, gift: Gift) -> HttpResponse:
    sentence = _("La page de paiement ne s’est pas ouverte. Rien n’a été débité : réessayez dans un instant.")
    messages.error(request, sentence)
    return redirect("gift_page", token=gift.token)
