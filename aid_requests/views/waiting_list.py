"""The waiting list as members read it, and the chair's act that serves it without waiting for the hour."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aid_requests import advances
from aid_requests.committee import actions, queries, waiting_list
from aid_requests.models import AidRequest
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import for_roles, needs_role_now
from fund.treasury import cash

PAGE_LENGTH = 50


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def waiting_list_page(request: HttpRequest) -> HttpResponse:
    """Favourable decisions that wait for money, the first one first: those of the files this person reads."""
    places = waiting_list.places().filter(request__in=queries.readable_files(actor(request)))
    cents = advances.asked_cents(AidRequest.objects.filter(pk__in=places.order_by().values("request")))
    page = Paginator(places, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "budget": cash.budget(cents),
        "page": page,
        "rows": [(place, waiting_list.cap_sentence(place.request)) for place in page.object_list],
        "sum_cents": cents,
        "may_serve": needs_role_now(actor(request), Role.CHAIR) is None,
    }
    return render(request, "aid_requests/waiting_list.html", context)


@for_roles(Role.CHAIR)
@require_POST
def serve_waiting_list(request: HttpRequest) -> HttpResponse:
    """Grants from the top of the list, as far as the money goes."""
    granted = actions.serve_now(by=actor(request))
    if granted:
        words = ngettext("%(n)s aide est accordée.", "%(n)s aides sont accordées.", granted)
        messages.success(request, words % {"n": granted})
    else:
        messages.info(request, _("Rien n’est accordé : l’argent manque encore pour la première de la liste."))
    return redirect("waiting_list")
