"""Messages between a student and the team: who reads what, under which name, and how it is told."""

import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from aid_requests import actions
from aid_requests.actions import messages as acts
from aid_requests.committee import actions as committee
from aid_requests.correspondence import threads, unanswered
from aid_requests.models import Message
from fund import clock, vault
from fund.models import OutgoingMail, RoleGrant
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files
from tests.aid_requests.factories import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
WORDS = "Bonjour, <b>mot-repère</b> & suite."


@pytest.fixture
def file(foundation, pocket, people, school):
    """A file before the committee."""
    return files.make_file(files.open_scheme(), files.make_applicant(school), people.national_referent)


@pytest.fixture
def student_of(file):
    return file.applicant.user


def to_team(file, party="committee", text=WORDS, **changes):
    values = {
        "by": file.applicant.user,
        "request": file,
        "party": party,
        "text": text,
        "form_token": uuid.uuid4(),
    }
    return acts.write_to_team(**{**values, **changes})


def to_student(by, file, text="Bien reçu."):
    return acts.write_to_student(by=by, request=file, text=text, form_token=uuid.uuid4())


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(key__startswith="message:").order_by("pk"))


def address(name, file) -> str:
    return reverse(name, args=[file.token])


def test_a_message_is_sealed_under_the_persons_key_and_told_without_content(file, people):
    message = to_team(file)
    assert "mot-repère" not in message.text_sealed
    assert vault.open_text_for(file.applicant.subject_key, message.text_sealed) == WORDS
    (mail,) = mails()
    assert vault.open_text(mail.to_sealed) == people.chair.email
    for text in (mail.subject, vault.open_text(mail.text_sealed), vault.open_text(mail.html_sealed)):
        assert "mot-repère" not in text and files.LAST_NAME not in text
    assert address("thread_page", file) in vault.open_text(mail.text_sealed)


def test_one_mail_a_side_until_it_is_read(file, people):
    for _ in range(3):
        to_team(file)
    assert len(mails()) == 1
    acts.mark_read_by_team(by=people.chair, request=file)
    to_team(file)
    assert len(mails()) == 2
    to_student(people.chair, file)  # what the chair answers reads what was there
    to_student(people.chair, file)
    assert len(mails()) == 3
    assert file.messages.filter(side="student", read_at=None).count() == 0


def test_a_form_sent_twice_is_one_message(file):
    token = uuid.uuid4()
    to_team(file, form_token=token)
    with pytest.raises(AlreadyDone):
        to_team(file, form_token=token)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_message_is_refused(file, text):
    with pytest.raises(Refused):
        to_team(file, text=text)


def test_twenty_unread_ones_are_enough(file):
    for _ in range(threads.MAX_UNREAD):
        to_team(file, text="Encore.")
    with pytest.raises(Refused) as caught:
        to_team(file)
    assert caught.value.refusal.code == "too_many"


def test_neither_party_reads_the_others_thread(file, people, client_of):
    to_team(file, party="committee", text="Au comité seul, mot-du-comité.")
    to_team(file, party="school", text="À l’école seule, mot-de-l-école.")
    committee = client_of(people.chair).get(address("thread_page", file)).content.decode()
    school = client_of(people.referent).get(address("thread_page", file)).content.decode()
    assert "mot-du-comité" in committee and "mot-de-l-école" not in committee
    assert "mot-de-l-école" in school and "mot-du-comité" not in school
    for mark in (files.FIRST_NAME, files.LAST_NAME, files.STREET, "École du Nord"):
        assert mark not in committee
    assert files.LAST_NAME in school and "€" not in school


def test_the_student_reads_roles_and_never_names(file, people, student_of, client_of):
    to_student(people.chair, file, text="Réponse du comité.")
    to_student(people.referent, file, text="Réponse de l’école.")
    page = client_of(student_of).get(address("request_messages", file)).content.decode()
    assert "Réponse du comité." in page and "Réponse de l’école." in page
    assert "L’équipe de votre école" in page and "Le comité" in page
    for person in (people.chair, people.referent):
        assert person.display_name not in page and person.email not in page


