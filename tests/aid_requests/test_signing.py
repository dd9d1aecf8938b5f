import hashlib
import json
import logging
from io import BytesIO

import pypdf
import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from aid_requests import actions
from aid_requests.actions.one_time_codes import VALIDITY
from aid_requests.declarations import declaration_statement, render
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, Declaration, SignatureCode
from aid_requests.models.requests import RequestState
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.models import OutgoingMail, User
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh, sent_code, sign, sign_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


def refusal_of(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.refusal.code


def test_signing_submits_the_request_and_freezes_what_was_read(student, complete):
    declaration = sign(student, complete)
    request = fresh(complete)
    assert (request.state, request.amount_cents, request.case_code) == (
        "submitted",
        15000,
        "student_job_stopped",
    )
    pdf = vault.open_for(request.applicant.subject_key, declaration.pdf_sealed)
    assert hashlib.sha256(pdf).hexdigest() == declaration.pdf_sha256
    assert pdf.startswith(b"%PDF-")
    assert declaration.facts[-1] == "give_back"
    call_command("check_ledger")


def test_the_proof_says_who_signed_what_when_and_how(student, complete):
    declaration = sign(student, complete)
    proof = vault.open_json_for(complete.applicant.subject_key, declaration.proof_sealed)
    assert proof["account"] == student.pk
    assert proof["text_hash"] == declaration.content_hash
    assert proof["pdf_sha256"] == declaration.pdf_sha256
    assert proof["ip"] == "192.0.2.7"
    assert set(proof["facts"]) == set(declaration.facts)
    assert proof["code"]["channel"] == "e-mail"
    assert len(proof["papers"]) == len(factories.PAPERS)


def test_the_same_statement_gives_the_same_bytes(complete):
    statement = declaration_statement(complete)
    day = clock.today()
    assert render(statement, place="Lyon", signed_on=day) == render(statement, place="Lyon", signed_on=day)
    assert render(statement, place="Lyon", signed_on=day) != render(statement, place="Nice", signed_on=day)


def test_the_pdf_holds_the_identity_the_facts_and_the_penal_law(complete):
    pdf = render(declaration_statement(complete), place="Grenoble", signed_on=clock.today())
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())
    for words in (
        "Zélie-Marker Quartzmarker",
        "9 septembre 1999",
        "150,00",
        "mon emploi étudiant s’est arrêté le 16 mars 2020",
        "441-7",
        "313-1",
        "441-6",
        "Fait pour servir et valoir ce que de droit",
        "Fait à Grenoble, le 15 mai 2020",
    ):
        assert words in text, words
    assert "0189" not in text.replace("•••0 189", "")


def test_a_wrong_code_costs_a_try_and_five_end_the_code(student, complete):
    actions.send_signature_code(by=student, request=complete)
    good = sent_code(student)
    wrong = "000000" if good != "000000" else "111111"
    for _ in range(4):
        assert refusal_of(sign_with, student, complete, code=wrong) == "wrong_code"
    assert refusal_of(sign_with, student, complete, code=wrong) == "five_tries"
    assert refusal_of(sign_with, student, complete, code=good) == "five_tries"
    assert SignatureCode.objects.get().tries == 5
    assert fresh(complete).state == RequestState.DRAFT


def test_the_sentence_says_how_many_tries_are_left(student, complete):
    actions.send_signature_code(by=student, request=complete)
    with pytest.raises(Refused) as caught:
        sign_with(student, complete, code="abc")
    assert caught.value.refusal.sentence == "Ce code n’est pas le bon. Il vous reste 4 essais."


def test_a_code_typed_with_spaces_signs(student, complete):
    actions.send_signature_code(by=student, request=complete)
    code = sent_code(student)
    assert sign_with(student, complete, code=f" {code[:3]}\u00a0{code[3:]} ")


