"""Signed again: what each signature kept, what changed between two, and which facts had to be ticked anew."""

import json
import uuid
from datetime import timedelta
from io import BytesIO, StringIO

import pypdf
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.correspondence.revisions import Reader, Snapshot, differences
from aid_requests.declarations import SigningTrace, declaration_statement
from aid_requests.identity import Identity, identity_of
from aid_requests.models import Declaration
from aid_requests.timeline import timeline
from aid_requests.verification import verify
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.roles import Refused
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.aid_requests.test_verification import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
ALWAYS = {"enrolled", "lives_in_france", "no_other_fund", "give_back"}


@pytest.fixture
def signed(foundation, student):
    return factories.submitted(student)


def correct(student, request, **answers):
    """Takes the request back and changes some answers; ready to be signed again."""
    actions.correct_request(by=student, request=request)
    request = fresh(request)
    kept = {**sealed.answers_of(request), **answers}
    actions.save_answers(by=student, request=request, answers=kept, story=sealed.story_of(request))
    return fresh(request)


def to_tick(request) -> set[str]:
    return {code for code, _sentence in declaration_statement(request).to_tick}


def proof_of(declaration: Declaration) -> dict:
    return vault.open_json_for(declaration.request.applicant.subject_key, declaration.proof_sealed)


def pdf_of(declaration: Declaration) -> bytes:
    return vault.open_for(declaration.request.applicant.subject_key, declaration.pdf_sealed)


