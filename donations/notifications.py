"""Mails to donors. Called inside an act's transaction. A donor who was erased is written to no more."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from donations import giving_rules, monthly_links, news_links, offers
from donations.models import (
    Donor,
    ExpectedTransfer,
    Gift,
    MonthlyChange,
    MonthlyGift,
    PreferenceChoice,
    Refund,
)
from donations.models.monthly_changes import ChangeKind
from fund import mail, vault
from fund.bank.iban import check_iban
from fund.contact import contact_email
from fund.models import Foundation


def thank_donor(gift: Gift) -> None:
    """Thanks once per gift, when its money is there and never before (failure 7)."""
    context = {
        "amount_cents": gift.amount_cents,
        "reference": gift.reference,
        "received_at": gift.succeeded_at,
        "promised": offers.promised_for(gift),
        "link": gift_address(gift),
        "monthly_link": monthly_links.address_of(gift.monthly) if gift.monthly else "",
        "gives_receipts": giving_rules.tax_receipts_are_given(),
    }
    write_to(gift.donor, key=f"gift:{gift.pk}:thanks", template="gift_thanks", context=context)


def tell_refund(refund: Refund) -> None:
    """Told once per refund; one by the bank says how it went back."""
    gift = refund.gift
    context = {
        "how": refund.return_tie.reason if refund.line_id else "",
        "amount_cents": refund.amount_cents,
        "reference": gift.reference,
        "link": gift_address(gift),
        "contact": contact_email(),
    }
    write_to(gift.donor, key=f"refund:{refund.pk}:told", template="gift_refunded", context=context)


def tell_undone(gift: Gift) -> None:
    """The bank took the debit back: told once, kindly; nothing is owed."""
    give = settings.SITE_URL + reverse("give")
    context = {
        "amount_cents": gift.amount_cents,
        "link": gift_address(gift),
        "give": give,
        "contact": contact_email(),
    }
    write_to(gift.donor, key=f"gift:{gift.pk}:undone", template="gift_undone", context=context)


def tell_missed_month(monthly: MonthlyGift, *, invoice_id: str, number: int) -> None:
    """Told kindly, once per try of one month."""
    _write_monthly(monthly, "monthly_missed", key=f"missed:{invoice_id}:{number}")


def tell_monthly_stopped(monthly: MonthlyGift) -> None:
    """Told once."""
    _write_monthly(monthly, "monthly_stopped", key="stopped")


def tell_monthly_changed(change: MonthlyChange) -> None:
    """Told once per change that was done: whoever did not ask for it learns of it."""
    said = {"kind": change.kind, "resumes_on": change.resumes_on}
    _write_monthly(change.monthly, "monthly_changed", key=f"change:{change.pk}:done", **said)


def tell_monthly_resumed(monthly: MonthlyGift, *, when: datetime) -> None:
    """A pause ended by itself at `when`."""
    key = f"resumed:{int(when.timestamp())}"
    _write_monthly(monthly, "monthly_changed", key=key, kind=ChangeKind.RESUME.value)


def tell_change_refused(change: MonthlyChange) -> None:
    """Told once: nothing changed."""
    _write_monthly(change.monthly, "monthly_refused", key=f"change:{change.pk}:refused")


def send_monthly_link(monthly: MonthlyGift, *, once: str) -> None:
    """The link that was asked for; `once` names the asking."""
    _write_monthly(monthly, "monthly_link", key=f"link:{once}")


def confirm_news(choice: PreferenceChoice) -> None:
    """What was chosen, with the link that ends it in one click."""
    context: dict[str, object] = {"link": news_links.address_of(choice.donor)}
    write_to(choice.donor, key=f"news-choice:{choice.pk}", template="news_chosen", context=context)


def tell_transfer(expected: ExpectedTransfer) -> None:
    """How to make the transfer that was announced: the reference stands behind the link too. Told once."""
    gift, foundation = expected.gift, Foundation.objects.get()
    context = {
        "amount_cents": gift.amount_cents,
        "reference": expected.reference,
        "name": foundation.legal_name,
        "iban": check_iban(foundation.iban).grouped,
        "link": settings.SITE_URL + reverse("transfer_page", args=[expected.token]),
    }
    write_to(gift.donor, key=f"transfer:{expected.pk}:told", template="transfer_expected", context=context)


def _write_monthly(monthly: MonthlyGift, template: str, *, key: str, **said: object) -> None:
    """A mail about a monthly gift: each one holds the signed link that opens it."""
    context = {
        "amount_cents": monthly.amount_cents,
        "link": monthly_links.address_of(monthly),
        "contact": contact_email(),
        "resumes_on": None,
        **said,
    }
    write_to(monthly.donor, key=f"monthly:{monthly.pk}:{key}", template=template, context=context)


def gift_address(gift: Gift) -> str:
    return settings.SITE_URL + reverse("gift_page", args=[gift.token])


def write_to(donor: Donor, *, key: str, template: str, context: dict[str, object]) -> None:
    """One mail, once per key; none to whoever was erased or left no address."""
    if not donor.email_sealed:  # gave by cheque or transfer, without an address
        return
    try:
        to = vault.open_text_for(donor.subject_key, donor.email_sealed)
    except vault.Erased:
        return
    mail.send_mail(key=key, to=to, template=template, language=donor.language, context=context)
