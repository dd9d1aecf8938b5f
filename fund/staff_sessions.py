"""At every page, for whoever holds a role: is the session still young, and did it pass a second factor?

One place asks, before any view: no view can forget it, and an act that is refused has not begun.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from fund import second_factor
from fund.models import User
from fund.roles import is_staff

IDLE_SECONDS = 60 * 60
LONGEST_SECONDS = 12 * 3600
# The last page is noted at most once a minute: a desk that refreshes itself does not write at every turn.
_NOTE_EVERY_SECONDS = 60
_SINCE, _SEEN = "staff_since", "staff_seen"

GetResponse = Callable[[HttpRequest], HttpResponse]


class StaffSessionMiddleware:
    """Ends staff sessions after an hour of rest or twelve in all; leads to the second factor until it is given.

    `request.held_back` is True while the second factor is missing: the frame then shows nothing of the roles.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not is_staff(user):
            return None
        is_public = not getattr(view, "login_required", True)
        if _is_over(request):
            logout(request)
            return None if is_public else _back_to_sign_in(request)
        held_back = second_factor.passed_at(request) is None
        request.held_back = held_back  # type: ignore[attr-defined]
        if not held_back or is_public or getattr(view, "before_second_factor", False):
            return None
        return _lead(request, second_factor.way_in(user))


def _is_over(request: HttpRequest) -> bool:
    """Whether this session ended by rest or by age; notes its beginning and its last page."""
    now, session = time.time(), request.session
    since, seen = session.get(_SINCE), session.get(_SEEN)
    if since is None or seen is None:
        session[_SINCE] = session[_SEEN] = now
        return False
    if now - seen > IDLE_SECONDS or now - since > LONGEST_SECONDS:
        return True
    if now - seen > _NOTE_EVERY_SECONDS:
        session[_SEEN] = now
    return False


def _back_to_sign_in(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request,
        _("Votre session a pris fin : une heure sans page, ou douze heures en tout. Reconnectez-vous."),
    )
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("desk"))


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    """To the page of the second factor; what was asked for has not been done."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(reverse(name))
    page = request.get_full_path() if request.method == "GET" else reverse("desk")
    return redirect(f"{reverse(name)}?{urlencode({'next': page})}")
