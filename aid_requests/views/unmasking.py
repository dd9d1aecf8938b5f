"""The veil of one file lifted by a member or the chair, and the list of it for the auditors."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aid_requests.committee import actions, permissions, queries, unmasking
from aid_requests.forms.unmasking import UnmaskingForm
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, demand, for_roles

PAGE_LENGTH = 50


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
@never_cache
def unmask(request: HttpRequest, token: UUID) -> HttpResponse:
    """Shows the name after a reason was written down; what can be mended is told on a page of its own."""
    by = actor(request)
    file = get_object_or_404(queries.files_of(by).select_related("applicant"), token=token)
    demand(permissions.can_read_file(by, file))
    form = UnmaskingForm(request.POST)
    if form.is_valid():
        try:
            actions.unmask(by=by, request=file, **form.cleaned_data)
            messages.success(
                request, _("Le voile est levé pour vous, un quart d’heure. C’est inscrit au journal.")
            )
            return redirect("request_review", token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    return render(request, "aid_requests/unmask.html", {"file": file, "unmask_form": form}, status=422)


@for_roles(Role.AUDITOR)
@require_GET
@never_cache
def unmasking_list(request: HttpRequest) -> HttpResponse:
    """Who lifted which veil, when and why: references and no names but those of the team."""
    page = Paginator(unmasking.newest(), PAGE_LENGTH).get_page(request.GET.get("page"))
    rows = [(row, unmasking.note_of(row)) for row in page.object_list]
    return render(request, "aid_requests/unmasking_list.html", {"rows": rows, "page": page})
