"""Files before the committee, whole: identity, answers, account, papers, signature and certificate."""

import hashlib
import uuid
from datetime import date, datetime, timedelta

from django.conf import settings

from aid_requests import documents, progress, school_addresses, sealed
from aid_requests.actions.schemes import load_scheme
from aid_requests.correspondence.revisions import Snapshot
from aid_requests.identity import Identity, identity_fingerprint, seal_identity
from aid_requests.models import (
    AidRequest,
    Applicant,
    BankDetails,
    Declaration,
    Document,
    EnrolmentCertificate,
    SchemeVersion,
)
from aid_requests.models.requests import RequestState, SignaturePurpose
from aid_requests.schemes import Value
from fund import clock, vault
from fund.models import School, User
from fund.treasury.orders import IBAN_INDEX
from tests.papers import pdf

# Words that stand only in what members must never see; a test looks for them everywhere.
FIRST_NAME, LAST_NAME = "Zélie-Marqueur", "Quintefeuille"
EMAIL_NAME = "zelie-quintefeuille"
STREET, PAPER_NAME = "9 allée du Marqueur", "bulletin-quintefeuille.pdf"
IBAN = "FR7630006000011234567890189"
ANSWERS: dict[str, Value] = {
    "enrolled": True,
    "lives_in_france": True,
    "cause": "student_job",
    "need": "rent",
    "stopped_on": date(2020, 3, 15),
    "amount_due": 41_000,
}
STORY = "Je travaillais en librairie, fermée depuis mars."
PDF = pdf("small")


def open_scheme(name: str = "emergency-aid") -> SchemeVersion:
    text = (settings.BASE_DIR / "aid_requests" / "schedules" / f"{name}.yaml").read_text(encoding="utf-8")
    return load_scheme(by=None, text=text).version


def make_applicant(school: School, number: int = 1) -> Applicant:
    user = User.objects.create_user(
        f"{EMAIL_NAME}{number}@{school.email_domains[0]}", display_name=FIRST_NAME
    )
    applicant = Applicant(
        user=user, subject_key=vault.make_subject_key("applicant"), school=school, created_at=clock.moment()
    )
    identity = Identity(
        first_name=FIRST_NAME,
        last_name=f"{LAST_NAME} {number}",
        birth_date=date(1999, 2, 3),
        birth_place="Brest",
        address=f"{STREET}\n29200 Brest",
    )
    applicant.identity_sealed = seal_identity(applicant, identity)
    applicant.identity_fingerprint = identity_fingerprint(identity)
    school_addresses.keep_school_email(applicant, user.email)
    applicant.save()
    return applicant


def make_account(applicant: Applicant, iban: str = IBAN) -> BankDetails:
    return BankDetails.objects.create(
        applicant=applicant,
        iban_sealed=vault.seal_text_for(applicant.subject_key, iban),
        holder_sealed=vault.seal_text_for(applicant.subject_key, f"{FIRST_NAME} {LAST_NAME}"),
        iban_fingerprint=vault.blind_index(IBAN_INDEX, iban),
        iban_tail=iban[-4:],
        country=iban[:2],
        created_at=clock.moment(),
    )


def make_file(
    version: SchemeVersion,
    applicant: Applicant,
    referent: User,
    *,
    number: int = 1,
    submitted_at: datetime | None = None,
    answers: dict[str, Value] | None = None,
) -> AidRequest:
    """A request in review under `version`, signed and certified."""
    request = AidRequest(
        reference=f"U-2020-{number:04d}",
        applicant=applicant,
        scheme_version=version,
        school=applicant.school,
        state=RequestState.IN_REVIEW,
        created_at=clock.moment(),
        submitted_at=submitted_at or clock.moment() - timedelta(days=2),
        bank_details=make_account(applicant),
    )
    request.answers_sealed = sealed.seal_answers(request, dict(answers or ANSWERS))
    request.story_sealed = vault.seal_text_for(applicant.subject_key, STORY)
    award = progress.award_of(request)
    assert award is not None
    request.case_code, request.amount_cents = award.case_code, award.amount_cents
    request.save()
    sign(request)
    certify(request, referent)
    add_paper(request)
    return request


def sign(request: AidRequest) -> Declaration:
    key = request.applicant.subject_key
    assert request.bank_details is not None
    return Declaration.objects.create(
        request=request,
        revision=request.revision,
        purpose=SignaturePurpose.DECLARATION,
        scheme_hash=request.scheme_version.definition_hash,
        facts=[],
        content_hash=hashlib.sha256(request.reference.encode()).hexdigest(),
        pdf_sealed=vault.seal_for(key, f"{FIRST_NAME} {LAST_NAME}".encode()),
        pdf_sha256="0" * 64,
        proof_sealed=vault.seal_text_for(key, "{}"),
        bank_details=request.bank_details,
        signed_at=clock.moment(),
    )


def certify(request: AidRequest, referent: User) -> EnrolmentCertificate:
    return EnrolmentCertificate.objects.create(
        request=request,
        revision=request.revision,
        university_year="2019-2020",
        level="3A",
        certified_by=referent,
        certified_at=clock.moment(),
    )


def add_paper(request: AidRequest) -> Document:
    document = Document.objects.create(
        request=request,
        kind="rent_receipt",
        title_sealed=vault.seal_text_for(request.applicant.subject_key, PAPER_NAME),
        content_type=documents.PDF,
        size=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
        fingerprint=vault.blind_index("document", hashlib.sha256(PDF).hexdigest()),
        storage_name=f"documents/{uuid.uuid4()}",
        created_at=clock.moment(),
    )
    documents.write_file(document, PDF)
    return document


def change_file(request: AidRequest, referent: User) -> AidRequest:
    """What a correction, a new signature and a new certificate leave: the next revision, in review again."""
    request.refresh_from_db()
    request.certificates.update(lapsed_at=clock.moment())
    request.revision += 1
    request.save(update_fields=["revision"])
    sign(request)
    certify(request, referent)
    return request


def keep_revision(file: AidRequest, origin: str) -> None:
    """The present revision as it was signed, for whoever compares it with the next."""
    assert file.amount_cents is not None and file.bank_details is not None
    file.revisions.create(
        revision=file.revision,
        origin=origin,
        declaration=file.declarations.get(revision=file.revision),
        snapshot_sealed=Snapshot.of(file).seal(file),
        case_code=file.case_code,
        amount_cents=file.amount_cents,
        bank_details=file.bank_details,
        signed_at=clock.moment(),
    )
