"""Signed files of invented people for the tests of look-alikes: each shares only what it is told to share."""

import hashlib
import uuid
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from aid_requests import actions, lookalikes, sealed
from aid_requests.actions.lookalikes import note_marks
from aid_requests.documents import check_upload
from aid_requests.identity import Identity, identity_fingerprint, seal_identity
from aid_requests.models import AidRequest, Applicant, Document, LookAlike, SchemeVersion
from aid_requests.models.requests import RequestState
from aid_requests.schemes import clean_answers
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.models import School, User
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files
from tests.conftest import make_user
from tests.papers import pdf

MATRIX: dict[str, set[str] | None] = {
    "look_alike_list": {"national_referent"},
    "look_alike_page": {"national_referent"},
}
OBJECT_OF = {"look_alike_page": "look_alike"}
PERSON = Identity(
    first_name="Anaïs",
    last_name="Le Goff",
    birth_date=date(2000, 1, 2),
    birth_place="Brest",
    address="3 rue du Port\n29200 Brest",
)
IBANS = (
    "FR7630006000011234567890189", "DE89370400440532013000", "GB29NWBK60161331926819", "BE68539007547034",
    "NL91ABNA0417164300", "ES9121000418450200051332", "IT60X0542811101000000123456",
)  # fmt: skip


def person(number: int, **changes: Any) -> Identity:
    """Somebody nobody else is."""
    return replace(PERSON, **{"first_name": "Anaïs" + "abcdefghijkl"[number], **changes})


def signed(
    number: int,
    *,
    school: str = "nord",
    identity: Identity | None = None,
    iban: str = "",
    paper: str = "",
    user: User | None = None,
) -> AidRequest:
    """The signed request of student `number` at `school`; what is not given is that student's alone.

    Rows as a signature leaves them, and what the signature then does about look-alikes; `signed_in_full` signs.
    """
    student = user or make_user(f"look{number}", f"{school}.example")
    applicant = _applicant(student, School.objects.get(code=school), identity or person(number))
    request = AidRequest(
        reference=f"L-2020-{number:04d}",
        applicant=applicant,
        scheme_version=SchemeVersion.objects.filter(state="open").first() or files.open_scheme(),
        school=applicant.school,
        state=RequestState.SUBMITTED,
        case_code="rent",
        amount_cents=50_000,
        created_at=clock.moment(),
        submitted_at=clock.moment(),
        bank_details=files.make_account(applicant, iban or IBANS[number]),
    )
    request.save()
    for sent in (paper or f"own paper {number}", f"other paper {number}"):
        _paper(request, sent)
    with transaction.atomic():
        note_marks(request)
    return request


def _applicant(student: User, school: School, told: Identity) -> Applicant:
    applicant = Applicant(
        user=student,
        subject_key=vault.make_subject_key("applicant"),
        school=school,
        created_at=clock.moment(),
    )
    applicant.identity_sealed = seal_identity(applicant, told)
    applicant.identity_fingerprint = identity_fingerprint(told)
    applicant.save()
    return applicant


def _paper(request: AidRequest, sent: str) -> None:
    digest = hashlib.sha256(sent.encode()).hexdigest()
    Document.objects.create(
        request=request,
        kind="rent_receipt",
        title_sealed=vault.seal_text_for(request.applicant.subject_key, "p.pdf"),
        content_type="application/pdf",
        size=len(sent),
        sha256=digest,
        fingerprint=vault.blind_index("document", digest),
        storage_name=f"documents/{uuid.uuid4()}",
        created_at=clock.moment(),
    )


def signed_in_full(number: int, *, school: str = "nord", identity: Identity | None = None) -> AidRequest:
    """The same through every step of the student's own."""
    student = make_user(f"look{number}", f"{school}.example")
    request = factories.draft(student)
    told = identity or person(number)
    actions.save_identity(by=student, request=request, identity=told, through_school=True)
    request = factories.fresh(request)
    answers, errors = clean_answers(
        sealed.scheme_of(request.scheme_version), factories.ANSWERS, sealed.known_of(request)
    )
    assert not errors
    actions.save_answers(by=student, request=request, answers=answers, story="")
    for kind in factories.PAPERS:
        upload = check_upload("p.pdf", pdf(f"{kind} {number}"))
        actions.add_document(by=student, request=request, kind=kind, upload=upload)
    account = check_iban(IBANS[number])
    actions.save_account(by=student, request=request, iban=account, holder=told.full_name)
    factories.sign(student, factories.fresh(request))
    return factories.fresh(request)


def kinds_between(one: AidRequest, other: AidRequest) -> set[str]:
    first, second = sorted((one.pk, other.pk))
    rows = LookAlike.objects.filter(first=first, second=second)
    return set(rows.values_list("kind", flat=True))


def alarming(*requests: AidRequest) -> bool:
    """Whether each of these is one about which the national referent is asked."""
    return lookalikes.doubted(requests) == {request.pk for request in requests}


def addresses(people: SimpleNamespace, school: School, request: AidRequest) -> dict[str, dict[str, object]]:
    other = AidRequest.objects.exclude(applicant=request.applicant_id).exclude(submitted_at=None)[0]
    first, second = sorted((request, other), key=lambda file: file.pk)
    made = {
        "noted_at": request.created_at
    }  # of a weak kind: « the same person » would hold the other's payment
    row, _is_new = LookAlike.objects.get_or_create(first=first, second=second, kind="phone", defaults=made)
    return {"look_alike": {"token": row.token}}
