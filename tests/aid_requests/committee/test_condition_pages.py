"""Papers that are awaited, adjournments, delegations and signatures, as each person meets them in the browser."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_requests.committee import actions
from aid_requests.exports_of_applicant import applicant_archive
from aid_requests.models import AidRequest, Vote
from aid_requests.views import waiting_list
from fund import clock
from fund.models import RoleGrant
from tests.aid_requests.committee.outcome_files import bring, decide, vote
from tests.aid_requests.committee.test_delegation_and_opinion import delegation_to, opinion_signed_by
from tests.aid_requests.committee.test_outcome_pages import page
from tests.aid_requests.committee.test_rules import opened
from tests.papers import pdf

pytestmark = pytest.mark.usefixtures("proved")


def ballot(**more: object) -> dict[str, object]:
    return {"revision": 1, "round_number": 1, "turn": 1, **more}


@pytest.fixture
def waiting(committee, file_of) -> AidRequest:
    """A grant subject to one paper."""
    request = file_of()
    decide(request, [committee.member1, committee.member2], "grant_subject")
    return request


def test_a_member_grants_subject_to_papers_that_the_page_lists(committee, file_of, client_of):
    request = file_of()
    client, address = client_of(committee.member1), reverse("cast_vote", args=[request.token])
    text = page(client, "request_review", request.token)
    for value in ("grant_subject", "adjourn", "expense_proof", "last_payslip"):
        assert f'value="{value}"' in text
    missing = client.post(address, ballot(choice="grant_subject"))
    assert missing.status_code == 422 and "Choisissez la pièce" in missing.content.decode()
    unknown = client.post(address, ballot(choice="grant_subject", paper_codes=["a_kidney"]))
    assert unknown.status_code == 422
    given = client.post(
        address, ballot(choice="grant_subject", paper_codes=["expense_proof", "last_payslip"])
    )
    assert given.status_code == 302
    assert Vote.objects.get().paper_codes == ["expense_proof", "last_payslip"]


def test_a_student_reads_which_paper_until_when_and_sends_it(committee, client_of, waiting):
    client = client_of(waiting.applicant.user)
    text = page(client, "request_page", waiting.token)
    for words in ("sous réserve", "14 juin 2020", "Une facture ou une quittance", "Envoyer une pièce"):
        assert words in text
    address = reverse("request_papers", args=[waiting.token])
    assert page(client, "request_papers", waiting.token).count('type="file"') == 1
    nothing = client.post(address, {"code": "expense_proof"})
    assert nothing.status_code == 422
    bad = client.post(address, {"code": "expense_proof", "paper": SimpleUploadedFile("x.pdf", b"not a pdf")})
    assert bad.status_code == 422 and waiting.decisions.get().brought.count() == 0
    other = client.post(address, {"code": "last_payslip", "paper": SimpleUploadedFile("x.pdf", pdf("x"))})
    assert other.status_code == 422
    good = client.post(address, {"code": "expense_proof", "paper": SimpleUploadedFile("x.pdf", pdf("x"))})
    assert good.status_code == 302 and waiting.decisions.get().brought.count() == 1
    text = page(client, "request_page", waiting.token)
    assert "Tout est reçu" in text and address not in text


def test_a_referent_looks_returns_and_accepts(committee, client_of, waiting):
    paper = bring(waiting)
    client = client_of(committee.referent)
    listed = page(client, "awaited_papers")
    assert waiting.reference in listed
    file = client.post(reverse("awaited_file", args=[paper.token]))
    assert file.status_code == 200 and "marqueur" not in file["Content-Disposition"]
    wrong = client.post(reverse("return_paper", args=[paper.token]), {"fault": ""})
    assert wrong.status_code == 422 and "Dites pourquoi" in wrong.content.decode()
    client.post(reverse("return_paper", args=[paper.token]), {"fault": "incomplete"})
    student = client_of(waiting.applicant.user)
    assert "Il manque une partie de cette pièce." in page(student, "request_page", waiting.token)
    again = bring(waiting, "facture entière")
    assert client.post(reverse("accept_paper", args=[again.token])).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "granted"
    assert client.post(reverse("accept_paper", args=[again.token])).status_code == 404
    text = page(student, "request_page", waiting.token)
    assert "Votre aide est accordée" in text and "La décision, la pièce étant là" in text


def test_the_page_of_a_paper_says_nothing_else_of_the_file(committee, client_of, waiting):
    bring(waiting)
    for person in (committee.referent, committee.chair):
        text = page(client_of(person), "awaited_page", waiting.token)
        for mark in ("Marqueur", "Quintefeuille", "marqueur.pdf", waiting.school.name, "150"):
            assert mark not in text, mark


def test_another_school_s_referent_finds_no_such_paper(committee, client_of, waiting):
    paper = bring(waiting)
    client = client_of(committee.other_referent)
    assert client.get(reverse("awaited_page", args=[waiting.token])).status_code == 404
    for name in ("awaited_file", "accept_paper", "return_paper"):
        assert client.post(reverse(name, args=[paper.token])).status_code == 404


def test_what_lapsed_is_told_with_the_door_of_re_examination(committee, client_of, waiting):
    with clock.at(clock.DEMO_START + timedelta(days=31)):
        actions.keep_conditions()
        text = page(client_of(waiting.applicant.user), "request_page", waiting.token)
    assert "La pièce demandée n’est pas arrivée" in text
    assert reverse("request_reexamination", args=[waiting.token]) in text


def test_the_export_holds_papers_and_adjournments_without_saying_who(committee, waiting, file_of):
    bring(waiting)
    put_off = file_of(2)
    for member in (committee.member1, committee.member2):
        vote(member, put_off, "adjourn")
    data = {}
    for request in (waiting, put_off):
        archive = zipfile.ZipFile(BytesIO(b"".join(applicant_archive(request.applicant))))
        data[request.pk] = json.loads(archive.read("mes-donnees.json"))["requests"][0]
        for row in data[request.pk]["adjournments"]:
            assert archive.read(row["file"]).startswith(b"%PDF")
    (decision,) = data[waiting.pk]["decisions"]
    assert decision["papers_asked"] == ["expense_proof"] and decision["papers_until"] == "2020-06-14"
    assert decision["papers_brought"][0]["accepted"] is None
    (row,) = data[put_off.pk]["adjournments"]
    assert row["read_again_on"] == "2020-05-29" and "member" not in json.dumps(row)


def test_a_student_whose_file_was_put_off_reads_what_is_missing(committee, file_of, client_of):
    request = file_of()
    for member in (committee.member1, committee.member2):
        client_of(member).post(
            reverse("cast_vote", args=[request.token]), ballot(choice="adjourn", reason_code="expense")
        )
    client = client_of(request.applicant.user)
    text = page(client, "request_page", request.token)
    for words in ("Le comité relira votre demande", "la dépense que l’aide doit payer", "29 mai 2020"):
        assert words in text
    letter = client.get(reverse("adjournment_file", args=[request.token, request.adjournments.get().pk]))
    assert letter.status_code == 200 and letter["Content-Type"] == "application/pdf"
    members = page(client_of(committee.chair), "request_review", request.token)
    assert "Le comité a ajourné ce dossier" in members and 'name="turn"' not in members
    with clock.at(clock.DEMO_START + timedelta(days=14)):
        members = page(client_of(committee.chair), "request_review", request.token)
        assert "Le comité a ajourné ce dossier" in members and 'name="turn" value="2"' in members


def test_a_delegate_decides_on_the_page_and_the_committee_reads_the_report(committee, file_of, client_of):
    opened(committee.administrator, delegation_to(committee.member2.pk))
    request = file_of()
    delegate = client_of(committee.member2)
    text = page(delegate, "request_review", request.token)
    assert "Décider par délégation" in text and 'value="abstain"' not in text
    assert 'value="grant"' not in page(client_of(committee.member1), "request_review", request.token)
    delegate.post(reverse("cast_vote", args=[request.token]), ballot(choice="grant"))
    report = page(client_of(committee.member1), "delegation_list")
    assert request.reference in report and "Délibération 2020-03" in report and "150" in report


def test_a_signer_reads_the_opinion_and_signs_otherwise_with_a_reason(committee, file_of, client_of):
    opened(committee.administrator, opinion_signed_by("chair"))
    request = file_of()
    decide(request, [committee.member1, committee.member2], "grant")
    chair, address = client_of(committee.chair), reverse("sign_decision", args=[request.token])
    assert request.reference in page(chair, "signature_list")
    assert address in page(chair, "request_review", request.token)
    text = page(chair, "sign_decision", request.token)
    assert "L’avis du comité" in text and "Accordée" in text and 'value="abstain"' not in text
    assert client_of(committee.member1).get(address).status_code == 403
    assert chair.post(address, ballot()).status_code == 422
    assert chair.post(address, ballot(choice="refuse", reason_code="not_covered")).status_code == 409
    signed = chair.post(
        address, ballot(choice="refuse", reason_code="not_covered", departure_code="equal_cases")
    )
    assert signed.status_code == 302
    request.refresh_from_db()
    assert request.state == "refused"
    assert client_of(request.applicant.user).get(address).status_code == 403


def test_the_chair_and_the_administrator_read_what_nobody_could_decide(committee, client_of):
    RoleGrant.objects.filter(role="signatory").update(revoked_at=clock.moment())
    for person, reads in (
        (committee.chair, True),
        (committee.administrator, True),
        (committee.member1, False),
    ):
        text = page(client_of(person), "committee_rules")
        assert ("aucun lot de virements ne partirait" in text) == reads


def test_the_waiting_list_comes_in_pages(committee, file_of, client_of, monkeypatch):
    monkeypatch.setattr(waiting_list, "PAGE_LENGTH", 1)
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    rest = [file_of(number) for number in (7, 8)]
    for request in rest:
        decide(request, [committee.member1, committee.member2], "fund_later")
    client = client_of(committee.chair)
    first = page(client, "waiting_list")
    second = client.get(reverse("waiting_list"), {"page": 2}).content.decode()
    assert rest[0].reference in first and rest[1].reference not in first and "300" in first
    assert rest[1].reference in second and rest[0].reference not in second
