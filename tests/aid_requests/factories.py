"""Requests at every point of their way, made through the actions themselves."""

import re
from datetime import date
from io import BytesIO

from django.conf import settings
from PIL import Image

from aid_requests import actions, sealed
from aid_requests.declarations import SigningTrace, declaration_statement
from aid_requests.documents import check_upload
from aid_requests.identity import Identity
from aid_requests.models import AidRequest, Declaration, SchemeVersion
from aid_requests.schemes import clean_answers
from fund import vault
from fund.bank.iban import check_iban
from fund.models import OutgoingMail, User
from tests.papers import pdf

IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "DE89 3704 0044 0532 0130 00"
PDF = pdf()
TRACE = SigningTrace("code", None, "192.0.2.7", "Test browser")
# Words that may stand nowhere but under the person's own key.
FIRST_NAME, LAST_NAME, STREET = "Zélie-Marker", "Quartzmarker", "9 impasse du Marqueur"
STORY = "Mon patron a fermé son café le 16 mars, marqueur-de-récit."
IDENTITY = Identity(
    first_name=FIRST_NAME,
    last_name=LAST_NAME,
    birth_date=date(1999, 9, 9),
    birth_place="Grenoble",
    address=f"{STREET}\n38000 Grenoble",
)
ANSWERS = {
    "enrolled": "yes",
    "lives_in_france": "yes",
    "cause": "student_job",
    "need": "rent",
    "stopped_on": "16/03/2020",
    "amount_due": "412,50",
}
PAPERS = ("last_payslip", "rent_receipt")


def open_scheme(slug: str = "emergency-aid") -> SchemeVersion:
    path = settings.BASE_DIR / "aid_requests" / "schedules" / f"{slug}.yaml"
    return actions.load_scheme(by=None, text=path.read_text(encoding="utf-8")).version


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind)
    return buffer.getvalue()


def draft(student: User, **answers: str) -> AidRequest:
    """A draft with good answers and nothing else."""
    if not SchemeVersion.objects.filter(state="open").exists():
        open_scheme()
    return actions.start_request(by=student, slug="emergency-aid", raw_answers={**ANSWERS, **answers})


def complete_draft(
    student: User, *, iban: str = IBAN, through_school: bool = True, **answers: str
) -> AidRequest:
    """A draft that only needs its signature."""
    request = draft(student, **answers)
    actions.save_identity(by=student, request=request, identity=IDENTITY, through_school=through_school)
    request.refresh_from_db()
    kept, errors = clean_answers(
        sealed.scheme_of(request.scheme_version), {**ANSWERS, **answers}, sealed.known_of(request)
    )
    assert not errors
    actions.save_answers(by=student, request=request, answers=kept, story=STORY)
    for kind in PAPERS:
        upload = check_upload("quittance-Quartzmarker.pdf", pdf(kind))
        actions.add_document(by=student, request=request, kind=kind, upload=upload)
    actions.save_account(
        by=student, request=request, iban=check_iban(iban), holder=f"{FIRST_NAME} {LAST_NAME}"
    )
    return fresh(request)


def fresh(request: AidRequest) -> AidRequest:
    """The row as the database has it, with nothing cached."""
    return AidRequest.objects.get(pk=request.pk)


def sent_code(student: User) -> str:
    """The code of the last signature mail written to this person."""
    mail = OutgoingMail.objects.filter(key__startswith="signature-code:").order_by("-pk").first()
    assert mail is not None
    assert vault.open_text(mail.to_sealed) == student.email
    found = re.search(r"^(\d{6})$", vault.open_text(mail.text_sealed), re.M)
    assert found is not None
    return found[1]


def sign(student: User, request: AidRequest, **changes: object) -> Declaration:
    """Asks for the code and signs; `changes` replace arguments of the action."""
    actions.send_signature_code(by=student, request=request)
    return sign_with(student, request, code=sent_code(student), **changes)


def sign_with(student: User, request: AidRequest, *, code: str, **changes: object) -> Declaration:
    statement = declaration_statement(fresh(request))
    values: dict[str, object] = {
        "place": "Grenoble",
        "ticked": [fact for fact, _sentence in statement.facts],
        "content_hash": statement.content_hash,
        "trace": TRACE,
        **changes,
    }
    return actions.sign_declaration(by=student, request=request, code=code, **values)  # type: ignore[arg-type]


def submitted(student: User, **changes: object) -> AidRequest:
    """A signed request that waits for its certificate."""
    request = complete_draft(student, **changes)  # type: ignore[arg-type]
    sign(student, request)
    return fresh(request)


def in_review(student: User, referent: User, **changes: object) -> AidRequest:
    """A signed and certified request, before the committee."""
    request = submitted(student, **changes)
    actions.certify_enrolment(
        by=referent, request=request, university_year="2019-2020", level="year-4", revision=request.revision
    )
    return fresh(request)
