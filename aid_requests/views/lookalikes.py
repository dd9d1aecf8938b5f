"""Files that look alike, for national referents alone: two references side by side, and what they share."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import actions, lookalikes
from aid_requests.forms.lookalikes import RulingForm
from aid_requests.models import LookAlike
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import demand, for_roles

PAGE_LENGTH = 50
VIEWS = {"alarmes": lookalikes.alarms, "notes": lookalikes.noted, "fermes": lookalikes.ruled}


@for_roles(Role.REFERENT)
@require_GET
@never_cache
def look_alike_list(request: HttpRequest) -> HttpResponse:
    """The pairs to look at; or those noted without alarm; or those that somebody has ruled on."""
    demand(lookalikes.can_look(actor(request)))
    chosen = request.GET.get("vue", "")
    chosen = chosen if chosen in VIEWS else "alarmes"
    page = Paginator(VIEWS[chosen](), PAGE_LENGTH).get_page(request.GET.get("page"))
    pairs = [(row["first"], row["second"]) for row in page.object_list]
    context = {"chosen": chosen, "page": page, "pairs": lookalikes.beside(pairs)}
    return render(request, "aid_requests/look_alike_list.html", context)


@for_roles(Role.REFERENT)
@require_http_methods(["GET", "POST"])
@never_cache
def look_alike_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """One pair: both files, what they share, what was said of it, and a form to say it."""
    by = actor(request)
    demand(lookalikes.can_look(by))
    row = get_object_or_404(LookAlike, token=token)
    (pair,) = lookalikes.beside([(row.first_id, row.second_id)])
    form = RulingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.rule_on_pair(by=by, look_alike=row, **form.cleaned_data)
        messages.success(request, _("C’est noté. Ce signal ne reviendra pas pour ces deux dossiers."))
        return redirect("look_alike_list")
    context = {
        "pair": pair,
        "rulings": lookalikes.rulings_of(pair),
        "form": form,
        "refusal": lookalikes.can_rule(by, pair),
    }
    status = 422 if form.errors else 200
    return render(request, "aid_requests/look_alike_page.html", context, status=status)
