"""The treasurer gives a gift back: how much, why, and at what risk; the provider is asked by a worker."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import refund_rules
from donations.actions.giving_back import order_refund
from donations.models import Gift
from donations.staff_forms import RefundForm
from fund.models.people import Role
from fund.roles import Refused, for_roles
from fund.second_factor import fresh_second_factor
from fund.views.frame import actor


def _page_of(reference: str) -> str:
    return reverse("refund_gift", args=[reference])


@for_roles(Role.TREASURER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor(back=_page_of)
def refund_gift(request: HttpRequest, reference: str) -> HttpResponse:
    """The form, or the reason why there is none; a POST writes the order down and leads back to the gift's story."""
    gift = get_object_or_404(Gift.objects.select_related("pocket", "donor"), reference=reference)
    if request.method != "POST":
        return _show(request, gift, RefundForm(gift=gift))
    form = RefundForm(request.POST, gift=gift)
    if not form.is_valid():
        return _show(request, gift, form, status=422)
    values = form.cleaned_data
    try:
        order_refund(
            by=actor(request),
            gift=gift,
            amount_cents=values["amount_cents"],
            reason=values["reason"],
            risk_accepted=values.get("risk_accepted", False),
            form_token=values["form_token"],
        )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _show(request, gift, form, status=409)
    messages.success(
        request, _("Le remboursement est demandé. Cette page dira ce que le prestataire répond.")
    )
    return redirect("gift_story", gift.reference)


def _show(request: HttpRequest, gift: Gift, form: RefundForm, *, status: int = 200) -> HttpResponse:
    shown = {
        "gift": gift,
        "form": form,
        "refusal": refund_rules.can_refund(actor(request), gift),
        "left_cents": refund_rules.refundable_cents(gift),
        "at_risk_until": refund_rules.at_risk_until(gift),
    }
    return render(request, "donations/refund_form.html", shown, status=status)
