"""Mails about receipts: a link, never the paper. A donor who was erased, or who has no address, is sent nothing."""

from django.conf import settings
from django.urls import reverse

from donations.models import Receipt
from donations.notifications import write_to
from fund.contact import contact_email


def tell_receipt(receipt: Receipt) -> None:
    """Told once: it is ready."""
    context: dict[str, object] = {"number": receipt.reference, "link": link_to(receipt)}
    write_to(receipt.donor, key=f"receipt:{receipt.pk}:ready", template="receipt_ready", context=context)


def tell_void(receipt: Receipt, replacement: Receipt | None) -> None:
    """Told once, in writing: this number counts no more, and which one does instead."""
    context: dict[str, object] = {
        "number": receipt.reference,
        "reason": receipt.void.reason,
        "new_number": replacement.reference if replacement else "",
        "link": link_to(replacement or receipt),
        "contact": contact_email(),
    }
    write_to(receipt.donor, key=f"receipt:{receipt.pk}:void", template="receipt_void", context=context)


def link_to(receipt: Receipt) -> str:
    return settings.SITE_URL + reverse("receipt_page", args=[receipt.token])