def test_what_is_typed_stays_text(file, people, client_of):
    to_team(file)
    page = client_of(people.chair).get(address("thread_page", file)).content.decode()
    assert "<b>mot-repère" not in page and "&lt;b&gt;mot-repère" in page


def test_who_does_not_go_through_the_school_is_read_by_national_referents_only(file, people, client_of):
    file.through_school = False
    file.save(update_fields=["through_school"])
    to_team(file, party="school")
    assert client_of(people.referent).get(address("thread_page", file)).status_code == 404
    assert client_of(people.national_referent).get(address("thread_page", file)).status_code == 200
    assert [vault.open_text(mail.to_sealed) for mail in mails()] == [people.national_referent.email]
    page = client_of(file.applicant.user).get(address("request_messages", file)).content.decode()
    assert "hors de votre école" in page and "L’équipe de votre école" not in page


def test_a_member_who_stepped_back_reads_nothing(file, people):
    actions_of_chair = threads.files_of_team(people.chair)
    assert actions_of_chair.filter(pk=file.pk).exists()
    file.recusals.create(member=people.chair, ground="personal_tie", declared_at=file.created_at)
    assert not threads.files_of_team(people.chair).filter(pk=file.pk).exists()
    with pytest.raises(Refused):
        to_student(people.chair, file)
    to_team(file)
    assert mails() == []


def test_others_neither_write_nor_read(file, people):
    with pytest.raises(Refused):
        to_team(file, by=people.member1)
    for person in (people.member1, people.other_referent, people.treasurer, people.administrator):
        with pytest.raises(Refused):
            to_student(person, file)
        with pytest.raises(Refused):
            acts.mark_read_by_team(by=person, request=file)


def test_a_draft_and_a_withdrawn_request_have_nobody_to_write_to(foundation, student, people):
    request = factories.draft(student)
    assert threads.parties_for(request) == []
    request = factories.complete_draft(student)
    factories.sign(student, request)
    assert threads.parties_for(fresh(request)) == ["school"]
    actions.withdraw_request(by=student, request=request)
    with pytest.raises(Refused):
        to_team(fresh(request), party="school")
    with pytest.raises(Refused):
        to_student(people.referent, fresh(request))


def test_reading_is_marked_by_a_post_and_never_by_looking(file, people, student_of, client_of):
    to_student(people.chair, file)
    browser = client_of(student_of)
    page = browser.get(address("request_messages", file)).content.decode()
    assert file.messages.get().read_at is None and "nouveau" in page
    browser.post(address("mark_messages_read", file))
    assert file.messages.get().read_at is not None
    part = browser.post(address("mark_messages_read", file), headers={"HX-Request": "true"})
    assert part.status_code == 200 and b"<html" not in part.content


def test_writing_in_the_browser_both_ways(file, people, student_of, client_of):
    browser, chair = client_of(student_of), client_of(people.chair)
    data = {"party": "committee", "text": WORDS, "form_token": uuid.uuid4()}
    assert browser.post(address("request_messages", file), data).status_code == 302
    assert browser.post(address("request_messages", file), data).status_code == 409
    assert "1 message à lire" in chair.get(reverse("thread_list")).content.decode()
    assert (
        chair.post(address("thread_page", file), {"text": "Oui.", "form_token": uuid.uuid4()}).status_code
        == 302
    )
    page = browser.get(address("request_messages", file)).content.decode()
    assert "Oui." in page and "lu le" in page
    empty = browser.post(address("request_messages", file), {**data, "text": " ", "form_token": uuid.uuid4()})
    assert empty.status_code == 422 and "Écrivez votre message." in empty.content.decode()


