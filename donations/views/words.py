"""The desk of the communication: what donors want said in public, read by a person before anybody else reads it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import queries
from donations.actions.moderating import DECISIONS, moderate_words
from donations.models import GiftWords
from fund.models.people import Role
from fund.roles import for_roles
from fund.workflow import AlreadyDone

PAGE_SIZE = 50


@for_roles(Role.COMMUNICATION)
@never_cache
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, then what was decided. An erased donor's words are in neither."""
    waiting = [(row, queries.word_of(row)) for row in queries.words_to_read()[:PAGE_SIZE]]
    page = Paginator(queries.words_read(), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = {
        "waiting": [(row, word) for row, word in waiting if word],
        "decided": [(row, word) for row in page if (word := queries.word_of(row))],
        "page": page,
    }
    return render(request, "donations/message_list.html", shown)


@for_roles(Role.COMMUNICATION)
@require_POST
def moderate_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes or hides one; a second click says nothing new."""
    words, decision = get_object_or_404(GiftWords, pk=pk), request.POST.get("decision", "")
    if decision not in DECISIONS:
        messages.error(request, _("Choisissez de publier ou de masquer."))
        return redirect("message_list")
    try:
        moderate_words(by=request.user, words=words, decision=decision)  # type: ignore[arg-type]
    except AlreadyDone:
        return redirect("message_list")
    told = _("Ces mots sont publiés.") if decision == "approve" else _("Ces mots sont masqués.")
    messages.success(request, told)
    return redirect("message_list")