def words_of(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


# Kept whole ---------------------------------------------------------------------------------------------------------


def test_each_signature_keeps_the_request_whole_and_sealed(signed, student):
    row = signed.revisions.get()
    assert (row.revision, row.origin, row.amount_cents) == (1, "first", 15_000)
    assert row.declaration == signed.declarations.get()
    for mark in (factories.LAST_NAME, "0189", "412", "marqueur"):
        assert mark not in row.snapshot_sealed
    kept = Snapshot.opened(signed, row)
    assert kept.identity["last_name"] == factories.LAST_NAME and kept.story == factories.STORY
    assert kept.kinds == set(factories.PAPERS) and factories.LAST_NAME not in repr(kept)


def test_a_signed_revision_is_never_changed(signed):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE aid_requests_requestrevision SET amount_cents = 1")


def test_the_students_own_correction_is_noted_as_good_faith(signed, student):
    factories.sign(student, correct(student, signed, amount_due=30_000))
    assert signed.revisions.get(revision=2).origin == "own"
    told = [(entry.title, entry.detail) for entry in timeline(fresh(signed))]
    assert ("Corrigée et signée de nouveau", "De bonne foi, par vous") in told


def test_an_answer_to_the_team_is_noted_as_such(foundation, student, people):
    file = factories.in_review(student, people.referent)
    points = {"answer:amount_due": "Le montant diffère."}
    actions.ask_correction(
        by=people.member1, request=file, revision=1, points=points, form_token=uuid.uuid4()
    )
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        actions.take_up_correction(by=student, request=file)
        kept = {**sealed.answers_of(fresh(file)), "amount_due": 30_000}
        actions.save_answers(by=student, request=file, answers=kept, story=factories.STORY)
        factories.sign(student, fresh(file))
    assert file.revisions.get(revision=2).origin == "asked"
    titles = [entry.title for entry in timeline(fresh(file))]
    assert titles.index("Correction demandée") < titles.index("Corrigée et signée de nouveau")


# The difference, for whoever may read it ----------------------------------------------------------------------------


@pytest.fixture
def twice(signed, student):
    """Signed twice: another name, another amount, another account, another paper."""
    request = correct(student, signed, amount_due=30_000)
    mine = identity_of(request.applicant)
    other = Identity(**{**vars(mine), "last_name": "Neufmarqueur", "address": "1 rue Neuve"})
    actions.save_identity(by=student, request=request, identity=other, through_school=True)
    iban = check_iban(factories.OTHER_IBAN)
    actions.save_account(by=student, request=request, iban=iban, holder="Z. Neufmarqueur")
    actions.remove_document(by=student, document=request.documents.filter(kind="rent_receipt").get())
    upload = factories.check_upload("autre.png", factories.picture("PNG"))
    actions.add_document(by=student, request=request, kind="rent_receipt", upload=upload)
    factories.sign(student, fresh(request))
    return fresh(request)


def told(request, reader: Reader) -> dict[str, tuple[str, str]]:
    (difference,) = differences(request, "fr", reader)
    return {change.title: (change.before, change.after) for change in difference.changes}


def test_the_student_reads_before_and_after(twice, student, client_of):
    found = told(twice, Reader.STUDENT)
    assert found["Nom"] == (factories.LAST_NAME, "Neufmarqueur")
    assert found["Compte bancaire"][1].startswith("DE89 ••••")
    assert "412" in next(before for before, after in found.values() if "300" in after)
    page = client_of(student).get(reverse("request_versions", args=[twice.token])).content.decode()
    assert "Neufmarqueur" in page and "avant" in page


def test_the_committee_learns_that_identity_and_account_changed_and_no_more(twice, people, client_of):
    found = told(twice, Reader.COMMITTEE)
    assert found["Identité corrigée"] == ("", "") and found["Compte changé"] == ("", "")
    assert any("300" in after for _before, after in found.values())
    for mark in ("Neufmarqueur", factories.LAST_NAME, "DE89", "3000\xa0", "Neuve"):
        assert mark not in str(found)
    actions.certify_enrolment(
        by=people.referent, request=twice, university_year="2019-2020", level="year-4", revision=2
    )
    for name in ("request_review", "file_versions"):
        page = client_of(people.member1).get(reverse(name, args=[twice.token])).content.decode()
        assert "Identité corrigée" in page and "Compte changé" in page
        for mark in ("Neufmarqueur", factories.LAST_NAME, "DE89", "rue Neuve"):
            assert mark not in page


def test_the_school_reads_the_name_and_nothing_of_why(twice, people, client_of):
    found = told(twice, Reader.SCHOOL)
    assert found == {"Nom": (factories.LAST_NAME, "Neufmarqueur")}
    page = client_of(people.referent).get(reverse("file_versions", args=[twice.token])).content.decode()
    assert "Neufmarqueur" in page and "€" not in page and "rue Neuve" not in page
    assert (
        client_of(people.other_referent).get(reverse("file_versions", args=[twice.token])).status_code == 404
    )


# Only changed facts are declared again (S4) ---------------------------------------------------------------------------


def test_the_first_time_every_fact_is_ticked(signed):
    declaration = signed.declarations.get()
    assert declaration.kept_facts == {} and declaration.previous is None
    assert all(
        fact["ticked"]
        for fact in proof_of(declaration).values()
        if isinstance(fact, dict) and "ticked" in fact
    )


def test_after_an_answer_changed_only_the_facts_that_rest_on_it_are_ticked(signed, student):
    request = correct(student, signed, amount_due=30_000)
    assert to_tick(request) == {"rent_due"}


def test_nothing_changed_leaves_nothing_to_tick(signed, student):
    assert to_tick(correct(student, signed)) == set()


def test_another_account_is_declared_again_and_alone(signed, student):
    request = correct(student, signed)
    iban = check_iban(factories.OTHER_IBAN)
    actions.save_account(by=student, request=request, iban=iban, holder="Z. Q.")
    assert to_tick(fresh(request)) == {"own_account"}


def test_another_identity_declares_again_what_names_no_answer(signed, student):
    request = correct(student, signed)
    mine = identity_of(request.applicant)
    other = Identity(**{**vars(mine), "last_name": "Autre"})
    actions.save_identity(by=student, request=request, identity=other, through_school=True)
    assert to_tick(fresh(request)) == ALWAYS | {"own_account"}


def test_an_answer_that_decides_declares_again_what_rests_on_the_whole(signed, student):
    """« no_other_fund » names no answer: it rests on all of those that decide."""
    request = correct(student, signed, need="food")
    assert to_tick(request) == ALWAYS | {"food_needed"}


def test_the_new_pdf_says_which_facts_were_declared_when(signed, student):
    first = signed.declarations.get()
    request = correct(student, signed, amount_due=30_000)
    second = factories.sign(student, request, ticked=["rent_due"])
    assert second.previous == first and set(second.kept_facts) == set(second.facts) - {"rent_due"}
    assert set(second.kept_facts.values()) == {first.pk}
    words = words_of(pdf_of(second))
    assert "J’ai déjà déclaré, et je maintiens" in words
    assert words.replace(" ", "").count(first.content_hash) == len(second.kept_facts)
    assert words.count("déclaré le 15 mai 2020") == len(
        second.kept_facts
    )  # the date that stands on the first paper
    third = factories.sign(student, correct(student, fresh(request), amount_due=31_000))
    assert set(third.kept_facts.values()) == {first.pk}  # where it was ticked, not where it was last kept


def test_a_changed_fact_left_unticked_is_refused(signed, student):
    request = correct(student, signed, amount_due=30_000)
    with pytest.raises(Refused) as caught:
        factories.sign(student, request, ticked=[])
    assert caught.value.refusal.code == "unticked"


def test_the_sheet_shows_what_stands_with_its_date_and_asks_for_the_rest(signed, student, client_of):
    request = correct(student, signed, amount_due=30_000)
    page = client_of(student).get(reverse("request_declare", args=[request.token])).content.decode()
    assert "Déjà déclaré, et inchangé" in page
    assert page.count('type="checkbox"') == 1 and 'name="fact-rent_due"' in page


def test_the_proof_holds_the_time_of_each_tick(signed, student, client_of):
    request = correct(student, signed, amount_due=30_000)
    browser, url = client_of(student), reverse("request_declare", args=[request.token])
    statement = declaration_statement(request)
    data = {"fact-rent_due": "on", "at-rent_due": "2026-11-22T10:00:00.000Z", "place": "Lyon", "act": "code"}
    data["content_hash"] = statement.content_hash
    browser.post(url, data)
    received = browser.session[f"declaration:{request.token}"]["ticks"]["rent_due"]["received"]
    data |= {"act": "sign", "code": factories.sent_code(student), "at-rent_due": "garbage"}
    assert browser.post(url, data).status_code == 302
    fact = proof_of(request.declarations.get(revision=2))["facts"]["rent_due"]
    assert fact["ticked_at"] == {"browser": "2026-11-22T10:00:00+00:00", "received": received}
    assert len(fact["sentence_hash"]) == 64


def test_what_the_browser_says_is_no_instant_is_left_out(signed, student):
    trace = SigningTrace("code", None, "192.0.2.7", "Test", ticks={})
    declaration = factories.sign(student, correct(student, signed, amount_due=30_000), trace=trace)
    assert proof_of(declaration)["facts"]["rent_due"]["ticked_at"] == {}


# The proof over several declarations ----------------------------------------------------------------------------------


@pytest.fixture
def second(signed, student) -> Declaration:
    return factories.sign(student, correct(student, signed, amount_due=30_000))


def broken(declaration: Declaration) -> list[str]:
    return [finding.code for finding in verify(pdf_of(declaration)).findings if not finding.holds]


def test_a_declaration_that_keeps_facts_is_verified_with_the_one_they_come_from(second, tmp_path):
    file = tmp_path / "declaration.pdf"
    file.write_bytes(pdf_of(second))
    out = StringIO()
    call_command("verify_declaration", str(file), "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["authentic"] and "kept_facts" in [one["code"] for one in found["findings"]]


def test_a_kept_fact_that_was_ticked_nowhere_is_found(second):
    tamper(second, "kept_facts", {**second.kept_facts, "enrolled": second.pk})
    assert "kept_facts" in broken(second)


def test_an_altered_earlier_proof_is_found(second):
    first = second.previous
    key = first.request.applicant.subject_key
    proof = proof_of(first)
    proof["facts"]["enrolled"]["sentence"] = "autre chose"
    tamper(first, "proof_sealed", vault.seal_json_for(key, proof))
    assert "kept_facts" in broken(second)
