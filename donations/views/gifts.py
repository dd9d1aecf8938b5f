"""The staff's gifts: the list with its filters, its table to download, and each gift with its whole story."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import refund_rules, register, story
from donations.actions import identities
from donations.dispute_words import TO_SEND, row_of
from donations.exports import csv_lines
from donations.filters import GiftFilter
from donations.models import Donor, Gift
from donations.refund_words import problem_words
from donations.staff_forms import EmailForm
from fund import clock
from fund.models.people import Role
from fund.roles import for_roles, roles_of
from fund.views.frame import actor

READERS = (Role.TREASURER, Role.AUDITOR)
PAGE_SIZE = 30
FOUND_AT_MOST = 200
CLOSED_SHOWN = 20


@for_roles(*READERS)
@never_cache
@require_safe
def gift_list(request: HttpRequest) -> HttpResponse:
    """The newest first; names are not shown (decision 0015)."""
    return _list(request, EmailForm())


@for_roles(*READERS)
@never_cache
@require_POST
def find_donor(request: HttpRequest) -> HttpResponse:
    """The gifts of one address, by POST: no address of a person in an address of the site."""
    form = EmailForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    donor = identities.find_donor(by=actor(request), email=form.cleaned_data["email"])
    return render(request, "donations/gift_found.html", {"form": form, "rows": _rows(_gifts_of(donor))})


@for_roles(*READERS)  # type: ignore[arg-type]  # a streamed answer, which the guard only passes on
@require_POST
def export_gifts(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered gifts as a table, line by line as the database gives them; each one is written down."""
    filters = GiftFilter(request.POST, queryset=register.gift_rows())
    identities.note_export(by=actor(request), gifts=filters.qs.count(), chosen=filters.chosen)
    response = StreamingHttpResponse(csv_lines(filters.qs), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dons-{clock.today().isoformat()}.csv"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@for_roles(*READERS)
@never_cache
@require_safe
def gift_story(request: HttpRequest, reference: str) -> HttpResponse:
    return render(request, "donations/gift_story.html", _story(request, _gift(reference)))


@for_roles(*READERS)
@never_cache
@require_POST
def read_giver(request: HttpRequest, reference: str) -> HttpResponse:
    """The same page with who gave; the look is written down."""
    gift = _gift(reference)
    known = identities.read_giver(by=actor(request), gift=gift)
    giver, email = known if known is not None else (None, "")
    shown = {**_story(request, gift), "is_asked": True, "giver": giver, "email": email}
    return render(request, "donations/gift_story.html", shown)


@for_roles(*READERS)
@never_cache
@require_safe
def dispute_list(request: HttpRequest) -> HttpResponse:
    """What a bank contests now, the first to answer first, then what was decided."""
    shown = {
        "rows": [row_of(dispute) for dispute in register.open_disputes()],
        "closed": [row_of(dispute) for dispute in register.closed_disputes(CLOSED_SHOWN)],
        "to_send": TO_SEND,
    }
    return render(request, "donations/dispute_list.html", shown)


def _list(request: HttpRequest, form: EmailForm, *, status: int = 200) -> HttpResponse:
    filters = GiftFilter(request.GET, queryset=register.gift_rows())
    page = Paginator(filters.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = {
        "filters": filters,
        "page": page,
        "rows": _rows(list(page)),
        "totals": register.totals_of(filters.qs) if filters.chosen else register.totals_of_all(),
        "form": form,
        "disputes": register.open_disputes().count(),
        "refused": [(order, problem_words(order.problem)) for order in register.refused_refunds()],
    }
    return render(request, "donations/gift_list.html", shown, status=status)


def _rows(gifts: list[Gift]) -> list[tuple[Gift, str]]:
    return [(gift, register.means_of(gift)) for gift in gifts]


def _gifts_of(donor: Donor | None) -> list[Gift]:
    return list(register.gift_rows().filter(donor=donor)[:FOUND_AT_MOST]) if donor is not None else []


def _gift(reference: str) -> Gift:
    rows = register.gift_rows().select_related(
        "pocket", "team", "donor__subject_key", "paid_twice_as", "monthly", "words"
    )
    return get_object_or_404(rows, reference=reference)


def _story(request: HttpRequest, gift: Gift) -> dict[str, Any]:
    is_treasurer = Role.TREASURER in roles_of(request.user)
    return {
        "gift": gift,
        "means": register.means_of(gift),
        "story": story.story_of(gift),
        "movements": story.movements_of(gift),
        "is_treasurer": is_treasurer,
        "refusal": refund_rules.can_refund(actor(request), gift) if is_treasurer else None,
    }
