"""« Pas par mon école », before a referent elsewhere: what they are told, a certificate sent without the school."""

import uuid
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.committee import case_files
from aid_requests.correspondence.revisions import Snapshot
from aid_requests.declarations import declaration_statement
from aid_requests.documents import ENROLMENT_PROOF, check_upload
from aid_requests.doors import doors_of
from aid_requests.models import AidRequest, Document
from aid_requests.timeline import timeline
from fund.models import AuditEvent
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.aid_requests.people_pages import WORDS, add_door
from tests.aid_requests.register.factories import STUDENT, applied
from tests.papers import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation", "pocket")]

PAS = "Pas par son école\u00a0: n’en dites rien à l’école."


@pytest.fixture
def hidden(student) -> AidRequest:
    return factories.submitted(student, through_school=False)


@pytest.fixture
def lost(hidden, people) -> AidRequest:
    actions.report_not_found(by=people.national_referent, request=hidden, revision=hidden.revision)
    return fresh(hidden)


def send(client, request: AidRequest, token=None, content: bytes | None = None):
    file = SimpleUploadedFile("certificat.pdf", content or pdf("certificat"))
    return client.post(
        reverse("request_enrolment_proof", args=[request.token]),
        {"proof": file, "form_token": token or uuid.uuid4()},
    )


def test_a_referent_elsewhere_is_told_to_say_nothing_to_the_school(hidden, people, client_of):
    desk = client_of(people.national_referent)
    assert PAS in desk.get(reverse("certification_list")).content.decode()
    page = desk.get(reverse("certify_request", args=[hidden.token])).content.decode()
    assert PAS in page and "certificat de scolarité" in page and "de contacter son école" not in page


def test_a_request_through_the_school_says_none_of_it(student, people, client_of):
    request = factories.submitted(student)
    desk = client_of(people.national_referent)
    for name, args in (("certification_list", []), ("certify_request", [request.token])):
        assert PAS not in desk.get(reverse(name, args=args)).content.decode()


def test_who_is_not_found_is_not_sent_to_the_school_but_asked_for_a_certificate(lost, browser):
    page = browser.get(reverse("request_page", args=[lost.token])).content.decode()
    assert reverse("request_enrolment_proof", args=[lost.token]) in page
    assert "Contactez la scolarité" not in page and "Votre école n’en sait rien" in page


def test_a_certificate_is_sent_told_opened_and_changes_nothing_that_was_signed(
    lost, browser, people, client_of
):
    statement, snapshot = declaration_statement(lost), Snapshot.of(lost)
    assert send(browser, lost).status_code == 302
    paper = Document.objects.get(kind=ENROLMENT_PROOF)
    assert fresh(lost).state == "submitted" and lost.messages.filter(party="school").count() == 1
    assert declaration_statement(fresh(lost)) == statement and Snapshot.of(fresh(lost)) == snapshot
    assert "est reçu le" in browser.get(reverse("request_page", args=[lost.token])).content.decode()
    desk = client_of(people.national_referent)
    assert "Certificat reçu" in desk.get(reverse("certification_list")).content.decode()
    address = reverse("enrolment_proof_file", args=[lost.token, paper.token])
    assert address in desk.get(reverse("certify_request", args=[lost.token])).content.decode()
    answer = desk.post(address)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(action="document.read", object_id=str(paper.pk)).count() == 1
    for who in (people.referent, people.other_referent, people.member1, people.administrator):
        assert client_of(who).post(address).status_code in (403, 404)


def test_the_committee_never_sees_the_certificate(lost, browser, people, client_of):
    send(browser, lost)
    paper = Document.objects.get(kind=ENROLMENT_PROOF)
    actions.certify_enrolment(
        by=people.national_referent,
        request=lost,
        university_year="2019-2020",
        level="year-4",
        revision=lost.revision,
    )
    shown = [one.document.pk for one in case_files.case_file(fresh(lost), "fr").papers]
    assert shown and paper.pk not in shown
    address = reverse("review_document", args=[lost.token, paper.token])
    assert client_of(people.member1).post(address).status_code == 404


def test_the_same_certificate_and_the_same_form_make_one(lost, student):
    token, upload = uuid.uuid4(), check_upload("a.pdf", pdf("a"))
    first = actions.send_enrolment_proof(by=student, request=lost, upload=upload, form_token=token)
    again = actions.send_enrolment_proof(by=student, request=lost, upload=upload, form_token=uuid.uuid4())
    assert first == again
    with pytest.raises(AlreadyDone):
        actions.send_enrolment_proof(
            by=student, request=lost, upload=check_upload("b.pdf", pdf("b")), form_token=token
        )
    assert Document.objects.filter(kind=ENROLMENT_PROOF).count() == 1


def test_no_certificate_is_taken_where_none_is_awaited(hidden, student, browser):
    upload = check_upload("a.pdf", pdf("a"))
    with pytest.raises(Refused):
        actions.send_enrolment_proof(by=student, request=hidden, upload=upload, form_token=uuid.uuid4())
    assert send(browser, hidden).status_code == 302 and not Document.objects.filter(kind=ENROLMENT_PROOF)


def test_what_is_no_paper_is_told(lost, browser):
    answer = send(browser, lost, content=b"nothing that anybody reads")
    assert answer.status_code == 422 and 'id="proof_error"' in answer.content.decode()
    form = {"form_token": uuid.uuid4()}
    answer = browser.post(reverse("request_enrolment_proof", args=[lost.token]), form)
    assert answer.status_code == 422


def test_the_doors_of_the_schools_own_people_are_left_out(hidden, people, school):
    add_door(people.referent, school, replace(WORDS, label_fr="Mme Exemple, à l’école"))
    scheme = sealed.scheme_of(hidden.scheme_version)
    labels = [one.label for one in doors_of(school, scheme, language="fr")]
    kept = [one.label for one in doors_of(school, scheme, language="fr", through_school=False)]
    assert "La personne référente de votre école" in labels and "Mme Exemple, à l’école" in labels
    assert kept and not [label for label in kept if "école" in label]


def test_the_thread_says_how_the_student_reads_its_author(hidden, student, people, client_of):
    page = client_of(people.national_referent).get(reverse("thread_page", args=[hidden.token]))
    assert "Une personne référente, hors de votre école" in page.content.decode()
    assert PAS in page.content.decode() and "L’équipe de votre école" not in page.content.decode()


def test_another_request_keeps_the_school_out_until_told_otherwise(hidden, student, browser):
    factories.open_scheme("mobility-aid")
    again = actions.start_request(by=student, slug="mobility-aid", raw_answers={})
    assert not again.through_school
    page = browser.get(reverse("request_you", args=[again.token])).content.decode()
    box = page[page.index('name="not_through_school"') - 60 :][:200]
    assert "checked" in box
    actions.save_identity(by=student, request=again, identity=factories.IDENTITY, through_school=False)
    assert not fresh(again).through_school


def test_a_list_that_certifies_is_told_as_read_by_the_software(people, school, student):
    applied(people.referent, school, [STUDENT])
    request = factories.submitted(student, through_school=False)
    details = [entry.detail for entry in timeline(request)]
    assert request.state == "in_review"
    assert "Le logiciel a lu la liste de votre école. Personne n’y est prévenu." in details
    assert "Par la liste de votre école" not in details
