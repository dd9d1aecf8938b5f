"""The students' acts: up to a signed request, a draft left open, a withdrawal, another account, a second look."""

import re
from datetime import date, timedelta
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from aid_requests import actions, progress, sealed
from aid_requests.declarations import SigningTrace, Statement, declaration_statement, other_account_statement
from aid_requests.documents import check_upload
from aid_requests.identity import Identity
from aid_requests.models import AidRequest, SignatureCode
from aid_requests.schemes.grammar import Requirement
from config.demo.season.students import Student
from fund import vault
from fund.bank.iban import check_iban
from fund.models import OutgoingMail, User
from fund.treasury.business_days import is_business_day

CERTIFIED_AFTER = timedelta(days=1)
OVERLOOKED = (
    "Je joins l’attestation écrite de mon ancien employeur : elle confirme mes deux jours par semaine"
    " et la date de fin. Je ne l’avais pas encore reçue."
).replace(" :", "\u00a0:")
# These are certified by the referent of their own school; for everybody else the social worker does it.
THROUGH_SCHOOL = ("lyon",)
_TRACE = SigningTrace(sign_in_method="demo", signed_in_at=None, ip="127.0.0.1", user_agent="demo")


def ask(student: Student) -> AidRequest:
    """From the first answer to the signature; a draft stops before its papers, what is ready before the signature."""
    user = User.objects.create_user(student.email, display_name=student.name)
    request = actions.start_request(by=user, slug=student.slug, raw_answers=student.answers)
    actions.save_identity(
        by=user, request=request, identity=identity_of(student), through_school=goes_through_school(student)
    )
    actions.save_answers(by=user, request=request, answers=sealed.answers_of(request), story=student.story)
    if student.end == "draft":
        return request
    needed = [asked for asked in progress.asked_documents(request) if asked.required is Requirement.ALWAYS]
    for asked in needed:
        upload = check_upload("piece.pdf", _paper(request, asked.code))
        actions.add_document(by=user, request=request, kind=asked.code, upload=upload)
    actions.save_account(by=user, request=request, iban=check_iban(student.iban), holder=student.name)
    request.refresh_from_db()
    if student.end != "ready":
        _sign(user, request)
    return request


def goes_through_school(student: Student) -> bool:
    return student.school in THROUGH_SCHOOL or student.end == "stalled"


def certify(by: User, request: AidRequest) -> None:
    level = ("3e année", "4e année", "5e année")[request.pk % 3]
    actions.certify_enrolment(
        by=by, request=request, university_year="2019-2020", level=level, revision=request.revision
    )


def certified_on(student: Student) -> date:
    """The next day on which people work."""
    day = student.asked_on + CERTIFIED_AFTER
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def withdraw(request: AidRequest) -> None:
    actions.withdraw_request(by=request.applicant.user, request=request)


def ask_again(request: AidRequest) -> None:
    """A refused student says what was overlooked and adds a paper."""
    upload = check_upload("attestation.pdf", _paper(request, "attestation"))
    actions.ask_reexamination(by=request.applicant.user, request=request, text=OVERLOOKED, uploads=[upload])


def give_other_account(student: Student, request: AidRequest) -> None:
    """After the bank sent the money back: another account, signed for with a code."""
    user = request.applicant.user
    details = actions.propose_account(
        by=user, request=request, iban=check_iban(student.other_iban), holder=student.name
    )
    code = actions.send_account_code(by=user, request=request, details=details)
    statement = other_account_statement(request, details)
    actions.give_other_account(
        by=user,
        request=request,
        details=details,
        place=request.school.city,
        ticked=_facts(statement),
        code=_digits(code),
        content_hash=statement.content_hash,
        trace=_TRACE,
    )


def identity_of(student: Student) -> Identity:
    return Identity(
        first_name=student.first_name,
        last_name=student.last_name,
        birth_date=student.birth_date,
        birth_place="Essai-sur-Loire",
        address=student.address,
    )


def _sign(user: User, request: AidRequest) -> None:
    code = actions.send_signature_code(by=user, request=request)
    statement = declaration_statement(request)
    actions.sign_declaration(
        by=user,
        request=request,
        place=request.school.city,
        ticked=_facts(statement),
        code=_digits(code),
        content_hash=statement.content_hash,
        trace=_TRACE,
    )


def _facts(statement: Statement) -> list[str]:
    return [fact for fact, _sentence in statement.facts]


def _digits(code: SignatureCode) -> str:
    """What the mail says: nobody else knows the code."""
    text = vault.open_text(OutgoingMail.objects.get(key=f"signature-code:{code.pk}").text_sealed)
    digits = re.search(r"\b\d{6}\b", text)
    return digits.group() if digits else ""


def _paper(request: AidRequest, kind: str) -> bytes:
    """A one-page paper that says that it is invented; no two are alike."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 760, f"Piece de demonstration : {kind} ({request.reference})")
    canvas.showPage()
    canvas.save()
    return out.getvalue()
