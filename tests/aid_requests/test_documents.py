import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from aid_requests import actions, documents
from aid_requests.documents import check_upload
from aid_requests.models import Document
from aid_requests.views import documents as documents_page
from fund import vault
from fund.models import User
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import PDF, fresh, picture
from tests.papers import pdf


@pytest.fixture
def page(may_2020, foundation, student, client_of):
    """(the browser, a draft whose papers are asked for, the address of the step)."""
    request = factories.draft(student)
    return client_of(student), request, reverse("request_documents", args=[request.token])


def send(browser, url: str, data: bytes, *, kind: str = "rent_receipt", name: str = "Quittance de Zélie.pdf"):
    file = SimpleUploadedFile(name, data)
    return browser.post(url, {"add": kind, f"file-{kind}": file}, follow=True)


def test_a_paper_is_kept_as_ciphertext_under_a_random_name(page, student):
    browser, request, url = page
    response = send(browser, url, PDF)
    assert "La pièce est reçue" in response.content.decode()
    document = Document.objects.get()
    with storages["private"].open(document.storage_name) as file:
        stored = file.read()
    assert PDF not in stored and b"%PDF" not in stored
    kept = documents.read_file(document)
    assert kept == check_upload("", PDF).data and document.sha256 == hashlib.sha256(kept).hexdigest()
    sent = hashlib.sha256(PDF).hexdigest()
    assert document.fingerprint == vault.blind_index("document", sent) and document.sha256 != sent
    assert "Zélie" not in document.storage_name + document.title_sealed
    download = browser.get(reverse("document_file", args=[request.token, document.token]))
    assert download.content == kept
    assert download["Content-Disposition"] == f'attachment; filename="piece-{document.pk}.pdf"'
    assert download["Cache-Control"] == "no-store" and download["X-Content-Type-Options"] == "nosniff"
    assert download["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_same_file_sent_twice_is_one_paper(page):
    browser, _request, url = page
    send(browser, url, PDF)
    send(browser, url, PDF)
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "Ce fichier est vide"), (b"Not a PDF", "pas un PDF lisible. Une photo nette suffit")],
)
def test_a_refused_file_is_told_beside_its_field_and_nothing_is_lost(page, data, sentence):
    browser, request, url = page
    send(browser, url, picture(), kind="last_payslip", name="a.jpg")
    text = send(browser, url, data).content.decode()
    assert sentence in text and 'aria-invalid="true"' in text
    assert request.documents.filter(removed_at=None).count() == 1


def test_sending_no_file_at_all_is_told(page):
    browser, _request, url = page
    text = browser.post(url, {"add": "rent_receipt"}).content.decode()
    assert "Choisissez un fichier" in text


def test_a_file_far_too_big_is_dropped_while_it_arrives(page, settings, monkeypatch):
    """50 MB: nothing past the limit is kept, and the sentence says what to send instead."""
    settings.DOCUMENT_MAX_BYTES = 200_000
    monkeypatch.setattr(documents, "check_upload", None)  # it must not even be looked at
    browser, request, url = page
    text = send(browser, url, b"%PDF-" + b"x" * 1_000_000).content.decode()
    assert "dépasse 8" in text
    assert not request.documents.exists()


def test_a_hopeless_size_is_not_read_at_all(page, monkeypatch):
    monkeypatch.setattr(documents_page, "_HOPELESS_BYTES", 1000)
    read = []
    handler = documents_page.CappedUploadHandler
    monkeypatch.setattr(handler, "receive_data_chunk", lambda self, data, start: read.append(len(data)))
    browser, _request, url = page
    text = send(browser, url, b"%PDF-" + b"x" * 5000).content.decode()
    assert "dépassent 64" in text and read == []


def test_the_upload_still_checks_the_forgery_token(page, student):
    _browser, request, url = page
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert send(strict, url, PDF).status_code == 403
    assert not request.documents.exists()


def chosen(*kinds: str) -> dict[str, SimpleUploadedFile]:
    return {f"file-{kind}": SimpleUploadedFile("a.pdf", pdf(kind)) for kind in kinds}


def test_continuing_sends_what_was_chosen_and_leads_on(page):
    browser, request, url = page
    response = browser.post(url, {"act": "continue", **chosen(*factories.PAPERS)})
    assert response.headers["Location"] == reverse("request_account", args=[request.token])
    assert set(request.documents.values_list("kind", flat=True)) == set(factories.PAPERS)


def test_continuing_without_a_required_paper_stays_and_says_which(page):
    browser, request, url = page
    text = browser.post(url, {"act": "continue", **chosen("last_payslip")}).content.decode()
    assert request.documents.get().kind == "last_payslip"
    assert "Pour continuer, il manque\u00a0: La dernière quittance de loyer ou l’avis d’échéance." in text
    assert text.count("Choisissez ce fichier pour continuer.") == 1


def test_one_refused_file_among_others_loses_only_itself(page):
    browser, request, url = page
    wrong = {"file-rent_receipt": SimpleUploadedFile("b.pdf", b"Not a PDF")}
    text = browser.post(url, {"act": "continue", **wrong, **chosen("last_payslip")}).content.decode()
    assert "pas un PDF lisible" in text and request.documents.get().kind == "last_payslip"


def test_taking_a_paper_away_keeps_what_was_just_chosen(page):
    browser, request, url = page
    send(browser, url, PDF, kind="last_payslip")
    first = request.documents.get()
    browser.post(url, {"remove": first.token, **chosen("rent_receipt")})
    assert request.documents.get(removed_at=None).kind == "rent_receipt"


