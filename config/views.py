"""Pages of the site itself: health, the desk's door, language and theme, errors."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from fund.accounts import choose_language
from fund.models import User
from fund.models.people import Role
from fund.roles import roles_of

# Where each role's day begins; the first role a person holds in this order decides.
DESK_OF_ROLE = (
    (Role.CHAIR, "request_queue"),
    (Role.MEMBER, "request_queue"),
    (Role.TREASURER, "treasury_desk"),
    (Role.SIGNATORY, "treasury_desk"),
    (Role.REFERENT, "certification_list"),
    (Role.AUDITOR, "treasury_desk"),
    (Role.COMMUNICATION, "publication_list"),
    (Role.ADMINISTRATOR, "event_inbox"),
)


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers: what a load balancer and the start script ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True, "demo": settings.DEMO})


def desk(request: HttpRequest) -> HttpResponse:
    """Sends a person to where the day begins."""
    held = roles_of(request.user)
    for role, name in DESK_OF_ROLE:
        if role in held:
            return redirect(name)
    return redirect("my_requests")


@login_not_required
@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Keeps the visitor's language or theme in a cookie (exempt from consent: a display preference)."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    language = request.POST.get("language", "")
    theme = request.POST.get("theme", "")
    response = redirect(translate_url(back, language) if language else back)
    secure = request.is_secure()
    if language and check_for_language(language):
        if isinstance(request.user, User):
            choose_language(by=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=180 * 86400, samesite="Lax", secure=secure
        )
    if theme in ("light", "dark", "auto"):
        response.set_cookie("theme", theme, max_age=180 * 86400, samesite="Lax", secure=secure, httponly=True)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request's context: what cannot be read may be in it (a host name, a file name)."""
    return HttpResponse(render_to_string("400.html"), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without the request's context: what broke may be in it."""
    return HttpResponse(render_to_string("500.html"), status=500)
