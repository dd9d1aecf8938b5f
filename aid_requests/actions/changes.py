"""Corrected or withdrawn before the committee decides."""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import permissions, unfinished
from aid_requests.actions.advances import note_withdrawal
from aid_requests.actions.corrections import close
from aid_requests.actions.lookalikes import drop_marks
from aid_requests.correspondence import corrections
from aid_requests.models import AidRequest, Correction
from aid_requests.models.correspondence import CorrectionScope
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState


def correct_request(*, by: User, request: AidRequest) -> AidRequest:
    """Takes a signed request back as a draft of the next revision: it is signed and certified again.

    Votes cast on the former revision count no more, its certificate lapses; both stay as rows. A correction that is
    open is taken up as a whole. Raises AlreadyDone when it is a draft, Refused once decided or while another draft of
    the same scheme is open.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        correction = corrections.open_correction(request)
        if request.state == RequestState.DRAFT and request.applicant.user_id == by.pk:
            _widen(by, request, correction)
            return request
        _take_back(by, request)
        if correction is not None:
            _take_up(correction, CorrectionScope.WHOLE)
    return request


def take_up_correction(*, by: User, request: AidRequest) -> Correction:
    """The student corrects what was named, and only that; the rest stays as it was signed.

    Raises AlreadyDone when it is taken up, WrongState when nothing is asked any more, Refused as `correct_request`.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand(permissions.can_act_on(by, request))
        correction = corrections.open_correction(request)
        if correction is None:
            raise WrongState(_("Plus rien n’est à corriger : votre demande suit son cours."))
        if request.state == RequestState.DRAFT:
            raise AlreadyDone(_("Cette demande est déjà en cours de correction."))
        _take_back(by, request)
        _take_up(correction, CorrectionScope.NAMED)
    return correction


def _take_back(by: User, request: AidRequest) -> None:
    demand(permissions.can_correct(by, request))
    others = AidRequest.objects.filter(
        applicant=request.applicant_id, scheme_version=request.scheme_version_id, state=RequestState.DRAFT
    )
    if others.exists():
        sentence = _("Vous avez un autre brouillon pour cette aide : retirez-le d’abord.")
        raise Refused(Refusal("other_draft", sentence))
    lapse_certificates(request)
    anew = {
        "revision": request.revision + 1,
        "register_sealed": "",
    }  # a draft reads the school's list of the day
    workflow.move(REQUEST, request, "correct", by=by, fields=anew)
    audit.record("request.corrected", request, by=by, revision=request.revision)


def _take_up(correction: Correction, scope: CorrectionScope) -> None:
    correction.scope, correction.opened_at = scope, correction.opened_at or clock.moment()
    correction.save(update_fields=["scope", "opened_at"])


def _widen(by: User, request: AidRequest, correction: Correction | None) -> None:
    """From the named points to the whole request. Raises AlreadyDone when it is open as a whole already."""
    if correction is None or correction.scope != CorrectionScope.NAMED:
        raise AlreadyDone(_("Cette demande est déjà en cours de correction."))
    _take_up(correction, CorrectionScope.WHOLE)
    audit.record("correction.widened", request, by=by, correction=correction.pk)


def lapse_certificates(request: AidRequest) -> None:
    """What the school confirmed was the former revision."""
    for certificate in request.certificates.filter(lapsed_at=None):
        certificate.lapsed_at = clock.moment()
        certificate.save(update_fields=["lapsed_at"])


def withdraw_request(*, by: User, request: AidRequest) -> AidRequest:
    """Ends a request at its author's wish, before any decision or while it waits for money.

    Raises AlreadyDone, or Refused once decided.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if request.state == RequestState.WITHDRAWN and request.applicant.user_id == by.pk:
            raise AlreadyDone(_("Cette demande est déjà retirée."))
        demand(permissions.can_withdraw(by, request))
        lapse_certificates(request)
        if (correction := corrections.open_correction(request)) is not None:
            close(by, request, correction, "drop")
        unfinished.forget(request, *unfinished.STEPS)
        drop_marks(request)
        ended = {"withdrawn_at": clock.moment(), "decided_at": None}
        workflow.move(REQUEST, request, "withdraw", by=by, fields=ended)
        audit.record("request.withdrawn", request, by=by, revision=request.revision)
        note_withdrawal(request, by=by)
    return request
