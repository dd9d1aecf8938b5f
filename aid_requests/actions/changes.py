"""Corrected or withdrawn before the committee decides."""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import permissions
from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone


def correct_request(*, by: User, request: AidRequest) -> AidRequest:
    """Takes a signed request back as a draft of the next revision: it is signed and certified again.

    Votes cast on the former revision count no more, its certificate lapses; both stay as rows. Raises AlreadyDone
    when it is a draft, Refused once decided or while another draft of the same scheme is open.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if request.state == RequestState.DRAFT and request.applicant.user_id == by.pk:
            raise AlreadyDone(_("Cette demande est déjà en cours de correction."))
        demand(permissions.can_correct(by, request))
        others = AidRequest.objects.filter(
            applicant=request.applicant_id, scheme_version=request.scheme_version_id, state=RequestState.DRAFT
        )
        if others.exists():
            sentence = _("Vous avez un autre brouillon pour cette aide : retirez-le d’abord.")
            raise Refused(Refusal("other_draft", sentence))
        lapse_certificates(request)
        workflow.move(REQUEST, request, "correct", by=by, fields={"revision": request.revision + 1})
        audit.record("request.corrected", request, by=by, revision=request.revision)
    return request


def lapse_certificates(request: AidRequest) -> None:
    """What the school confirmed was the former revision."""
    for certificate in request.certificates.filter(lapsed_at=None):
        certificate.lapsed_at = clock.moment()
        certificate.save(update_fields=["lapsed_at"])


def withdraw_request(*, by: User, request: AidRequest) -> AidRequest:
    """Ends a request at its author's wish, before any decision. Raises AlreadyDone, or Refused once decided."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if request.state == RequestState.WITHDRAWN and request.applicant.user_id == by.pk:
            raise AlreadyDone(_("Cette demande est déjà retirée."))
        demand(permissions.can_withdraw(by, request))
        lapse_certificates(request)
        workflow.move(REQUEST, request, "withdraw", by=by, fields={"withdrawn_at": clock.moment()})
        audit.record("request.withdrawn", request, by=by, revision=request.revision)
    return request
