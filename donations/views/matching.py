"""Matching offers: what the public reads, and where the staff records, confirms, ends them and ties what was paid."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import offers
from donations.actions import offers as acts
from donations.models import MatchingOffer, OfferPayment
from donations.models.matching import OfferState
from donations.team_forms import EVERY_GIFT, OfferForm, PaymentForm
from fund import vault
from fund.models.people import Role
from fund.roles import Refused, for_roles, needs_role
from fund.views.frame import actor
from fund.workflow import WrongState


@login_not_required
@require_safe
def matching_public(request: HttpRequest) -> HttpResponse:
    """Every offer that was confirmed: what it promised, what was paid, what is still due."""
    return render(request, "donations/matching_public.html", {"offers": offers.offers_told()})


@for_roles(*offers.READERS)
@never_cache
@require_safe
def matching_list(request: HttpRequest) -> HttpResponse:
    rows = list(MatchingOffer.objects.select_related("pocket", "team").order_by("-pk"))
    sums = offers.sums_of(rows)
    context = {
        "rows": [(row, sums[row.pk]) for row in rows],
        "may_record": offers.can_record_offer(actor(request)) is None,
    }
    return render(request, "donations/matching_list.html", context)


@for_roles(*offers.RECORDERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record_offer(request: HttpRequest) -> HttpResponse:
    """The form of an offer; a good one waits for a second person."""
    first = {"form_token": uuid.uuid4(), "scope": EVERY_GIFT, "ratio": "1/1"}
    form = OfferForm(request.POST) if request.method == "POST" else OfferForm(initial=first)
    if form.is_bound and form.is_valid():
        offer = acts.record_offer(by=actor(request), terms=form.terms(), form_token=form.form_token_value)
        messages.success(request, _("L’abondement est saisi. Une autre personne le confirme."))
        return redirect("offer_page", pk=offer.pk)
    return render(
        request, "donations/matching_form.html", {"form": form}, status=422 if form.is_bound else 200
    )


@for_roles(*offers.READERS)
@never_cache
@require_safe
def offer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer, what it promised and was paid, and what the visitor may do about it."""
    offer = get_object_or_404(MatchingOffer.objects.select_related("sponsor_key", "pocket", "team"), pk=pk)
    return render(request, "donations/matching_page.html", _state_of(request, offer, PaymentForm()))


def _state_of(request: HttpRequest, offer: MatchingOffer, form: PaymentForm) -> dict[str, object]:
    by = actor(request)
    payments = offer.payments.filter(undone_at=None).select_related("gift").order_by("pk")
    try:
        sponsor = offers.sponsor_of(offer)
    except vault.Erased:
        sponsor = None
    is_confirmed = offer.state in offers.CONFIRMED_STATES
    return {
        "offer": offer,
        "sponsor": sponsor,
        "sums": offers.sums_of([offer])[offer.pk],
        "payments": [(payment, offers.kept_cents(payment.gift)) for payment in payments],
        "refusal": offers.can_confirm_offer(by, offer),
        "may_confirm": offer.state == OfferState.RECORDED and offers.can_confirm_offer(by, offer) is None,
        "may_finish": offers.can_record_offer(by) is None,
        "may_tie": is_confirmed and needs_role(by, Role.TREASURER) is None,
        "form": form,
    }


@for_roles(*offers.CONFIRMERS)
@require_POST
def confirm_offer(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, acts.confirm_offer, _("L’abondement est en vigueur."))


@for_roles(*offers.RECORDERS)
@require_POST
def drop_offer(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, acts.drop_offer, _("L’abondement est abandonné."))


@for_roles(*offers.RECORDERS)
@require_POST
def end_offer(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, acts.end_offer, _("L’abondement est terminé. Ce qui était promis le reste."))


def _act(request: HttpRequest, pk: int, act: Callable[..., MatchingOffer], told: str) -> HttpResponse:
    """One act on one offer; whoever comes too late is told."""
    offer = get_object_or_404(MatchingOffer, pk=pk)
    try:
        act(by=actor(request), offer=offer)
        messages.success(request, told)
    except WrongState as wrong:
        messages.error(request, wrong.sentence)
    return redirect("offer_page", pk=pk)


@for_roles(Role.TREASURER)
@require_POST
def tie_offer_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """A gift of the sponsor, by its reference, pays what was promised."""
    offer = get_object_or_404(MatchingOffer.objects.select_related("sponsor_key", "pocket", "team"), pk=pk)
    form = PaymentForm(request.POST)
    if form.is_valid():
        try:
            acts.tie_payment(by=actor(request), offer=offer, gift=form.cleaned_data["reference"])
            messages.success(request, _("Ce don paie la promesse."))
            return redirect("offer_page", pk=pk)
        except Refused as refused:
            form.add_error("reference", str(refused.refusal.sentence))
    return render(request, "donations/matching_page.html", _state_of(request, offer, form), status=422)


@for_roles(Role.TREASURER)
@require_POST
def untie_offer_payment(request: HttpRequest, pk: int) -> HttpResponse:
    payment = get_object_or_404(OfferPayment, pk=pk)
    try:
        acts.untie_payment(by=actor(request), payment=payment)
        messages.success(request, _("Ce don ne paie plus la promesse."))
    except WrongState as wrong:
        messages.error(request, wrong.sentence)
    return redirect("offer_page", pk=payment.offer_id)
