"""« Se connecter avec mon établissement »: to the school's provider and back, then one button that signs in.

Coming back is a GET and writes nothing but the session; what it proved is used by the POST that follows.
"""

import logging
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fund import accounts, oidc

logger = logging.getLogger(__name__)
METHOD = "oidc"  # in the records of how a session was opened
_TRIP, _PROOF, _NEXT = "oidc_trip", "oidc_proof", "oidc_next"
_PROOF_SECONDS = 5 * 60


def _demand_on() -> None:
    if not oidc.is_on():
        raise Http404


def _back_to() -> str:
    """Our own address by the settings, never by the Host header of a request."""
    return f"{settings.SITE_URL}{reverse('oidc_return')}"


@login_not_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider, with a state, a nonce and a PKCE secret of this browser."""
    _demand_on()
    trip, wished = oidc.Trip.new(), request.POST.get("next", "")
    try:
        address = oidc.sign_on_address(trip, back_to=_back_to())
    except oidc.SignOnFailed as failed:
        return _failed(request, failed)
    request.session[_TRIP] = trip.as_dict()
    request.session[_NEXT] = wished if get_adapter().is_safe_url(wished) else ""
    return redirect(address)


@login_not_required
@require_GET
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Checks what the provider says; whoever it is gets one button to go on, or the same sentence as anybody."""
    _demand_on()
    kept: dict[str, Any] | None = request.session.pop(_TRIP, None)
    request.session.pop(_PROOF, None)
    try:
        if kept is None:
            raise oidc.SignOnFailed("no_trip")
        email = oidc.verified_address(
            oidc.Trip(**kept),
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            back_to=_back_to(),
        )
        if not accounts.may_sign_on(email):
            raise oidc.SignOnFailed("stranger")
    except oidc.SignOnFailed as failed:
        return _failed(request, failed)
    request.session[_PROOF] = {"email": email, "issuer": settings.OIDC_ISSUER, "at": time.time()}
    return render(request, "account/sign_on.html", {"school_name": settings.OIDC_NAME})


@login_not_required
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Opens the session of whom the provider named just now; staff still pass their second factor."""
    _demand_on()
    proof = request.session.pop(_PROOF, None)
    if proof is None or not 0 <= time.time() - proof["at"] <= _PROOF_SECONDS:
        return _failed(request, oidc.SignOnFailed("late"))
    user = accounts.sign_on(email=proof["email"])
    if user is None:
        return _failed(request, oidc.SignOnFailed("stranger"))
    record_authentication(request, user, METHOD, issuer=proof["issuer"])
    wished = request.session.pop(_NEXT, "") or None
    answer: HttpResponse = perform_login(request, user, email_verification="none", redirect_url=wished)
    return answer


def _failed(request: HttpRequest, failed: oidc.SignOnFailed) -> HttpResponse:
    """One sentence whatever went wrong: it tells nobody who has an account here."""
    logger.warning("a single sign-on failed: %s", failed.code)
    sentence = _(
        "La connexion par votre établissement n’a pas abouti. Recevez plutôt un code à votre adresse."
    )
    messages.error(request, sentence)
    return redirect("account_login")
