"""How many requests had which answer: public, as of the last release that could tell it."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from reports import outcomes

KEPT_SECONDS = 300


@login_not_required
@require_safe
def decision_figures(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        told = outcomes.last_told()
    response = render(request, "reports/decision_figures.html", {"told": told})
    # Only a release changes it, and it is read by whoever likes.
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response
