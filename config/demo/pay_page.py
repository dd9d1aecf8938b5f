"""The stand-in's pay page, on its own origin: no session, no cookie, no script.

A form carries a one-time mark instead of a CSRF token: nobody is signed in here, and the mark makes a double click
pay once. It is signed for one session, and used up in the transaction that pays.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods

from config.demo import payments, stripe_objects
from config.demo.models import StandInObject
from config.demo.stripe_objects import Body

SALT = "stand-in-pay-page"
PAGE_SECONDS = 24 * 3600


def take_debit_back(session_id: str) -> Body:
    """Days later the bank takes a paid debit back; anything else stays as it is."""
    with suppress(payments.CannotReverse), transaction.atomic():
        payments.undo_debit(session_id)
    return stripe_objects.read(session_id, "checkout.session") or {}


CHOICES: dict[str, Callable[[str], Body]] = {
    "card": payments.pay_by_card,
    "decline": payments.decline_card,
    "debit": payments.start_debit,
    "bank_confirms": payments.confirm_debit,
    "bank_refuses": payments.refuse_debit,
    "bank_takes_back": take_debit_back,
}


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, session_id: str) -> HttpResponse:
    """Shows what is to be paid; a POST plays one choice, then leads back to the shop."""
    session = stripe_objects.read(session_id, "checkout.session")
    if session is None:
        raise Http404
    if request.method != "POST":
        return _page(session)
    act = CHOICES.get(request.POST.get("choice", ""))
    if act is None or not _is_ours(request.POST.get("mark", ""), session_id):
        return _page(session, status=400)
    with transaction.atomic():
        if _use_up(request.POST["mark"]):
            act(session_id)
    return _next(stripe_objects.read(session_id, "checkout.session") or session, request.POST["choice"])


def _next(session: Body, choice: str) -> HttpResponse:
    """A finished payment leads back to the shop; a declined card stays here for another try."""
    if choice == "decline" and session["status"] == "open":
        return _page(session, declined="1")
    return HttpResponseRedirect(session["success_url"])


def _page(session: Body, *, declined: str = "", status: int = 200) -> HttpResponse:
    mark = signing.dumps([session["id"], get_random_string(16)], salt=SALT)
    with translation.override(session["locale"] or "fr"):
        shown = {
            "session": session,
            "mark": mark,
            "declined": declined,
            "by_debit": _is_paid_by_debit(session),
            "taken_back": bool(_charge_of(session).get("failure_code")),
            "site_url": settings.SITE_URL,
        }
        page = render_to_string("demo/pay.html", shown)
    return HttpResponse(page, status=status)


def _is_paid_by_debit(session: Body) -> bool:
    """Whether there is a debit that its bank may still take back."""
    means = _charge_of(session).get("payment_method_details", {}).get("type")
    return bool(session["payment_status"] == "paid" and means == "sepa_debit")


def _charge_of(session: Body) -> Body:
    intent = stripe_objects.read(session["payment_intent"] or "", "payment_intent") or {}
    return stripe_objects.read(intent.get("latest_charge") or "", "charge") or {}


def _is_ours(mark: str, session_id: str) -> bool:
    try:
        return bool(signing.loads(mark, salt=SALT, max_age=PAGE_SECONDS)[0] == session_id)
    except signing.BadSignature:
        return False


def _use_up(mark: str) -> bool:
    """Whether this mark was not used before; afterwards it is. Its row's key makes the second click lose."""
    name = "mark_" + hashlib.sha256(mark.encode()).hexdigest()
    _row, is_first = StandInObject.objects.get_or_create(pk=name, defaults={"kind": "used_mark", "body": {}})
    return is_first


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("demo/pay_missing.html"), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html"), status=500)
