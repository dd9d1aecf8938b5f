"""What anyone may see: the home page, the live accounts and the totals for machines.

Nothing here reads a request, a decision or a transfer: gifts are live, aid is what the last release told.
"""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from donations.queries import public_words
from fund import clock
from fund.models import Campaign
from reports import queries
from reports.addresses import ChartImage
from reports.compilation import live_snapshot
from reports.figures import read_live
from reports.presentation import chart_views, draw_chart, live_rule, wording_of
from reports.views.headers import svg_answer

WORDS_SHOWN = 3
LIVE_SECONDS = 60


def _latest_campaign() -> Campaign | None:
    return Campaign.objects.order_by("-opens_on").first()


def _state() -> dict[str, Any]:
    with transaction.atomic():
        live, release = read_live(), queries.last_release()
    campaign, aid = _latest_campaign(), queries.aid_told(release)
    return {
        "live": live,
        "release": release,
        "aid": aid,
        "campaign": campaign,
        "rule": live_rule(live, aid, campaign),
    }


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The fund in five seconds: what came in, what became of it, two doors."""
    state = _state()
    campaign = state["campaign"]
    context = {
        **state,
        "days_left": (campaign.closes_on - clock.today()).days if campaign else None,
        "words": public_words(WORDS_SHOWN),
    }
    return render(request, "reports/home.html", context)


@login_not_required
@require_safe
def live_accounts(request: HttpRequest) -> HttpResponse:
    """The live page and the list of all releases."""
    state = _state()
    campaign = state["campaign"]
    charts = []
    if campaign is not None:
        charts = chart_views(
            live_snapshot(campaign), ["gifts"], lambda image: reverse("live_chart", kwargs={"image": image})
        )
    context = {
        **state,
        "charts": charts,
        "publications": [(row, wording_of(row)) for row in queries.released()],
    }
    return render(request, "reports/live_accounts.html", context)


@login_not_required
@require_safe
def live_chart(request: HttpRequest, image: ChartImage) -> HttpResponse:
    """The gifts until now; the other charts stand on publications only."""
    campaign = get_object_or_404(
        Campaign if image.name == "gifts" else Campaign.objects.none(),
        pk=getattr(_latest_campaign(), "pk", None),
    )
    return svg_answer(request, draw_chart(live_snapshot(campaign), image), seconds=LIVE_SECONDS)


@login_not_required
@require_safe
def totals_json(request: HttpRequest) -> JsonResponse:
    """Gifts live, aid as of the last release, in cents and counts (definitions: `reports/figures.py`)."""
    state = _state()
    live, aid, release = state["live"], state["aid"], state["release"]
    told = None
    if aid is not None:
        told = {**asdict(aid), "as_of": aid.as_of.isoformat(), "publication": release.number}
    answer = {
        **asdict(live),
        "at": live.at.isoformat(timespec="seconds"),
        "currency": "EUR",
        "aid": told,
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response
