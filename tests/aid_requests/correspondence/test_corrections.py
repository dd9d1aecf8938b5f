"""A correction of named points: what it blocks, what the student may change, and every way out of it."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.committee.actions import cast_vote
from aid_requests.correspondence import corrections
from aid_requests.documents import check_upload
from aid_requests.identity import Identity, identity_of
from aid_requests.models import Correction, Decision
from aid_requests.timeline import timeline
from fund import clock
from fund.bank.iban import check_iban
from fund.models import OutgoingMail
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.fund.treasury.factories import deposit, deposits_claimed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
WHY = "Le montant ne correspond pas à la quittance."


@pytest.fixture
def file(foundation, pocket, student, people):
    with deposits_claimed(pocket):
        deposit(people.treasurer, 100_000)
    return factories.in_review(student, people.referent)


def ask(by, file, points=None, **changes):
    values = {"revision": file.revision, "form_token": uuid.uuid4(), **changes}
    return actions.ask_correction(by=by, request=file, points=points or {"answer:amount_due": WHY}, **values)


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.refusal.code


def answer(student, file, **answers):
    """Saves the kept answers with `answers` in place of some."""
    request = fresh(file)
    kept = {**sealed.answers_of(request), **answers}
    return actions.save_answers(by=student, request=request, answers=kept, story=sealed.story_of(request))


def vote(member, file):
    return cast_vote(by=member, request=file, choice="grant", revision=file.revision)


def certify(people, file):
    request = fresh(file)
    values = {"university_year": "2019-2020", "level": "year-4", "revision": request.revision}
    return actions.certify_enrolment(by=people.referent, request=request, **values)


# What is asked ------------------------------------------------------------------------------------------------------


def test_asking_names_the_points_seals_the_sentences_and_tells_the_student(file, people, student, client_of):
    correction = ask(people.member1, file)
    assert correction.fields == ["answer:amount_due"] and "quittance" not in correction.sentences_sealed
    mail = OutgoingMail.objects.get(key=f"request:{file.pk}:correction:{correction.pk}")
    assert "attend" not in mail.subject and "quittance" not in mail.subject
    page = client_of(student).get(reverse("request_page", args=[file.token])).content.decode()
    assert "Un point est à corriger" in page and WHY in page and "Correction demandée" in page
    assert people.member1.display_name not in page


def test_what_is_not_in_the_file_is_not_named_and_each_point_has_its_sentence(file, people):
    for points in (
        {"answer:nothing": WHY},
        {"paper:passport": WHY},
        {"identity": " "},
        {"identity": "x" * 301},
    ):
        assert code_of(ask, people.member1, file, points) in ("points", "sentence")
    assert not Correction.objects.exists()


def test_the_school_names_the_identity_and_nothing_else(file, people):
    assert code_of(ask, people.referent, file, {"answer:amount_due": WHY}) == "points"
    assert ask(people.referent, file, {"identity": "Le prénom est celui d’usage."}).party == "school"


def test_one_correction_at_a_time_and_a_form_sent_twice_is_one(file, people):
    ask(people.member1, file)
    with pytest.raises(AlreadyDone):
        ask(people.chair, file)
    assert Correction.objects.count() == 1


def test_who_has_not_the_file_asks_nothing(file, people):
    for person in (people.other_referent, people.treasurer, people.administrator, people.member3):
        with pytest.raises(Refused):
            ask(person, file)


def test_a_file_that_changed_meanwhile_is_read_again_first(file, people):
    with pytest.raises(WrongState):
        ask(people.member1, file, revision=7)


def test_neither_a_draft_nor_a_decided_nor_a_reexamined_file_is_corrected(file, people, student):
    assert code_of(ask, people.referent, factories_draft(student)) == "other_school"
    file.round = 2
    file.save(update_fields=["round"])
    assert code_of(ask, people.member1, file) == "reexamined"


def factories_draft(student):
    return (
        actions.start_request(by=student, slug="mobility-aid", raw_answers={})
        if factories.open_scheme("mobility-aid")
        else None
    )


# What it blocks (peers §2.26) ---------------------------------------------------------------------------------------


def test_nothing_is_decided_while_it_is_open_and_votes_cast_wait(file, people):
    vote(people.member1, file)
    correction = ask(people.member1, file)
    assert code_of(vote, people.member2, file) == "correction"
    assert not Decision.objects.exists() and file.votes.count() == 1
    actions.cancel_correction(by=people.member1, correction=correction, reason="mistake")
    assert vote(people.member2, file) is not None  # the vote that waited counts


def test_an_enrolment_is_not_confirmed_while_it_is_open(foundation, student, people):
    request = factories.submitted(student)
    ask(people.referent, request, {"identity": "Le nom de famille manque."})
    assert code_of(certify, people, request) == "correction"


def test_a_blocked_file_is_not_offered_as_the_next_to_read(file, people, client_of):
    ask(people.member1, file)
    page = client_of(people.member2).get(reverse("request_queue")).content.decode()
    assert "Correction demandée" in page and "Lire la plus ancienne" not in page
    page = client_of(people.member2).get(reverse("request_review", args=[file.token])).content.decode()
    assert "rien ne se décide avant" in page and 'value="grant"' not in page


def test_no_closing_date_moves_a_file_that_waits_for_a_correction(file, people, student):
    """Failure 31."""
    ask(people.member1, file)
    with clock.at(clock.DEMO_START + timedelta(days=200)):
        assert corrections.blocking_refusal(fresh(file)) is not None
        actions.take_up_correction(by=student, request=file)
        answer(student, file, amount_due=30_000)
        factories.sign(student, fresh(file))
        assert fresh(file).state == "submitted"


# What the student may change ----------------------------------------------------------------------------------------


@pytest.fixture
def taken_up(file, people, student):
    ask(people.member1, file)
    actions.take_up_correction(by=student, request=file)
    return fresh(file)


def test_only_what_is_named_can_be_changed(taken_up, student):
    assert (taken_up.state, taken_up.revision) == ("draft", 2)
    assert code_of(answer, student, taken_up, need="food") == "not_named"
    mine = identity_of(taken_up.applicant)
    other = Identity(**{**vars(mine), "last_name": "Autre"})
    save = {"by": student, "request": taken_up, "through_school": True}
    assert code_of(actions.save_identity, identity=other, **save) == "not_named"
    actions.save_identity(identity=mine, **save)  # sent again as it is: nothing changes
    iban = check_iban(factories.OTHER_IBAN)
    assert code_of(actions.save_account, by=student, request=taken_up, iban=iban, holder="Z Q") == "not_named"
    upload = check_upload("autre.png", factories.picture("PNG"))
    assert (
        code_of(actions.add_document, by=student, request=taken_up, kind="rent_receipt", upload=upload)
        == "not_named"
    )
    paper = taken_up.documents.filter(removed_at=None).first()
    assert code_of(actions.remove_document, by=student, document=paper) == "not_named"
    answer(student, taken_up, amount_due=30_000)
    assert sealed.answers_of(fresh(taken_up))["amount_due"] == 30_000


def test_a_named_answer_may_be_typed_wrong_and_mended(taken_up, student):
    answer(student, taken_up, amount_due=30_000)
    answer(student, taken_up, amount_due=31_000)
    assert sealed.answers_of(fresh(taken_up))["amount_due"] == 31_000


def test_the_story_is_a_point_of_its_own(taken_up, student):
    request = fresh(taken_up)
    save = {"by": student, "request": request, "answers": sealed.answers_of(request)}
    assert code_of(actions.save_answers, story="Une autre histoire.", **save) == "not_named"


def test_a_named_paper_is_replaced_and_no_other(file, people, student):
    ask(people.member1, file, {"paper:rent_receipt": "La page est coupée."})
    actions.take_up_correction(by=student, request=file)
    request = fresh(file)
    upload = check_upload("autre.png", factories.picture("PNG"))
    actions.add_document(by=student, request=request, kind="rent_receipt", upload=upload)
    assert (
        code_of(actions.add_document, by=student, request=request, kind="last_payslip", upload=upload)
        == "not_named"
    )


def test_signing_again_answers_it_and_the_file_goes_on(taken_up, people, student):
    answer(student, taken_up, amount_due=30_000)
    factories.sign(student, fresh(taken_up))
    correction = Correction.objects.get()
    assert (correction.state, correction.closed_by) == ("answered", student)
    assert corrections.blocking_refusal(fresh(taken_up)) is None
    certify(people, taken_up)
    assert vote(people.member1, fresh(taken_up)) is None
    assert vote(people.member2, fresh(taken_up)) is not None


def test_the_whole_request_may_be_taken_back_instead(file, people, student):
    ask(people.member1, file)
    actions.correct_request(by=student, request=file)
    answer(student, file, amount_due=20_000, need="rental_charges")
    assert Correction.objects.get().scope == "whole"


def test_from_the_named_points_to_the_whole_once(taken_up, student):
    actions.correct_request(by=student, request=taken_up)
    assert corrections.named_codes(fresh(taken_up)) is None
    with pytest.raises(AlreadyDone):
        actions.correct_request(by=student, request=taken_up)


def test_the_pages_of_a_correction_open_what_is_named_only(taken_up, student, client_of):
    browser = client_of(student)
    page = browser.get(reverse("request_correction", args=[taken_up.token])).content.decode()
    assert WHY in page and "relire et signer" in page and "Combien devez-vous payer" in page
    situation = browser.get(reverse("request_situation", args=[taken_up.token])).content.decode()
    assert 'name="q-amount_due"' in situation
    assert (
        'name="q-need"' not in situation
        and 'name="story"' not in situation
        and 'name="q-story"' not in situation
    )
    for name in ("request_you", "request_account"):
        assert browser.get(reverse(name, args=[taken_up.token])).status_code == 302
    papers = browser.get(reverse("request_documents", args=[taken_up.token])).content.decode()
    assert 'type="file"' not in papers and 'name="remove"' not in papers
    data = {"q-shown": "amount_due", "q-amount_due": "320", "act": "continue"}
    response = browser.post(reverse("request_situation", args=[taken_up.token]), data)
    assert response.headers["Location"] == reverse("request_correction", args=[taken_up.token])
    assert sealed.answers_of(fresh(taken_up))["amount_due"] == 32_000


def test_taking_it_up_in_the_browser(file, people, student, client_of):
    ask(people.member1, file)
    browser, url = client_of(student), reverse("request_correction", args=[file.token])
    page = browser.get(url).content.decode()
    assert "Corriger ces points" in page and "ne se punit pas" in page
    assert browser.post(url, {"act": "named"}).status_code == 302 and fresh(file).state == "draft"
    assert browser.post(url, {"act": "named"}).status_code == 409
    assert browser.post(url, {"act": "whole"}).status_code == 302


# The ways out -------------------------------------------------------------------------------------------------------


def test_whoever_asked_or_the_chair_lifts_it_with_a_reason(file, people):
    correction = ask(people.member1, file)
    assert (
        code_of(actions.cancel_correction, by=people.member2, correction=correction, reason="mistake")
        == "chair"
    )
    assert (
        code_of(actions.cancel_correction, by=people.referent, correction=correction, reason="mistake")
        == "party"
    )
    assert code_of(actions.cancel_correction, by=people.chair, correction=correction, reason="") == "reason"
    actions.cancel_correction(by=people.chair, correction=correction, reason="no_answer")
    with pytest.raises(AlreadyDone):
        actions.cancel_correction(by=people.member1, correction=correction, reason="mistake")


def test_lifted_after_it_was_taken_up_only_the_limits_fall(taken_up, people, student):
    actions.cancel_correction(by=people.member1, correction=Correction.objects.get(), reason="settled")
    answer(student, taken_up, amount_due=20_000, need="rental_charges")
    assert fresh(taken_up).state == "draft"


def test_taken_up_and_never_signed_it_returns_to_the_last_signature_after_the_reminders(
    file, people, student
):
    vote(people.member1, file)
    correction = ask(
        people.member1, file, {"answer:amount_due": WHY, "identity": WHY, "paper:rent_receipt": WHY}
    )
    actions.take_up_correction(by=student, request=file)
    answer(student, file, amount_due=30_000)
    mine = identity_of(fresh(file).applicant)
    other = Identity(**{**vars(mine), "last_name": "Autre"})
    actions.save_identity(by=student, request=fresh(file), identity=other, through_school=True)
    receipt = file.documents.get(kind="rent_receipt")
    actions.remove_document(by=student, document=receipt)
    upload = check_upload("autre.png", factories.picture("PNG"))
    actions.add_document(by=student, request=fresh(file), kind="rent_receipt", upload=upload)
    end = {"by": people.member1, "correction": correction, "reason": "no_answer"}
    assert code_of(actions.cancel_correction, **end) == "too_early"
    for week in (1, 2, 3):
        with clock.at(clock.DEMO_START + timedelta(days=8 * week)):
            actions.remind_of_corrections()
    actions.cancel_correction(**end)
    back = fresh(file)
    assert (back.state, back.revision, back.amount_cents) == ("in_review", 1, 15_000)
    assert sealed.answers_of(back)["amount_due"] == 41_250 and identity_of(back.applicant) == mine
    assert back.documents.get(kind="rent_receipt", removed_at=None) == receipt
    assert vote(people.member2, back) is not None  # with the vote that waited
    assert "Retour à votre dernière signature" in [entry.title for entry in timeline(fresh(file))]
    call_command("check_ledger")


def test_names_that_another_signed_request_bears_are_not_changed_back(file, people, student):
    correction = ask(people.member1, file, {"identity": WHY})
    actions.take_up_correction(by=student, request=file)
    other = Identity(**{**vars(identity_of(fresh(file).applicant)), "last_name": "Autre"})
    actions.save_identity(by=student, request=fresh(file), identity=other, through_school=True)
    Correction.objects.filter(pk=correction.pk).update(reminders=3, reminded_at=clock.moment())
    second = fresh(file)
    second.pk, second.token, second.reference = None, uuid.uuid4(), "U-2020-0999"
    second.state, second.scheme_version = "submitted", factories.open_scheme("mobility-aid")
    second.save(force_insert=True)
    end = {"by": people.member1, "correction": correction, "reason": "no_answer"}
    assert code_of(actions.cancel_correction, **end) == "identity_in_use"
    assert fresh(file).state == "draft"


def test_nothing_is_taken_up_once_it_is_lifted(file, people, student):
    correction = ask(people.member1, file)
    actions.cancel_correction(by=people.member1, correction=correction, reason="mistake")
    with pytest.raises(WrongState):
        actions.take_up_correction(by=student, request=file)


def test_withdrawing_the_request_closes_it(file, people, student):
    ask(people.member1, file)
    actions.withdraw_request(by=student, request=file)
    assert Correction.objects.get().state == "dropped"


def test_the_student_is_reminded_every_week_and_three_times_at_most(file, people):
    correction = ask(people.member1, file)
    assert actions.remind_of_corrections() == "0 reminders"
    for week in range(1, 7):
        with clock.at(clock.DEMO_START + timedelta(days=8 * week)):
            actions.remind_of_corrections()
            actions.remind_of_corrections()  # a job may run twice
    keys = OutgoingMail.objects.filter(
        key__startswith=f"request:{file.pk}:correction_reminder:{correction.pk}:"
    )
    assert keys.count() == 3


def test_a_closed_one_is_not_reminded_of(file, people):
    correction = ask(people.member1, file)
    actions.cancel_correction(by=people.member1, correction=correction, reason="mistake")
    with clock.at(clock.DEMO_START + timedelta(days=30)):
        assert actions.remind_of_corrections() == "0 reminders"


def test_asking_and_lifting_in_the_browser(file, people, client_of):
    browser, url = client_of(people.member1), reverse("ask_correction", args=[file.token])
    page = browser.get(url).content.decode()
    assert "Le compte bancaire" in page and factories.LAST_NAME not in page and "0189" not in page
    data = {"revision": 1, "form_token": uuid.uuid4()}
    empty = browser.post(url, data)
    assert empty.status_code == 422 and "Écrivez une phrase" in empty.content.decode()
    assert (
        browser.post(url, {**data, "point-0": "Un <b>autre</b> nom figure sur la pièce."}).status_code == 302
    )
    page = browser.get(url).content.decode()
    assert "&lt;b&gt;autre" in page and "Lever cette correction" in page
    lift = reverse("cancel_correction", args=[file.token, Correction.objects.get().pk])
    assert browser.post(lift, {"reason": "mistake"}).status_code == 302
    assert Correction.objects.get().state == "cancelled"


def test_the_way_out_stays_open_once_the_student_took_it_up(taken_up, people, client_of):
    url = reverse("ask_correction", args=[taken_up.token])
    assert "sans limite de points" in client_of(people.member1).get(url).content.decode()
    assert client_of(people.member3).get(url).status_code == 404
