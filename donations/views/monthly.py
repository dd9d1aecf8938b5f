"""A monthly gift, opened by the signed link of a mail: changed, paused, resumed or stopped without a password."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import defences, monthly_links, monthly_rules
from donations.actions.monthly_card import open_card_page
from donations.actions.monthly_changes import change_monthly
from donations.actions.monthly_linking import ask_for_links
from donations.models import MonthlyChange, MonthlyGift
from donations.models.gifts import MonthlyState
from donations.models.monthly_changes import AskedFrom, ChangeKind, ChangeState
from donations.monthly_forms import ChangeForm, LinkForm
from donations.stripe_gateway import ProviderUnavailable
from fund.contact import contact_email
from fund.roles import Refused


@dataclass(frozen=True)
class Door:
    """By which way the donor came: a mail's link or the donor's own space; its page, and where its card is changed."""

    asked_from: AskedFrom
    template: str
    card_url: str


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest) -> HttpResponse:
    """« Send me the link »: whatever the address, the same answer."""
    form = LinkForm(request.POST or None)
    if form.is_bound and form.is_valid():
        ask_for_links(email=form.cleaned_data["email"])
        return render(request, "donations/monthly_link_sent.html")
    return render(
        request, "donations/monthly_link.html", {"form": form}, status=422 if form.is_bound else 200
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def monthly_page(request: HttpRequest, signed: str) -> HttpResponse:
    """GET shows, POST makes one change. A link that is too old offers to send a fresh one."""
    try:
        monthly = _of_link(signed)
    except monthly_links.StaleLink:
        return render(
            request, "donations/monthly_link.html", {"form": LinkForm(), "is_stale": True}, status=410
        )
    door = Door(AskedFrom.LINK, "donations/monthly_page.html", reverse("monthly_card", args=[signed]))
    return answer(request, monthly, door)


@login_not_required
@require_POST
def monthly_card(request: HttpRequest, signed: str) -> HttpResponse:
    """Leads to the provider's page where the card is replaced."""
    try:
        monthly = _of_link(signed)
    except monthly_links.StaleLink:
        return redirect("monthly_link")
    return to_card_page(request, monthly, monthly_links.address_of(monthly))


def _of_link(signed: str) -> MonthlyGift:
    """Raises StaleLink, Http404."""
    try:
        token = monthly_links.token_of(signed)
    except monthly_links.NotALink:
        raise Http404 from None
    return get_object_or_404(MonthlyGift.objects.select_related("pocket"), token=token)


def answer(request: HttpRequest, monthly: MonthlyGift, door: Door) -> HttpResponse:
    """The page of one monthly gift, or what became of the change that was sent."""
    form = (
        ChangeForm(request.POST)
        if request.method == "POST"
        else ChangeForm(initial={"form_token": uuid.uuid4()})
    )
    if form.is_bound and form.is_valid():
        try:
            change = change_monthly(
                monthly=monthly,
                wanted=form.wanted(),
                form_token=form.form_token_value,
                asked_from=door.asked_from,
            )
        except Refused as refused:
            messages.warning(request, str(refused.refusal.sentence))
        else:
            _tell(request, change)
        return redirect(request.path)
    shown = {"form": form, "monthly": monthly, "card_url": door.card_url, **_what_may_be_done(monthly)}
    return render(request, door.template, shown, status=422 if form.is_bound else 200)


def _what_may_be_done(monthly: MonthlyGift) -> dict[str, Any]:
    """Which of the forms the page shows."""
    under_way = monthly_rules.change_under_way(monthly)
    is_free = under_way is None
    return {
        "under_way": under_way,
        "can_amount": is_free and monthly.subscription_id and monthly.state in monthly_rules.RUNNING,
        "can_pause": is_free
        and monthly_rules.can_change(monthly, monthly_rules.Wanted(ChangeKind.PAUSE)) is None,
        "can_resume": is_free
        and monthly_rules.can_change(monthly, monthly_rules.Wanted(ChangeKind.RESUME)) is None,
        "can_stop": monthly_rules.can_change(monthly, monthly_rules.Wanted(ChangeKind.STOP)) is None
        and (under_way is None or under_way.kind != ChangeKind.STOP),
        "can_change_card": monthly.subscription_id and monthly.state in monthly_rules.RUNNING,
        "has_begun": monthly.state != MonthlyState.PENDING,
        "contact": contact_email(),
    }


def _tell(request: HttpRequest, change: MonthlyChange) -> None:
    if change.state == ChangeState.DONE:
        messages.success(request, _("C’est fait. Un courriel vous le confirme."))
    elif change.state == ChangeState.ASKED:
        sentence = _(
            "C’est noté. Notre prestataire de paiement ne répond pas : nous le lui redirons sans vous."
        )
        messages.warning(request, sentence)
    else:
        messages.error(request, _("Ce changement n’a pas pu se faire. Rien n’a changé."))


def to_card_page(request: HttpRequest, monthly: MonthlyGift, back: str) -> HttpResponse:
    """The provider's page, or why not; `back` is the whole address it leads back to.

    Cards can be tried on that page as on a pay page: it is counted as one.
    """
    too_often = defences.count_pay_page(request, monthly=monthly)
    if too_often is not None:
        return too_often
    try:
        return redirect(open_card_page(monthly=monthly, back=back, language=(get_language() or "fr")[:2]))
    except Refused as refused:
        messages.warning(request, str(refused.refusal.sentence))
    except ProviderUnavailable:
        messages.error(
            request, _("La page ne s’est pas ouverte. Rien n’a changé : réessayez dans un instant.")
        )
    return redirect(back)
