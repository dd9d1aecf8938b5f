"""Enrolment certified by the school's list: at the signature, or once a list that names the person is applied."""

from django.db import transaction
from django_tasks import task

from aid_requests import notifications
from aid_requests.correspondence import corrections
from aid_requests.models import AidRequest, EnrolmentCertificate, RegisterEntry, RegisterImport
from aid_requests.models.requests import RequestState
from aid_requests.register.matching import Found, match_of
from aid_requests.register.people import open_person
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow

BY_LIST = "register"  # why a request went to the committee without a referent


def certify_from_register(request: AidRequest) -> EnrolmentCertificate | None:
    """Certifies a request just signed, when the list names its author at that address; else it waits for a referent.

    Must run inside the transaction of the signature, on its locked request. An address under other names is no reason
    to refuse: it may be a typing error. The referent reads what the list says.
    """
    match = match_of(request)
    if match.entry is not None:
        return _certify(request, match.entry)
    if match.found is not Found.NO_LIST:
        told = {"revision": request.revision, "found": match.found.value}
        audit.record("request.not_matched", request, by=None, **told)
    return None


@task()
def certify_waiting(import_id: int) -> str:
    """The signed requests of the school that waited for a referent while a list was on its way."""
    school = RegisterImport.objects.values_list("school", flat=True).get(pk=import_id)
    waiting = AidRequest.objects.filter(school=school, state=RequestState.SUBMITTED).order_by("pk")
    certified = [pk for pk in waiting.values_list("pk", flat=True) if _certify_one(pk)]
    return f"{len(certified)} certified"


def _certify_one(request_id: int) -> bool:
    with transaction.atomic():
        request = workflow.lock(AidRequest, request_id)
        if request.state != RequestState.SUBMITTED or corrections.blocking_refusal(request) is not None:
            return False
        try:
            entry = match_of(request).entry
        except vault.Erased:
            return False
        if entry is None:
            return False
        _certify(request, entry)
        notifications.tell(request, "certified", key=str(request.revision))
    return True


def _certify(request: AidRequest, entry: RegisterEntry) -> EnrolmentCertificate:
    certificate = EnrolmentCertificate.objects.create(
        request=request,
        revision=request.revision,
        university_year=entry.university_year,
        level=_level(entry),
        certified_from=entry.source,
        certified_at=clock.moment(),
    )
    workflow.move(REQUEST, request, "certify", by=None, why=BY_LIST)
    told = {"revision": request.revision, "certificate": certificate.pk}
    audit.record("request.certified", request, by=None, **told)
    return certificate


def _level(entry: RegisterEntry) -> str:
    """The level as referents name it (« year-4 »), else as the list does; "" where the list does not say."""
    person = open_person(entry.facts_sealed)
    return f"year-{person.year_of_study}" if person.year_of_study in range(1, 6) else person.level
