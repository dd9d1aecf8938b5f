"""Mails to donors. Called inside an act's transaction. A donor who was erased is written to no more."""

from django.conf import settings
from django.urls import reverse

from donations.models import Donor, Gift, MonthlyGift, Refund
from fund import mail, vault
from fund.models import Foundation


def thank_donor(gift: Gift) -> None:
    """Thanks once per gift, when its money is there and never before (failure 7)."""
    context = {
        "amount_cents": gift.amount_cents,
        "reference": gift.reference,
        "received_at": gift.succeeded_at,
        "link": _page_of(gift),
        "contact": _contact() if gift.monthly_id else "",
    }
    _write(gift.donor, key=f"gift:{gift.pk}:thanks", template="gift_thanks", context=context)


def tell_refund(refund: Refund) -> None:
    """Told once per refund."""
    gift = refund.gift
    context = {
        "amount_cents": refund.amount_cents,
        "reference": gift.reference,
        "link": _page_of(gift),
        "contact": _contact(),
    }
    _write(gift.donor, key=f"refund:{refund.pk}:told", template="gift_refunded", context=context)


def tell_missed_month(monthly: MonthlyGift, *, invoice_id: str, number: int) -> None:
    """Told kindly, once per try of one month."""
    context = {"amount_cents": monthly.amount_cents, "contact": _contact()}
    key = f"monthly:{monthly.pk}:missed:{invoice_id}:{number}"
    _write(monthly.donor, key=key, template="monthly_missed", context=context)


def tell_monthly_stopped(monthly: MonthlyGift) -> None:
    """Told once."""
    context = {"amount_cents": monthly.amount_cents, "contact": _contact()}
    _write(monthly.donor, key=f"monthly:{monthly.pk}:stopped", template="monthly_stopped", context=context)


def _page_of(gift: Gift) -> str:
    return settings.SITE_URL + reverse("gift_page", args=[gift.token])


def _contact() -> str:
    """The foundation's address to write to; empty before the foundation is described."""
    return Foundation.objects.values_list("contact_email", flat=True).first() or ""


def _write(donor: Donor, *, key: str, template: str, context: dict[str, object]) -> None:
    try:
        to = vault.open_text_for(donor.subject_key, donor.email_sealed)
    except vault.Erased:
        return
    mail.send_mail(key=key, to=to, template=template, language=donor.language, context=context)
