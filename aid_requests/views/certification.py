"""A referent's page: who asks to be confirmed as enrolled, and nothing of why they ask."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import actions, lookalikes, permissions
from aid_requests.correspondence import corrections, revisions
from aid_requests.correspondence.revisions import Reader
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.forms.certification import CertificationForm, RevisionForm
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, Document
from aid_requests.models.requests import RequestState
from aid_requests.register.doubles import warning_for
from aid_requests.register.matching import match_of
from aid_requests.views.actor import actor
from aid_requests.waiting import waiting_of_enrolment, with_waits_since
from fund.models.people import Role
from fund.roles import demand, for_roles
from fund.workflow import AlreadyDone


@for_roles(Role.REFERENT)
@require_GET
def certification_list(request: HttpRequest) -> HttpResponse:
    """Requests to confirm, those that wait longest for a referent first: name and school, nothing else."""
    rows = list(with_waits_since(permissions.certifiable_requests(actor(request))))
    waits = waiting_of_enrolment(rows)
    sent = Document.objects.filter(request__in=rows, kind=ENROLMENT_PROOF, removed_at=None)
    proven = set(sent.values_list("request", flat=True))
    lost = {pk for pk, waiting in waits.items() if waiting.code == "student"}
    stands = {row.pk: "proven" if row.pk in proven else "lost" if row.pk in lost else "" for row in rows}
    rows.sort(key=lambda row: (stands[row.pk] == "lost", waits[row.pk].since, row.pk))
    doubted = lookalikes.doubted_for(actor(request), rows)
    lines = [
        (row, identity_of(row.applicant), stands[row.pk], waits[row.pk], row.pk in doubted) for row in rows
    ]
    context = {"lines": lines, "look_alike": lookalikes.referents_sentence(actor(request))}
    return render(request, "aid_requests/certification_list.html", context)


@for_roles(Role.REFERENT)
@require_http_methods(["GET", "POST"])
def certify_request(request: HttpRequest, token: UUID) -> HttpResponse:
    """Confirms an enrolment, or notes that the person is not found. Another school's request does not exist here."""
    aid_request = _certifiable(request, token)
    match = match_of(aid_request)
    double = warning_for(actor(request), aid_request, match)
    form = CertificationForm(
        request.POST if request.POST.get("act") == "certify" else None,
        initial={"revision": aid_request.revision},
        is_doubted=bool(double),
    )
    revision = RevisionForm(request.POST if request.POST.get("act") == "not_found" else None)
    if form.is_valid():
        actions.certify_enrolment(by=actor(request), request=aid_request, **form.cleaned_data)
        messages.success(request, _("L’inscription est confirmée. Le comité peut lire le dossier."))
        return redirect("certification_list")
    if revision.is_valid():
        actions.report_not_found(
            by=actor(request), request=aid_request, revision=revision.cleaned_data["revision"]
        )
        messages.success(request, _("C’est noté. L’étudiant·e lit sur sa page qui contacter."))
        return redirect("certification_list")
    page = {
        "aid_request": aid_request,
        "identity": identity_of(aid_request.applicant),
        "form": form,
        "not_found": actions.is_not_found(aid_request),
        "listed": match.sentence,
        "double": double,
        "proofs": aid_request.documents.filter(removed_at=None, kind=ENROLMENT_PROOF).order_by("pk"),
        "correction": corrections.open_correction(aid_request),
        "look_alike": lookalikes.referents_sentence(actor(request))
        if lookalikes.doubted_for(actor(request), [aid_request])
        else "",
        "differences": revisions.differences(aid_request, request.LANGUAGE_CODE, Reader.SCHOOL)[:1],
    }
    return render(request, "aid_requests/certify_request.html", page)


def _certifiable(request: HttpRequest, token: UUID) -> AidRequest:
    """The request if this referent may see it. Raises AlreadyDone for one that this person has just confirmed."""
    by = actor(request)
    confirmed = AidRequest.objects.filter(
        token=token, state=RequestState.IN_REVIEW, certificates__certified_by=by, certificates__lapsed_at=None
    )
    if confirmed.exists():
        raise AlreadyDone(_("Vous avez déjà confirmé cette inscription."))
    typed = AidRequest.objects.filter(token=token, state=RequestState.SUBMITTED, typed_by=by).first()
    if typed is not None:
        demand(permissions.typing_tie(by, typed))
    return get_object_or_404(permissions.certifiable_requests(by), token=token)
