"""What anyone may see: the home page and the totals for machines."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fund import clock
from fund.models import Campaign
from reports.figures import Figures, read_figures
from reports.slide_rule import draw_rule


def _figures() -> Figures:
    with transaction.atomic():
        return read_figures()


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The fund in five seconds: what came in, what became of it, two doors."""
    figures = _figures()
    campaign = Campaign.objects.order_by("-opens_on").first()
    goal = campaign.goal_cents if campaign else 0
    context = {
        "figures": figures,
        "campaign": campaign,
        "rule": draw_rule(figures, goal),
        "days_left": (campaign.closes_on - clock.today()).days if campaign else None,
    }
    return render(request, "reports/home.html", context)


@login_not_required
@require_safe
def totals_json(request: HttpRequest) -> JsonResponse:
    """National totals in cents and counts, with the time they are true at (definitions: `reports/figures.py`)."""
    response = JsonResponse(_figures().as_json())
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response