def test_a_late_code_is_refused(student, complete):
    actions.send_signature_code(by=student, request=complete)
    code = sent_code(student)
    with time_machine.travel(timezone.now() + VALIDITY):
        assert refusal_of(sign_with, student, complete, code=code) == "late"


def test_a_fourth_code_within_a_quarter_of_an_hour_is_refused(student, complete):
    for _ in range(3):
        actions.send_signature_code(by=student, request=complete)
    assert refusal_of(actions.send_signature_code, by=student, request=complete) == "too_many_codes"
    with time_machine.travel(timezone.now() + VALIDITY):
        assert actions.send_signature_code(by=student, request=complete)


def test_only_the_last_code_counts(student, complete):
    actions.send_signature_code(by=student, request=complete)
    first = sent_code(student)
    actions.send_signature_code(by=student, request=complete)
    if sent_code(student) != first:
        assert refusal_of(sign_with, student, complete, code=first) == "wrong_code"
    assert sign_with(student, complete, code=sent_code(student))


def test_no_code_was_asked_for(student, complete):
    assert refusal_of(sign_with, student, complete, code="123456") == "no_code"


def test_signing_twice_makes_one_row_and_says_so(student, complete):
    statement = declaration_statement(complete)
    sign(student, complete)
    with pytest.raises(AlreadyDone):
        actions.sign_declaration(
            by=student,
            request=complete,
            place="Grenoble",
            ticked=[fact for fact, _text in statement.facts],
            code=sent_code(student),
            content_hash=statement.content_hash,
            trace=factories.TRACE,
        )
    assert Declaration.objects.count() == 1


def test_every_fact_must_be_ticked(student, complete):
    actions.send_signature_code(by=student, request=complete)
    code = sent_code(student)
    some = [fact for fact, _text in declaration_statement(complete).facts][1:]
    assert refusal_of(sign_with, student, complete, code=code, ticked=some) == "unticked"
    assert refusal_of(sign_with, student, complete, code=code, ticked=[]) == "unticked"
    assert refusal_of(sign_with, student, complete, code=code, place="  ") == "place"
    assert SignatureCode.objects.get().tries == 0
    assert sign_with(student, complete, code=code)


def test_a_change_after_the_code_needs_another_code(student, complete):
    actions.send_signature_code(by=student, request=complete)
    code = sent_code(student)
    actions.save_account(
        by=student,
        request=complete,
        iban=check_iban(factories.OTHER_IBAN),
        holder="Zélie-Marker Quartzmarker",
    )
    assert refusal_of(sign_with, student, complete, code=code) == "changed"
    assert sign(student, complete)


def test_a_page_that_shows_the_former_text_does_not_sign(student, complete):
    """Two browsers at the same step: the second edit wins, and the first page must be read again."""
    old = declaration_statement(complete).content_hash
    document = complete.documents.get(kind="rent_receipt")
    actions.remove_document(by=student, document=document)
    upload = actions.add_document(
        by=student,
        request=complete,
        kind="rent_receipt",
        upload=factories.check_upload("b.jpg", factories.picture()),
    )
    assert upload.removed_at is None
    actions.send_signature_code(by=student, request=complete)
    assert refusal_of(sign_with, student, complete, code=sent_code(student), content_hash=old) == "changed"


@pytest.mark.parametrize("what", ["identity", "answers", "paper", "account"])
def test_nothing_is_signed_while_something_is_missing(student, complete, what):
    if what == "identity":
        complete.applicant.identity_sealed = ""
        complete.applicant.save(update_fields=["identity_sealed"])
    elif what == "answers":
        actions.save_answers(by=student, request=complete, answers={"enrolled": True}, story="")
    elif what == "paper":
        actions.remove_document(by=student, document=complete.documents.first())
    else:
        complete.bank_details = None
        complete.save(update_fields=["bank_details"])
    assert refusal_of(actions.send_signature_code, by=student, request=complete) == "incomplete"


