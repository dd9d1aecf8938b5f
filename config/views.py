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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from config.desk import figures_for, greeting, history_of, tasks_for
from config.navigation import is_only_a_donor
from fund import clock
from fund.accounts import choose_language
from fund.models import User
from fund.models.people import Role
from fund.roles import roles_of


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers: what a load balancer and the start script ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True, "demo": settings.DEMO})


@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Where the day of a person of the staff begins: tasks, state, history. A student goes to the own request, who
    only gave to the own gifts."""
    user, held = request.user, roles_of(request.user)
    if not isinstance(user, User) or not held:
        return redirect("my_gifts" if isinstance(user, User) and is_only_a_donor(user) else "my_requests")
    tasks = tasks_for(user, held)
    context = {
        "greeting": greeting(user, len(tasks)),
        "today": clock.today(),
        "tasks": tasks,
        "figures": figures_for(user, held),
        "history": history_of(user),
        "only_reads": held <= {Role.AUDITOR},
    }
    return render(request, "staff_desk.html", context)


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
