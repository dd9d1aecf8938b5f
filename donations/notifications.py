"""Mails to donors. Called inside an act's transaction."""

from django.conf import settings
from django.urls import reverse

from donations.models import Gift
from fund import mail, vault


def thank_donor(gift: Gift) -> None:
    """Thanks once per gift, when its money is there and never before (failure 7)."""
    donor = gift.donor
    mail.send_mail(
        key=f"gift:{gift.pk}:thanks",
        to=vault.open_text_for(donor.subject_key, donor.email_sealed),
        template="gift_thanks",
        language=donor.language,
        context={
            "amount_cents": gift.amount_cents,
            "reference": gift.reference,
            "received_at": gift.succeeded_at,
            "link": settings.SITE_URL + reverse("gift_page", args=[gift.token]),
        },
    )