def test_a_minor_does_not_sign_alone(student, complete):
    minor = factories.Identity(
        **{**vars(factories.IDENTITY), "birth_date": clock.today().replace(year=2002, day=16)}
    )
    actions.save_identity(by=student, request=complete, identity=minor, through_school=True)
    assert refusal_of(actions.send_signature_code, by=student, request=complete) == "incomplete"
    adult = factories.Identity(**{**vars(factories.IDENTITY), "birth_date": clock.today().replace(year=2002)})
    actions.save_identity(by=student, request=complete, identity=adult, through_school=True)
    assert identity_of(fresh(complete).applicant) == adult


def test_a_second_request_in_the_year_is_over_the_cap(student, complete):
    sign(student, complete)
    assert refusal_of(factories.draft, student) == "cap_requests"


def test_a_new_university_year_opens_the_cap_again(student, complete):
    sign(student, complete)
    request = fresh(complete)
    AidRequest.objects.filter(pk=request.pk).update(submitted_at=clock.moment().replace(year=2019))
    assert factories.draft(student).pk != request.pk


def test_a_closed_scheme_is_not_signed_but_a_corrected_file_is(student, complete):
    """Failure 31: the closing date must not catch a file that was handed in and is being corrected."""
    later = clock.DEMO_START.replace(month=7, day=1)
    with clock.at(later):
        assert refusal_of(actions.send_signature_code, by=student, request=complete) == "closed"
    sign(student, complete)
    actions.correct_request(by=student, request=complete)
    with clock.at(later):
        assert sign(student, complete)


def test_a_code_of_the_former_revision_signs_nothing(student, complete):
    sign(student, complete)
    actions.correct_request(by=student, request=complete)
    assert refusal_of(sign_with, student, complete, code=sent_code(student)) == "no_code"


def test_somebody_else_can_neither_sign_nor_change_the_request(student, complete, school):
    other = User.objects.create_user("other@nord.example")
    assert refusal_of(actions.send_signature_code, by=other, request=complete) == "not_yours"
    assert refusal_of(actions.withdraw_request, by=other, request=complete) == "not_yours"
    assert refusal_of(actions.save_answers, by=other, request=complete, answers={}, story="") == "not_yours"


def test_the_acknowledgement_is_written_once_with_its_date_and_a_neutral_subject(student, complete):
    sign(student, complete)
    mail = OutgoingMail.objects.get(key=f"request:{complete.pk}:submitted:1")
    text = vault.open_text(mail.text_sealed)
    assert mail.subject == "Votre demande a avancé"
    assert "15 mai 2020" in text and complete.reference in text and str(complete.token) in text
    assert "€" not in text and factories.LAST_NAME not in text


def test_nothing_personal_lies_in_clear_anywhere(student, complete, people, caplog):
    """Marker words in every identifying field are found in no column, log or mail subject."""
    with caplog.at_level(logging.DEBUG):
        sign(student, complete)
        actions.certify_enrolment(
            by=people.referent, request=complete, university_year="2019-2020", level="year-4", revision=1
        )
    markers = [
        factories.FIRST_NAME,
        factories.LAST_NAME,
        "Marqueur",
        "marqueur-de-récit",
        "3000600001",
        "67890189",
    ]
    found = [
        f"{model._meta.label}.{field.name}"
        for model in every_model()
        for row in model._default_manager.all()
        for field in row._meta.concrete_fields
        for marker in markers
        if marker in as_text(getattr(row, field.attname))
    ]
    assert found == []
    assert not [marker for marker in markers if marker in caplog.text]


def every_model() -> list[type[models.Model]]:
    return [model for app in ("aid_requests", "fund") for model in apps.get_app_config(app).get_models()]


def as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def test_a_code_that_signed_does_not_count_among_the_three(student, complete):
    for _ in range(3):
        sign(student, complete)
        actions.correct_request(by=student, request=complete)
    for _ in range(3):
        actions.send_signature_code(by=student, request=complete)
    assert refusal_of(actions.send_signature_code, by=student, request=complete) == "too_many_codes"