def test_an_erased_person_left_unreadable_words(file, people, client_of):
    to_team(file)
    to_team(file, party="school")
    vault.erase_subject(file.applicant.subject_key)
    page = client_of(people.chair).get(address("thread_page", file)).content.decode()
    assert "a été effacée" in page and "mot-repère" not in page
    to_referent = client_of(people.referent)
    page = to_referent.get(address("thread_page", file)).content.decode()
    assert file.reference in page and files.LAST_NAME not in page
    assert to_referent.get(reverse("thread_list")).status_code == 200
    assert to_referent.get(address("file_versions", file)).status_code == 200


def test_what_was_written_cannot_be_changed_afterwards(file):
    message = to_team(file)
    for column in ("text_sealed", "party"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE aid_requests_message SET {column} = 'x' WHERE id = %s", [message.pk])  # noqa: S608


# The honest error after a decision ---------------------------------------------------------------------------------


@pytest.fixture
def decided(file):
    file.state, file.decided_at = "refused", file.submitted_at
    file.save(update_fields=["state", "decided_at"])
    return file


def test_an_error_told_after_the_decision_flags_the_file_until_somebody_settles_it(
    decided, people, student_of, client_of
):
    browser, chair = client_of(student_of), client_of(people.chair)
    assert "de bonne foi" in browser.get(address("request_tell_error", decided)).content.decode()
    data = {"text": "J’ai écrit mars, c’était avril.", "form_token": uuid.uuid4()}
    assert browser.post(address("request_tell_error", decided), data).status_code == 302
    message = decided.messages.get()
    assert (message.kind, message.party) == ("error", "committee")
    assert fresh(decided).state == "refused"
    acts.mark_read_by_team(by=people.chair, request=decided)
    assert threads.waiting_count(people.chair) == 1
    assert "signale une erreur, de bonne foi" in chair.get(address("thread_page", decided)).content.decode()
    settle = reverse("settle_error", args=[decided.token, message.pk])
    assert chair.post(settle).status_code == 302 and threads.waiting_count(people.chair) == 0
    assert chair.post(settle).status_code == 409


def test_before_the_decision_an_error_is_corrected_not_told(file, student_of, client_of):
    assert client_of(student_of).get(address("request_tell_error", file)).status_code == 302
    with pytest.raises(Refused) as caught:
        acts.tell_error(by=student_of, request=file, text="Une erreur", form_token=uuid.uuid4())
    assert caught.value.refusal.code == "not_decided"


def test_plain_words_are_not_settled(file, people):
    message = to_team(file)
    with pytest.raises(Refused):
        acts.settle_error(by=people.chair, message=message)


def desk_of(client_of, person) -> str:
    return client_of(person).get(reverse("desk")).content.decode()


def test_a_message_to_a_committee_without_a_chair_is_told_to_administrators_as_a_number(
    file, people, client_of
):
    title = "Personne ne peut répondre aux messages du comité"
    to_team(file)
    assert unanswered.sentence() == "" and title not in desk_of(client_of, people.administrator)
    RoleGrant.objects.filter(user=people.chair).update(revoked_at=clock.moment())
    assert unanswered.sentence() == f"{title}."
    page = desk_of(client_of, people.administrator)
    assert title in page and "1 message d’étudiant attend" in page and reverse("staff_list") in page
    assert "mot-repère" not in page and file.reference not in page
    assert title not in desk_of(client_of, people.member1)
    assert client_of(people.administrator).get(address("thread_page", file)).status_code == 403


def test_the_only_chair_who_stepped_back_cannot_answer_either(file, people):
    to_team(file)
    committee.recuse(by=people.chair, request=file, ground="personal_tie")
    assert unanswered.sentence() == "" and len(unanswered.told()) == 1


def test_nothing_is_told_while_no_message_waits(file, people):
    RoleGrant.objects.filter(user=people.chair).update(revoked_at=clock.moment())
    assert unanswered.told() == []
