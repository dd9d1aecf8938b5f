"""The people of the demo: become one of them with a click."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from config.demo.models import DemoPerson


@login_not_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """One person per role, and the path to walk with them."""
    return render(
        request,
        "demo/people.html",
        {"people": DemoPerson.objects.select_related("user").order_by("position")},
    )


@login_not_required
@require_POST
def become(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs in as a person of the cast: only those listed, never an account that somebody made."""
    person = get_object_or_404(DemoPerson.objects.select_related("user"), pk=pk)
    login(request, person.user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("desk")
