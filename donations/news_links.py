"""The one-click link that stops the news: signed, it names the donor's key and nothing about the person."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from donations.models import Donor

SALT = "donations.news"


def address_of(donor: Donor) -> str:
    """It never grows old: an objection may be made at any time (RGPD art. 21)."""
    signed = signing.Signer(salt=SALT, sep=".").sign(donor.subject_key_id.hex)
    return settings.SITE_URL + reverse("stop_news", args=[signed])


def donor_of_link(signed: str) -> Donor | None:
    """None for a link that is not ours."""
    try:
        key = UUID(signing.Signer(salt=SALT, sep=".").unsign(signed))
    except (signing.BadSignature, ValueError):
        return None
    return Donor.objects.filter(subject_key_id=key).first()
