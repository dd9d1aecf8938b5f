"""A student's own data: what is held, and all of it as one archive."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from aid_requests.actions.exports import note_export
from aid_requests.exports_of_applicant import applicant_archive
from aid_requests.models import Applicant
from aid_requests.views.actor import actor
from fund import clock, fresh_sign_in
from fund.roles import for_applicants


@for_applicants
@never_cache
@require_safe
def applicant_data(request: HttpRequest) -> HttpResponse:
    applicant = _own(request)
    context = {
        "requests": applicant.requests.order_by("pk"),
        "school": applicant.school,
        "is_fresh": fresh_sign_in.is_fresh(request),
    }
    return render(request, "aid_requests/applicant_data.html", context)


@for_applicants
@never_cache
@require_POST
def export_applicant_data(request: HttpRequest) -> HttpResponse:
    """The archive is made as it leaves, and kept nowhere; only for who has just signed in."""
    applicant = _own(request)
    if not fresh_sign_in.is_fresh(request):
        return fresh_sign_in.sign_in_again(request, actor(request), back=reverse("applicant_data"))
    pieces = applicant_archive(applicant)
    note_export(by=actor(request), applicant=applicant)
    response = cast(HttpResponse, StreamingHttpResponse(pieces, content_type="application/zip"))
    response["Content-Disposition"] = f'attachment; filename="mes-demandes-{clock.today().isoformat()}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _own(request: HttpRequest) -> Applicant:
    """The person's own row. Raises Http404 for whoever never began a request."""
    rows = Applicant.objects.select_related("user", "subject_key", "school")
    applicant = rows.filter(user=actor(request)).first()
    if applicant is None:
        raise Http404
    return applicant
