"""A correction of named points: the student's page, the page of whoever asks, and what each signature changed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aid_requests import actions, progress, schemes, sealed
from aid_requests.actions.corrections import can_ask_correction, can_cancel
from aid_requests.committee import permissions as committee
from aid_requests.committee import queries, veils
from aid_requests.correspondence import corrections, revisions, threads
from aid_requests.correspondence.corrections import Point
from aid_requests.correspondence.revisions import Reader
from aid_requests.forms.corrections import CancelForm, CorrectionForm
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest
from aid_requests.models.correspondence import CorrectionScope, Party
from aid_requests.models.requests import RequestState
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from fund.models.people import Role
from fund.roles import Refused, demand, for_applicants, for_roles

for_readers = for_roles(Role.REFERENT, Role.MEMBER, Role.CHAIR)


@for_applicants
@never_cache
@require_http_methods(["GET", "POST"])
def request_correction(request: HttpRequest, token: UUID) -> HttpResponse:
    """What is to be corrected, where, and what stays as it was signed."""
    aid_request = own_request(request, token)
    if request.method == "POST":
        return _take_up(request, aid_request)
    correction = corrections.open_correction(aid_request)
    if correction is None:
        messages.info(request, _("Rien n’est à corriger en ce moment."))
        return redirect("request_page", token=token)
    language = request.LANGUAGE_CODE
    scheme = sealed.scheme_of(aid_request.scheme_version)
    context = {
        "aid_request": aid_request,
        "correction": correction,
        "voice": threads.voice_of(aid_request, correction.party),
        "points": corrections.points_of(aid_request, correction, language),
        "is_draft": aid_request.state == RequestState.DRAFT,
        "is_whole": correction.scope == CorrectionScope.WHOLE,
        "open_points": progress.open_points(aid_request) if aid_request.state == RequestState.DRAFT else [],
        "identity": identity_of(aid_request.applicant),
        "answers": schemes.answers_summary(scheme, sealed.answers_of(aid_request), language),
    }
    return render(request, "aid_requests/request_correction.html", context)


def _take_up(request: HttpRequest, aid_request: AidRequest) -> HttpResponse:
    if request.POST.get("act") == "whole":
        actions.correct_request(by=actor(request), request=aid_request)
        messages.success(
            request, _("Votre demande est de nouveau ouverte. Corrigez-la, puis signez-la de nouveau.")
        )
        return redirect("request_you", token=aid_request.token)
    actions.take_up_correction(by=actor(request), request=aid_request)
    messages.success(request, _("Vous pouvez corriger ces points. Le reste ne change pas."))
    return redirect("request_correction", token=aid_request.token)


@for_applicants
@never_cache
@require_GET
def request_versions(request: HttpRequest, token: UUID) -> HttpResponse:
    """What each new signature changed, before and after."""
    aid_request = own_request(request, token)
    found = revisions.differences(aid_request, request.LANGUAGE_CODE, Reader.STUDENT)
    context = {"aid_request": aid_request, "differences": found}
    return render(request, "aid_requests/request_versions.html", context)


@for_readers
@never_cache
@require_http_methods(["GET", "POST"])
def ask_correction(request: HttpRequest, token: UUID) -> HttpResponse:
    """Names what is wrong; or shows the correction that is open, with the way out of it."""
    file, party = readable_file(request, token)
    correction, language = corrections.open_correction(file), request.LANGUAGE_CODE
    refusal = None if correction else can_ask_correction(actor(request), file)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        nameable=corrections.nameable(file, language, party),
        revision=file.revision,
    )
    if form.is_valid():
        try:
            values = {
                "revision": form.cleaned_data["revision"],
                "form_token": form.cleaned_data["form_token"],
            }
            actions.ask_correction(by=actor(request), request=file, points=form.points, **values)
            messages.success(request, _("La correction est demandée. Rien ne se décide avant la réponse."))
            return redirect("ask_correction", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    shown: dict[str, Any] = {"aid_request": file, "form": form, "refusal": refusal, "correction": correction}
    if correction is not None:
        is_own_party = correction.party == party
        points = corrections.points_of(file, correction, language) if is_own_party else []
        shown["points"] = points if party == Party.SCHOOL else _screened(file, points)
        shown["cancel"] = CancelForm() if can_cancel(actor(request), file, correction) is None else None
    shown["is_school"] = party == Party.SCHOOL
    status = 422 if form.errors else 200
    return render(request, "aid_requests/ask_correction.html", shown, status=status)


def _screened(file: AidRequest, points: list[Point]) -> list[Point]:
    """One member's words as the others read them: who wrote them may have lifted the veil."""
    veil = veils.veil_of(file)
    return [replace(point, sentence=veil.text(point.sentence)) for point in points]


@for_readers
@require_POST
def cancel_correction(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    file, _party = readable_file(request, token)
    correction = get_object_or_404(file.corrections, pk=number)
    demand(can_cancel(actor(request), file, correction))
    form = CancelForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Dites pourquoi la correction est levée."))
        return redirect("ask_correction", token=token)
    try:
        actions.cancel_correction(by=actor(request), correction=correction, **form.cleaned_data)
        messages.success(request, _("La correction est levée. Le dossier suit son cours."))
    except Refused as refused:
        messages.warning(request, str(refused.refusal.sentence))
    return redirect("ask_correction", token=token)


@for_readers
@never_cache
@require_GET
def file_versions(request: HttpRequest, token: UUID) -> HttpResponse:
    """What the corrections changed, as far as this reader may know."""
    file, party = readable_file(request, token)
    reader = Reader.SCHOOL if party == Party.SCHOOL else Reader.COMMITTEE
    found = revisions.differences(file, request.LANGUAGE_CODE, reader)
    context = {"aid_request": file, "differences": found, "is_school": party == Party.SCHOOL}
    return render(request, "aid_requests/file_versions.html", context)


def readable_file(request: HttpRequest, token: UUID) -> tuple[AidRequest, Party]:
    """The file and for which party it is read; a file that is not this person's to see is not found."""
    by = actor(request)
    if committee.seat_of(by) is None:
        return get_object_or_404(threads.files_of_team(by), token=token), Party.SCHOOL
    file = get_object_or_404(queries.known_files(by), token=token)
    if not _waits_for_the_student(file) or file.recusals.filter(member=by).exists():
        demand(committee.can_read_file(by, file))
    return file, Party.COMMITTEE


def _waits_for_the_student(file: AidRequest) -> bool:
    """Taken up by the student at the committee's own wish: its page stays, so that the way out of it does."""
    correction = corrections.open_correction(file)
    return file.state == RequestState.DRAFT and correction is not None and correction.party == Party.COMMITTEE
