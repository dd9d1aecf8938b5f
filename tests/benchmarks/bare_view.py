"""The least that a view with a visitor's answers does: it keeps them in the session and says so."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods


@login_not_required
@require_http_methods(["GET", "POST"])
def bare_view(request: HttpRequest) -> HttpResponse:
    """Behind the same middleware: CSRF, session, language, limits."""
    if request.method == "GET":
        return HttpResponse(f'name="csrfmiddlewaretoken" value="{get_token(request)}"')
    request.session["bare"] = {name: str(value) for name, value in request.POST.items()}
    return HttpResponse("kept")
