"""Signed links that open one monthly gift without a password: they stand in the donor's own mails.

A link names nothing but the gift's `token`. Signatures use real time, also in the demo.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from donations.models import MonthlyGift

SALT = "donations.monthly"
# A year and a month: the link in the mail of any month still serves when the same month comes again.
LASTS = timedelta(days=400)


class StaleLink(Exception):
    """The link is ours, but too old: a fresh one is sent to the mailbox on demand."""


class NotALink(Exception):
    """Nobody signed this here."""


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT, sep=".")


def sign(monthly: MonthlyGift) -> str:
    return _signer().sign(monthly.token.hex)


def address_of(monthly: MonthlyGift) -> str:
    """The whole address, for a mail."""
    return settings.SITE_URL + reverse("monthly_page", args=[sign(monthly)])


def token_of(signed: str) -> UUID:
    """The token of the monthly gift that a link opens. Raises StaleLink, NotALink."""
    try:
        return UUID(_signer().unsign(signed, max_age=LASTS))
    except signing.SignatureExpired:
        raise StaleLink from None
    except (signing.BadSignature, ValueError):
        raise NotALink from None
