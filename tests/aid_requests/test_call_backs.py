"""« Rappelez-moi », from the public form to the call that is forgotten."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aid_requests import actions, call_backs
from aid_requests.actions.call_backs import MAX_OPEN_A_PHONE
from aid_requests.call_backs import Caller
from aid_requests.models import CallBack
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail, TransitionLog
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.people_pages import CALLER, FORM, ask_call

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
MARKS = ("Sacha-Marqueur", "0612345678", "612345678", "marqueur-du-mot", "06 12 34 56 78")


def form_of(school, **changes: object) -> dict[str, object]:
    return {**FORM, "school": school.code, "form_token": str(uuid.uuid4()), **changes}


def ask(client: Client, school, **changes: object):
    return client.post(reverse("call_me_back"), form_of(school, **changes))


def fresh(call: CallBack) -> CallBack:
    return CallBack.objects.get(pk=call.pk)


# Asking ------------------------------------------------------------------------------------------------------


def test_a_stranger_asks_and_reads_until_when_a_call_is_promised(client, school):
    page = client.get(reverse("call_me_back")).content.decode()
    assert "19 mai 2020" in page and "École du Nord" in page
    answer = ask(client, school)
    assert answer.headers["Location"] == reverse("call_back_asked")
    told = client.get(reverse("call_back_asked")).content.decode()
    assert "19 mai 2020" in told and "Après 17\u00a0h" in told
    call = CallBack.objects.get()
    assert (call.school, call.through_school, call.state) == (school, True, "waiting")
    assert call_backs.caller_of(call) == CALLER
    assert OutgoingMail.objects.count() == 0


def test_what_was_typed_stands_under_its_own_key_only(client, school, people, client_of, caplog):
    answer = ask(client, school)
    call = CallBack.objects.get()
    for row in (
        CallBack.objects.values().get(),
        *AuditEvent.objects.values(),
        *TransitionLog.objects.values(),
    ):
        assert not [mark for mark in MARKS if mark in str(row)]
    assert call.person_sealed not in (
        call_back.person_sealed for call_back in CallBack.objects.exclude(pk=call.pk)
    )
    told = client.get(answer.headers["Location"]).content.decode()
    listed = client_of(people.referent).get(reverse("call_back_list")).content.decode()
    seen = client_of(people.referent).get(reverse("call_back_page", args=[call.token])).content.decode()
    for text in (told, listed, seen, answer.headers["Location"], caplog.text, repr(CALLER)):
        assert not [mark for mark in MARKS if mark in text]


def test_nobody_else_reads_the_promise(client, school):
    assert client.get(reverse("call_back_asked")).headers["Location"] == reverse("call_me_back")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "12", "dix chiffres"),
        ("phone", "", "Écrivez votre numéro"),
        ("name", "", "Écrivez un prénom"),
        ("name", "Sa\u202echa", "caractère invisible"),
        ("school", "", "Choisissez votre école"),
        ("school", "nulle-part", "école de la liste"),
        ("part_of_day", "midnight", "Sélectionnez un choix valide"),
        ("words", "x" * 501, "trop long"),
        ("form_token", "x", ""),
    ],
)
def test_a_wrong_field_is_refused_and_nothing_typed_is_lost(client, school, field, value, sentence):
    answer = client.post(reverse("call_me_back"), {**form_of(school), field: value})
    assert answer.status_code == 422 and CallBack.objects.count() == 0
    text = answer.content.decode()
    assert sentence in text
    if field not in ("name",):
        assert "Sacha-Marqueur" in text


def test_html_is_text(client, school, people, client_of):
    ask(client, school, name="<b>Sacha</b>", words="<script>alert(1)</script>")
    call = CallBack.objects.get()
    browser = client_of(people.referent)
    browser.post(reverse("call_back_page", args=[call.token]), {"act": "take"})
    page = browser.get(reverse("call_back_page", args=[call.token])).content.decode()
    assert "&lt;b&gt;Sacha" in page and "<script>alert" not in page


def test_the_same_form_twice_is_one_call(client, school):
    values = form_of(school)
    places = [client.post(reverse("call_me_back"), values).headers["Location"] for _turn in range(2)]
    assert places[0] == places[1] and CallBack.objects.count() == 1


def test_a_number_that_waits_already_gets_the_same_answer_and_no_second_call(client, school):
    with clock.at(clock.DEMO_START - timedelta(days=1)):
        ask(client, school)
    first = CallBack.objects.get().due_at
    ask(client, school)
    assert CallBack.objects.count() == 1
    told = client.get(reverse("call_back_asked")).content.decode()
    assert "19 mai 2020" in told and first < actions.promised_at()


def test_a_number_waits_at_few_schools_at_once(school, other_school):
    ask_call(school)
    ask_call(other_school)
    with pytest.raises(CallBack.DoesNotExist):
        ask_call(school, through_school=False)
    assert CallBack.objects.count() == MAX_OPEN_A_PHONE


def test_a_second_open_call_of_one_number_is_refused_by_the_database(school):
    call = ask_call(school)
    values = {
        name: getattr(call, name)
        for name in ("school", "person_sealed", "phone_fingerprint", "asked_at", "due_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(
            **values, form_token=uuid.uuid4(), subject_key=vault.make_subject_key("call_back")
        )


def test_the_trap_is_told_the_same_and_nothing_is_kept(client, school):
    page = client.get(reverse("call_me_back")).content.decode()
    assert 'tabindex="-1"' in page and 'class="hidden" aria-hidden="true"' in page
    answer = ask(client, school, website="https://spam.example")
    assert answer.headers["Location"] == reverse("call_back_asked") and CallBack.objects.count() == 0
    assert "19 mai 2020" in client.get(reverse("call_back_asked")).content.decode()


def test_one_number_typed_from_one_place_is_limited(client, school):
    most, _minutes = settings.CALL_BACK_PHONE_LIMIT
    answers = [ask(client, school).status_code for _turn in range(most + 1)]
    assert answers == [302] * most + [429]
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert ask(elsewhere, school).status_code == 302


def test_a_place_is_limited_whatever_the_number(client, school, settings):
    settings.POST_LIMITS = {"call_me_back": {"address": (2, 10)}}
    answers = [ask(client, school, phone=f"06 12 34 56 7{digit}").status_code for digit in range(3)]
    assert answers == [302, 302, 429]


def test_a_closed_school_cannot_be_chosen(client, school):
    school.is_open = False
    school.save(update_fields=["is_open"])
    assert ask(client, school).status_code == 422


def test_a_student_finds_the_own_school_chosen_and_the_request_tied(browser, draft):
    address = f"{reverse('call_me_back')}?demande={draft.token}"
    page = browser.get(address).content.decode()
    assert '<option value="nord" selected>' in page and str(draft.token) in page
    ask(browser, draft.school, request_token=str(draft.token))
    assert CallBack.objects.get().request == draft


def test_somebody_elses_request_is_never_tied(client, draft):
    ask(client, draft.school, request_token=str(draft.token))
    assert CallBack.objects.get().request is None


def test_every_student_page_offers_to_be_called_back(client, browser, complete):
    """The foot is on every page; what one does without an account says it beside the answer too."""
    link = f'href="{reverse("call_me_back")}'
    for name, args in (("aid_home", []), ("eligibility", ["emergency-aid"])):
        assert client.get(reverse(name, args=args)).content.decode().count(link) >= 2
    steps = ("request_page", "request_you", "request_situation", "request_documents", "request_account")
    for name in steps:
        assert (
            f"{link}?demande={complete.token}"
            in browser.get(reverse(name, args=[complete.token])).content.decode()
        )
    assert link in browser.get(reverse("request_declare", args=[complete.token])).content.decode()


# Who may know ------------------------------------------------------------------------------------------------


def test_a_school_sees_its_own_calls_and_a_national_referent_all(school, other_school, people):
    here, there = ask_call(school), ask_call(other_school)
    apart = ask_call(school, Caller("Noor", "+33698765432"), through_school=False)
    assert set(call_backs.calls_of(people.referent)) == {here}
    assert set(call_backs.calls_of(people.other_referent)) == {there}
    assert set(call_backs.calls_of(people.national_referent)) == {here, there, apart}
    assert not call_backs.calls_of(people.member1).exists()


def test_a_call_about_a_request_that_avoids_the_school_avoids_it_too(student, school, people, foundation):
    request = factories.complete_draft(student, through_school=False)
    assert ask_call(school, request=request).through_school is False
    assert not call_backs.calls_of(people.referent).exists()


def test_a_request_that_turns_away_from_the_school_takes_its_call_along(student, school, people, foundation):
    request = factories.complete_draft(student)
    call = ask_call(school, request=request)
    assert set(call_backs.calls_of(people.referent)) == {call}
    actions.save_identity(by=student, request=request, identity=factories.IDENTITY, through_school=False)
    assert not call_backs.calls_of(people.referent).exists()
    assert set(call_backs.calls_of(people.national_referent)) == {call}


def test_a_revoked_role_takes_nothing_more(school, people):
    call = ask_call(school)
    people.referent.role_grants.update(revoked_at=clock.moment(), revoked_by=people.administrator)
    with pytest.raises(Refused):
        actions.take_call_back(by=people.referent, call_back=call)


# The call ----------------------------------------------------------------------------------------------------


def test_whoever_takes_a_call_reads_the_number_and_the_others_do_not(school, people, client_of):
    call = ask_call(school)
    address = reverse("call_back_page", args=[call.token])
    browser = client_of(people.referent)
    assert browser.post(address, {"act": "take"}).headers["Location"] == address
    mine = browser.get(address).content.decode()
    assert "Sacha-Marqueur" in mine and 'href="tel:+33612345678"' in mine and "marqueur-du-mot" in mine
    other = client_of(people.national_referent).get(address).content.decode()
    assert not [mark for mark in MARKS if mark in other]
    assert client_of(people.national_referent).post(address, {"act": "take"}).status_code == 409
    assert client_of(people.other_referent).post(address, {"act": "take"}).status_code == 404


def test_what_one_has_not_taken_one_cannot_end(school, people):
    call = ask_call(school)
    with pytest.raises(Refused):
        actions.close_call_back(by=people.referent, call_back=call, outcome="oriented", note="")
    actions.take_call_back(by=people.referent, call_back=call)
    with pytest.raises(Refused):
        actions.note_no_answer(by=people.national_referent, call_back=call, tries_seen=0)
    with pytest.raises(Refused):
        actions.hand_over_call_back(by=people.national_referent, call_back=call, note="")


def test_three_calls_without_answer_end_it_as_unreachable(school, people, client_of):
    call = ask_call(school)
    address = reverse("call_back_page", args=[call.token])
    browser = client_of(people.referent)
    browser.post(address, {"act": "take"})
    for number in range(3):
        assert fresh(call).state == "taken"
        browser.post(address, {"act": "no_answer", "tries": number})
    ended = fresh(call)
    assert (ended.state, ended.outcome, ended.tries, ended.done_by) == (
        "done",
        "unreachable",
        3,
        people.referent,
    )
    assert TransitionLog.objects.filter(name="no_answer").count() == 3


def test_a_try_noted_twice_by_one_click_is_one_try(school, people):
    call = ask_call(school)
    actions.take_call_back(by=people.referent, call_back=call)
    actions.note_no_answer(by=people.referent, call_back=call, tries_seen=0)
    with pytest.raises(AlreadyDone):
        actions.note_no_answer(by=people.referent, call_back=call, tries_seen=0)
    assert fresh(call).tries == 1


def test_handing_over_keeps_the_promise_the_tries_and_a_word(school, people, client_of):
    call = ask_call(school)
    browser, address = client_of(people.referent), reverse("call_back_page", args=[call.token])
    browser.post(address, {"act": "take"})
    browser.post(address, {"act": "no_answer", "tries": 0})
    browser.post(address, {"act": "hand_over", "over-note": "Parle anglais, mot-de-suite"})
    given = fresh(call)
    assert (given.state, given.taken_by, given.tries, given.due_at) == ("waiting", None, 1, call.due_at)
    assert "mot-de-suite" not in str(CallBack.objects.values().get())
    other = client_of(people.national_referent)
    other.post(address, {"act": "take"})
    assert "mot-de-suite" in other.get(address).content.decode()


def test_a_call_ends_with_what_came_of_it_once(school, people, client_of):
    call = ask_call(school)
    browser, address = client_of(people.referent), reverse("call_back_page", args=[call.token])
    browser.post(address, {"act": "take"})
    refused = browser.post(address, {"act": "done", "outcome": "", "note": "à garder"})
    assert "Dites ce qu’il en est" in refused.content.decode() and "à garder" in refused.content.decode()
    assert browser.post(address, {"act": "done", "outcome": "oriented"}).status_code == 302
    assert fresh(call).outcome == "oriented"
    assert browser.post(address, {"act": "done", "outcome": "request"}).status_code == 409
    assert fresh(call).outcome == "oriented"


def test_what_was_promised_first_stands_first_and_late_ones_on_the_desk(school, people, client_of):
    with clock.at(clock.DEMO_START - timedelta(days=7)):
        late = ask_call(school, Caller("Tard", "+33611111111"))
    soon = ask_call(school)
    assert list(call_backs.calls_to_make(people.referent)) == [late, soon]
    desk = client_of(people.referent).get(reverse("desk")).content.decode()
    assert "1 appel en retard" in desk and "1 personne à rappeler" in desk
    assert "appel en retard" not in client_of(people.other_referent).get(reverse("desk")).content.decode()
    listed = client_of(people.referent).get(reverse("call_back_list")).content.decode()
    assert listed.count("En retard") == 1


def test_a_late_call_in_a_colleagues_hands_is_told_to_the_others(school, people, client_of):
    with clock.at(clock.DEMO_START - timedelta(days=7)):
        call = ask_call(school)
        actions.take_call_back(by=people.national_referent, call_back=call)
    desk = client_of(people.referent).get(reverse("desk")).content.decode()
    assert "1 appel reste en retard chez une autre personne" in desk
    assert "National Referent" in client_of(people.referent).get(reverse("call_back_list")).content.decode()


def test_a_late_call_is_taken_over_and_one_in_good_hands_is_not(school, people, client_of):
    call = ask_call(school)
    actions.take_call_back(by=people.national_referent, call_back=call)
    data = {"act": "take_over", "from_whom": people.national_referent.pk}
    browser, address = client_of(people.referent), reverse("call_back_page", args=[call.token])
    assert browser.post(address, data).status_code == 403
    with clock.at(clock.DEMO_START + timedelta(days=7)):
        assert "Reprendre cet appel" in browser.get(address).content.decode()
        assert browser.post(address, data).status_code == 302
        assert "Sacha-Marqueur" in browser.get(address).content.decode()
        assert browser.post(address, data).status_code == 409
        with pytest.raises(Refused):
            actions.close_call_back(by=people.national_referent, call_back=call, outcome="oriented", note="")
    assert fresh(call).taken_by == people.referent and fresh(call).due_at == call.due_at


def test_a_call_left_by_who_is_a_referent_no_more_can_be_taken_over_at_once(school, people):
    call = ask_call(school)
    actions.take_call_back(by=people.national_referent, call_back=call)
    gone = people.national_referent.role_grants
    gone.update(revoked_at=clock.moment(), revoked_by=people.administrator)
    taken = actions.take_over_call_back(
        by=people.referent, call_back=call, from_whom=people.national_referent.pk
    )
    assert taken.taken_by == people.referent


# Forgetting --------------------------------------------------------------------------------------------------


def test_an_ended_call_is_forgotten_and_still_counted(school, people):
    call, open_call = ask_call(school), ask_call(school, Caller("Noor", "+33698765432"))
    actions.take_call_back(by=people.referent, call_back=call)
    actions.close_call_back(by=people.referent, call_back=call, outcome="oriented", note="mot")
    after = timedelta(days=settings.CALL_BACK_KEPT_DAYS)
    with clock.at(clock.DEMO_START + after - timedelta(hours=1)):
        assert actions.forget_old_call_backs() == "0 forgotten"
    with clock.at(clock.DEMO_START + after + timedelta(hours=1)):
        assert actions.forget_old_call_backs() == "1 forgotten"
        assert actions.forget_old_call_backs() == "0 forgotten"
    gone = fresh(call)
    assert (gone.person_sealed, gone.phone_fingerprint, gone.note_sealed) == ("", "", "")
    assert gone.subject_key.wrapped_key is None and gone.outcome == "oriented" and gone.school == school
    assert call not in call_backs.calls_of(people.national_referent)
    with pytest.raises(vault.Erased):
        vault.open_text_for(gone.subject_key, call.person_sealed)
    assert call_backs.caller_of(fresh(open_call)).name == "Noor"
    assert AuditEvent.objects.filter(action="call_back.erased").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "taken"}, {"state": "done"}, {"outcome": "oriented"}, {"tries": 4}, {"person_sealed": ""},
        {"erased_at": clock.DEMO_START}, {"due_at": clock.DEMO_START - timedelta(days=9)},
    ],
)  # fmt: skip
def test_the_database_refuses_a_call_that_says_two_things(school, changes):
    call = ask_call(school)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.filter(pk=call.pk).update(**changes)
