"""The minutes: the list, one of them with its two signatures, and its two papers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aid_requests.committee import actions, minutes, sitting_lists, sitting_permissions
from aid_requests.models import Minutes
from aid_requests.views.actor import actor
from aid_requests.views.files import download
from fund.models.people import Role
from fund.roles import for_roles, needs_role

READERS = (Role.MEMBER, Role.CHAIR, Role.AUDITOR)
PARTS = ("full", "extract")


@for_roles(*READERS, Role.COMMUNICATION)
@require_GET
@never_cache
def minutes_list(request: HttpRequest) -> HttpResponse:
    """By number, the last first; communication finds the public extracts alone."""
    context = {
        "rows": sitting_lists.minutes_of(actor(request)),
        "reads_all": needs_role(request.user, *READERS) is None,
    }
    return render(request, "aid_requests/minutes_list.html", context)


@for_roles(*READERS)
@require_GET
@never_cache
def minutes_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """What the paper says, or what of it this member reads, and who has signed it."""
    row = _minutes(request, token)
    by = actor(request)
    signatures = row.signatures.select_related("by", "minutes__sitting").order_by("pk")
    content = minutes.open_content(row)
    signs_as = sitting_permissions.signed_as(by, row)
    reads_whole = sitting_permissions.can_read_whole(by, row) is None
    if not reads_whole:
        content = minutes.for_member(content, sitting_lists.readable_numbers(by, row.sitting))
    context = {
        "minutes": row,
        "number": f"{row.year}-{row.number}",
        "told": minutes.told(content),
        # Not the hash either: of so short a text, what is left out could be tried until it fits.
        "reads_whole": reads_whole,
        "signatures": [(one, minutes.stands_in(one)) for one in signatures],
        "signs_as": signs_as,
        "stands_in": signs_as is not None and sitting_permissions.named_as(by, row) is None,
        "paper": getattr(row, "paper", None),
    }
    return render(request, "aid_requests/minutes_page.html", context)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def sign_minutes(request: HttpRequest, token: UUID) -> HttpResponse:
    """One of the two signatures."""
    row = _minutes(request, token)
    actions.sign_minutes(by=actor(request), minutes=row)
    messages.success(request, _("Votre signature est posée."))
    return redirect("minutes_page", token)


@for_roles(*READERS, Role.COMMUNICATION)
@require_POST
def minutes_file(request: HttpRequest, token: UUID, part: str) -> HttpResponse:
    """One of the two papers, as it was sealed; a reading of the trail."""
    row = _minutes(request, token)
    may_read = part == "extract" or sitting_permissions.can_read_whole(actor(request), row) is None
    if part not in PARTS or not may_read or getattr(row, "paper", None) is None:
        raise Http404
    data = actions.read_paper(by=actor(request), minutes=row, part=part)
    name = f"proces-verbal-{row.year}-{row.number}{'-extrait' if part == 'extract' else ''}.pdf"
    return download(data, name=name, content_type="application/pdf")


def _minutes(request: HttpRequest, token: UUID) -> Minutes:
    return get_object_or_404(sitting_lists.minutes_of(actor(request)), token=token)