def test_a_removed_paper_loses_its_file(page, django_capture_on_commit_callbacks):
    browser, request, url = page
    send(browser, url, PDF)
    document = request.documents.get()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url, {"remove": document.token})
    document.refresh_from_db()
    assert document.removed_at is not None
    assert not storages["private"].exists(document.storage_name)
    assert browser.get(reverse("document_file", args=[request.token, document.token])).status_code == 404


@pytest.mark.parametrize("token", ["", "not-a-token", "6f2d5c1e-0000-4000-8000-000000000000"])
def test_removing_what_is_not_there_is_not_found(page, token):
    browser, _request, url = page
    assert browser.post(url, {"remove": token}).status_code == 404


def test_a_paper_that_a_signed_declaration_names_keeps_its_file(
    may_2020, foundation, student, django_capture_on_commit_callbacks
):
    request = factories.submitted(student)
    actions.correct_request(by=student, request=request)
    document = request.documents.all()[0]
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(by=student, document=document)
    assert storages["private"].exists(document.storage_name)
    assert actions.sweep_documents().startswith("0 files removed")


def test_papers_of_a_signed_request_stay_as_they_are(may_2020, foundation, student):
    request = factories.submitted(student)
    with pytest.raises(AlreadyDone):
        actions.remove_document(by=student, document=request.documents.all()[0])
    with pytest.raises(AlreadyDone):
        actions.add_document(
            by=student, request=request, kind="rent_receipt", upload=check_upload("a.pdf", PDF)
        )


def test_a_paper_nobody_asked_for_is_refused(may_2020, foundation, student):
    with pytest.raises(Refused):
        actions.add_document(
            by=student, request=factories.draft(student), kind="passport", upload=check_upload("a.pdf", PDF)
        )


def test_no_more_than_thirty_papers_and_many_files_at_once(page):
    browser, request, url = page
    files = [SimpleUploadedFile(f"page-{number}.pdf", pdf(f"page {number}")) for number in range(31)]
    text = browser.post(url, {"add": "rent_receipt", "file-rent_receipt": files}).content.decode()
    assert "«\u00a0page-30.pdf\u00a0»\u00a0: Trente pièces au plus" in text
    assert request.documents.count() == 30
    text = send(browser, url, picture()).content.decode()
    assert "Trente pièces au plus" in text and "page-30.pdf" not in text
    assert request.documents.count() == 30


def test_one_bad_file_among_several_of_one_field_is_named_and_loses_only_itself(page):
    browser, request, url = page
    files = [SimpleUploadedFile("a.pdf", pdf("a")), SimpleUploadedFile("<b>.pdf", b"words")]
    text = browser.post(url, {"act": "continue", "file-rent_receipt": files}).content.decode()
    assert "«\u00a0&lt;b&gt;.pdf\u00a0»\u00a0: Ce fichier n’est pas un PDF lisible" in text
    assert request.documents.count() == 1


def test_the_sweep_takes_orphans_after_a_day_and_tells_of_missing_files(page, caplog):
    browser, request, url = page
    send(browser, url, PDF)
    storage = storages["private"]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        actions.sweep_documents()  # what other tests left in the storage they share
    orphan = storage.save(f"{documents.FOLDER}/feedbeef", ContentFile(b"left by a crash"))
    assert actions.sweep_documents() == "0 files removed, 0 documents without file"
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert actions.sweep_documents() == "1 files removed, 0 documents without file"
    assert not storage.exists(orphan)
    document = request.documents.get()
    storage.delete(document.storage_name)
    assert actions.sweep_documents() == "0 files removed, 1 documents without file"
    assert str(document.pk) in caplog.text
    assert browser.get(reverse("document_file", args=[request.token, document.token])).status_code == 404


def test_nobody_else_gets_the_file(page, client_of, people):
    browser, request, url = page
    send(browser, url, PDF)
    address = reverse("document_file", args=[request.token, request.documents.get().token])
    stranger = User.objects.create_user("stranger@nord.example")
    assert client_of(stranger).get(address).status_code == 404
    for staff in (people.member1, people.referent, people.treasurer, people.auditor):
        assert client_of(staff).get(address).status_code == 403
    assert fresh(request).state == "draft"


def test_an_identity_paper_is_kept_with_its_watermark_only(may_2020, foundation, student):
    text = factories.open_scheme().definition
    marked = text.replace("- code: rent_receipt\n", "- code: rent_receipt\n  watermark: yes\n")
    assert marked != text
    actions.load_scheme(by=None, text=marked)
    request = factories.draft(student)
    assert request.scheme_version.number == 2
    upload = check_upload("id.pdf", PDF)
    document = actions.add_document(by=student, request=request, kind="rent_receipt", upload=upload)
    again = actions.add_document(by=student, request=request, kind="rent_receipt", upload=upload)
    kept = PdfReader(BytesIO(documents.read_file(document))).pages[0].extract_text()
    assert f"Copie réservée à la cagnotte — {request.reference} — 15/05/2020" in kept and "Quittance" in kept
    assert again == document and document.fingerprint == vault.blind_index("document", upload.sent_sha256)
    plain = actions.add_document(by=student, request=request, kind="last_payslip", upload=upload)
    assert "Copie" not in PdfReader(BytesIO(documents.read_file(plain))).pages[0].extract_text()
