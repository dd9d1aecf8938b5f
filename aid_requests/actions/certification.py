"""Enrolment: confirmed by a referent as a row of its own, or told to the student when the person is not found."""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import notifications, permissions
from aid_requests.correspondence import corrections
from aid_requests.models import AidRequest, EnrolmentCertificate
from aid_requests.models.requests import RequestState
from aid_requests.register.doubles import has_another_account
from aid_requests.register.matching import match_of
from aid_requests.workflow import REQUEST
from fund import audit, clock, workflow
from fund.models import AuditEvent, User
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone, WrongState

NOT_FOUND = "request.enrolment_not_found"


def certify_enrolment(
    *,
    by: User,
    request: AidRequest,
    university_year: str,
    level: str,
    revision: int,
    is_not_the_same: bool = False,
) -> EnrolmentCertificate:
    """Confirms the enrolment for `university_year` (« 2019-2020 ») and `level`, and hands the file to the committee.

    `revision` is the one the referent read; `is_not_the_same` that, where the list points at another account, they
    checked it to be another person's: that tick stays in the audit.

    Raises AlreadyDone when it is confirmed, WrongState when the student
    changed the request meanwhile, Refused to anyone but a referent who may.
    """
    with transaction.atomic():
        request = _lock_submitted(by, request, revision)
        is_doubted = has_another_account(by, request, match_of(request))
        demand(_double_refusal() if is_doubted and not is_not_the_same else None)
        certificate = EnrolmentCertificate.objects.create(
            request=request,
            revision=request.revision,
            university_year=university_year,
            level=level,
            certified_by=by,
            certified_at=clock.moment(),
        )
        workflow.move(REQUEST, request, "certify", by=by)
        told = {"revision": request.revision, "certificate": certificate.pk}
        told |= {"is_not_the_same": True} if is_doubted else {}
        audit.record("request.certified", request, by=by, **told)
        notifications.tell(request, "certified", key=str(request.revision))
    return certificate


def _double_refusal() -> Refusal:
    sentence = _(
        "Possible doublon : cochez que ce n’est pas la même personne, ou demandez au référent national."
    )
    return Refusal("possible_double", sentence)


def report_not_found(*, by: User, request: AidRequest, revision: int) -> AuditEvent:
    """Notes that the person was not found among the enrolled: the request waits, its page says whom to write to.

    Raises as `certify_enrolment`; AlreadyDone also when this was noted for this revision.
    """
    with transaction.atomic():
        request = _lock_submitted(by, request, revision)
        if is_not_found(request):
            raise AlreadyDone(_("C’est déjà noté : l’étudiant·e le lit sur sa page."))
        event = audit.record(NOT_FOUND, request, by=by, revision=request.revision)
        notifications.tell(request, "enrolment", key=str(request.revision))
    return event


def is_not_found(request: AidRequest) -> bool:
    """Whether a referent looked for the person in vain, on this revision and without finding since."""
    if request.state != RequestState.SUBMITTED:
        return False
    events = AuditEvent.objects.filter(
        object_kind=request._meta.label_lower, object_id=str(request.pk), action=NOT_FOUND
    )
    return any(event.details.get("revision") == request.revision for event in events)


def _lock_submitted(by: User, request: AidRequest, revision: int) -> AidRequest:
    request = workflow.lock(AidRequest, request.pk)
    if request.state == RequestState.IN_REVIEW and request.revision == revision:
        raise AlreadyDone(_("Cette inscription est déjà confirmée."))
    if request.state != RequestState.SUBMITTED or request.revision != revision:
        raise WrongState(_("La demande a changé pendant votre lecture : relisez-la."))
    demand(permissions.can_certify(by, request))
    demand(corrections.blocking_refusal(request))
    return request
