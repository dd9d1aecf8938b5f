"""Against those who try stolen cards: gift pages with free amounts are where they try them.

In order: a page must have been seen in the same browser before anything is sent (a signed cookie of the page, beside
Django's own CSRF guard); a field that only programs fill; counts of pay pages by where they are asked from, by
browser, by e-mail address and by gift (`settings.PAY_PAGE_LIMITS`). What gets past is seen afterwards by the cards
that are declined (`actions/card_signals.py`), which may close giving.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations.models import Gift, MonthlyGift
from fund import limits

COOKIE, SALT = "page_seen", "donations.page_seen"
SEEN_FOR = timedelta(hours=12)
TRAP = "web_page"  # no browser fills it by itself

NOT_SEEN = _("Cette page est restée ouverte longtemps. Tout est encore là : envoyez-la une nouvelle fois.")
TRAPPED = _("Votre don n’a pas pu être préparé. Relisez la page, puis envoyez-la une nouvelle fois.")


def mark_seen(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Writes into the browser that it was shown a page to give from; a mark that is still good stays the same."""
    if _mark(request) is None:
        response.set_signed_cookie(
            COOKIE,
            uuid.uuid4().hex,
            salt=SALT,
            max_age=int(SEEN_FOR.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def suspicion(request: HttpRequest) -> Promise | None:
    """A sentence when a sent form does not look like a person's; None else. Nothing may be written before."""
    if request.POST.get(TRAP):
        return TRAPPED
    return NOT_SEEN if _mark(request) is None else None


def count_pay_page(
    request: HttpRequest, *, email: str = "", gift: Gift | None = None, monthly: MonthlyGift | None = None
) -> HttpResponse | None:
    """Counts a pay page that is about to be opened; the answer for whoever opens too many, else None.

    `email` stands for a new gift, `gift` for one that is paid again, `monthly` for one whose card is replaced. An
    address typed is counted alone here, beyond what a person needs: thieves type one address from many places.
    """
    counted = {
        "address": limits.share_of(limits.client_address(request)),
        "browser": _mark(request) or "",
        "email": email.strip().lower(),
        "gift": str(gift.pk) if gift else f"monthly-{monthly.pk}" if monthly else "",
    }
    waits = []
    for by, (most, minutes) in settings.PAY_PAGE_LIMITS.items():
        if counted[by]:
            within = timedelta(minutes=minutes)
            waits.append(limits.take(f"pay_page:{by}", counted[by], most=most, within=within))
    too_long = [wait for wait in waits if wait is not None]
    return limits.too_often(request, max(too_long)) if too_long else None


def _mark(request: HttpRequest) -> str | None:
    """The browser's mark; None when there is none, or it is too old, or not ours."""
    try:
        return request.get_signed_cookie(COOKIE, salt=SALT, max_age=int(SEEN_FOR.total_seconds()))
    except (KeyError, signing.BadSignature):
        return None
