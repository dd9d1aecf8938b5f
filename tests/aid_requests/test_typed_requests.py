"""Typed by a referent, taken over and signed by the person alone."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aid_requests import actions, permissions, sealed, typed_requests
from aid_requests.committee import permissions as committee
from aid_requests.forms.group_rows import ROW_BUTTON
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, TypedRequest
from aid_requests.reference import AidRequestReference
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail, PaymentOrder, TransitionLog, User
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import ANSWERS, FIRST_NAME, IDENTITY, LAST_NAME, STORY, STREET, fresh
from tests.aid_requests.people_pages import ask_call, type_for, typed_content
from tests.conftest import grant, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("may_2020", "foundation", "school", "other_school"),
]
EMAIL = "student@nord.example"
MARKS = (FIRST_NAME, LAST_NAME, STREET, "marqueur-de-récit", "412,50", "student_job")
PAGE = {
    "email": EMAIL,
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
    "birth_date": "09/09/1999",
    "birth_place": "Grenoble",
    "address": STREET,
    "story": STORY,
    **{f"q-{name}": value for name, value in ANSWERS.items()},
    "q-shown": " ".join(ANSWERS),
}


@pytest.fixture(autouse=True)
def _open(db: None) -> None:
    with clock.at(clock.DEMO_START):
        factories.open_scheme()


def send(client: Client, **changes: object):
    values = {**PAGE, "q-story": STORY, "form_token": str(uuid.uuid4()), **changes}
    return client.post(reverse("type_scheme_request", args=["emergency-aid"]), values)


# Typing ------------------------------------------------------------------------------------------------------


def test_a_referent_types_everything_on_one_page_and_the_person_gets_a_link(people, client_of):
    browser = client_of(people.referent)
    assert (
        "Urgence" in browser.get(reverse("type_request")).content.decode()
        or TypedRequest.objects.count() == 0
    )
    page = browser.get(reverse("type_scheme_request", args=["emergency-aid"])).content.decode()
    assert 'autocomplete="given-name"' not in page and 'name="q-cause"' in page
    answer = send(browser)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    typed = TypedRequest.objects.get()
    assert (typed.school.code, typed.typed_by, typed.state) == ("nord", people.referent, "waiting")
    content = typed_requests.content_of(typed)
    assert content.identity.full_name == IDENTITY.full_name and content.answers["cause"] == "student_job"
    assert not AidRequest.objects.exists() and not User.objects.filter(email=EMAIL).exists()


def test_a_text_that_names_the_person_is_shown_once_more_before_it_goes(people, client_of):
    """The committee reads without names: whoever types can mend it, or send it as it is and let it be masked."""
    browser = client_of(people.referent)
    named = f"{LAST_NAME.upper()} m’a tout dit à Lille."
    answer = send(browser, **{"q-story": named})
    text = answer.content.decode()
    assert answer.status_code == 422 and not TypedRequest.objects.exists()
    assert (
        "Ce texte contient le nom de la personne" in text and "la ville de l’école" in text and named in text
    )
    mark = text.partition('name="read_again" value="')[2].partition('"')[0]
    other = send(browser, **{"q-story": f"{named} Encore {FIRST_NAME}.", "read_again": mark})
    assert other.status_code == 422, "another text is looked at again"
    assert send(browser, **{"q-story": named, "read_again": mark}).status_code == 302
    assert typed_requests.content_of(TypedRequest.objects.get()).story == named


def test_what_was_typed_stands_under_its_own_key_and_the_mail_says_nothing(people):
    typed = type_for(people.referent, EMAIL)
    kept = (
        TypedRequest.objects.values().get(),
        *AuditEvent.objects.values(),
        *TransitionLog.objects.values(),
    )
    mail = OutgoingMail.objects.get(key=f"typed_request:{typed.pk}")
    body = vault.open_text(mail.text_sealed)
    for text in (*map(str, kept), mail.subject, body, repr(typed_content(EMAIL))):
        assert not [mark for mark in (*MARKS, EMAIL) if mark in text]
    assert vault.open_text(mail.to_sealed) == EMAIL
    assert reverse("typed_request", args=[typed.token]) in body


@pytest.mark.parametrize("email", ["student@sud.example", "student@gmail.example", "referent@staff.example"])
def test_only_an_address_of_the_own_school_can_be_typed_for(people, client_of, email):
    answer = send(client_of(people.referent), email=email)
    assert answer.status_code == 422 and FIRST_NAME in answer.content.decode()
    assert not TypedRequest.objects.exists()


def test_a_national_referent_types_for_any_school_of_the_network(people):
    assert type_for(people.national_referent, "student@sud.example").school.code == "sud"
    with pytest.raises(Refused):
        type_for(people.national_referent, "student@gmail.example")
    with pytest.raises(Refused):
        type_for(people.member1, EMAIL)


def test_a_referent_types_nothing_for_the_own_address(people):
    people.referent.email = "referent@nord.example"
    people.referent.save(update_fields=["email"])
    with pytest.raises(Refused) as caught:
        type_for(people.referent, "Referent@nord.example")
    assert caught.value.refusal.code == "own_address"


def test_the_same_form_twice_is_one_and_typing_again_replaces(people):
    token = uuid.uuid4()
    values = {"by": people.referent, "slug": "emergency-aid", "form_token": token, "call_back": None}
    first = actions.type_request(content=typed_content(EMAIL), **values)
    with pytest.raises(AlreadyDone):
        actions.type_request(content=typed_content(EMAIL), **values)
    second = type_for(people.referent, EMAIL)
    first.refresh_from_db()
    assert (first.state, second.state) == ("lapsed", "waiting")
    assert first.content_sealed == "" and first.subject_key.wrapped_key is None
    type_for(people.national_referent, EMAIL)
    assert TypedRequest.objects.filter(state="waiting").count() == 2


def test_a_closed_aid_cannot_be_typed(people):
    with clock.at(clock.DEMO_START.replace(month=7, day=2)), pytest.raises(Refused):
        type_for(people.referent, EMAIL)


def test_answers_the_aid_does_not_cover_are_told_and_not_sent(people, client_of):
    answer = send(client_of(people.referent), **{"q-cause": "other"})
    assert "ne couvre pas votre situation" in answer.content.decode() and not TypedRequest.objects.exists()


def test_a_question_that_comes_up_is_shown_before_anything_is_sent(people, client_of):
    answer = send(client_of(people.referent), **{"q-shown": "enrolled", "q-enrolled": "yes"})
    assert answer.status_code in (200, 422) and not TypedRequest.objects.exists()
    part = client_of(people.referent).post(
        reverse("type_scheme_request", args=["emergency-aid"]), PAGE, headers={"HX-Request": "true"}
    )
    assert 'id="questions"' in part.content.decode() and "<html" not in part.content.decode()


def test_adding_a_row_sends_nothing_and_blames_nobody(people, client_of):
    answer = send(client_of(people.referent), email="", address="", **{ROW_BUTTON: "add tickets"})
    page = answer.content.decode()
    assert answer.status_code == 200 and 'class="call err"' not in page and FIRST_NAME in page
    assert not TypedRequest.objects.exists()


def test_from_a_call_the_name_and_the_wish_come_along(people, school, client_of):
    call = ask_call(school, through_school=False)
    actions.take_call_back(by=people.national_referent, call_back=call)
    browser, address = (
        client_of(people.national_referent),
        reverse("type_scheme_request", args=["emergency-aid"]),
    )
    page = browser.get(f"{address}?rappel={call.token}").content.decode()
    assert "Sacha-Marqueur" in page and "checked" in page
    send(browser, rappel=str(call.token), not_through_school="on")
    typed = TypedRequest.objects.get()
    assert typed.call_back == call and typed_requests.content_of(typed).through_school is False
    stranger = client_of(people.referent).get(f"{address}?rappel={call.token}").content.decode()
    assert "Sacha-Marqueur" not in stranger


def test_a_referent_learns_nothing_of_what_the_person_has_already(people, client_of, student):
    """The same answer, mail and list, whether or not the person has requests."""
    factories.submitted(student)
    browser = client_of(people.referent)
    assert send(browser).headers["Location"] == send(browser, email="new@nord.example").headers["Location"]
    assert OutgoingMail.objects.filter(key__startswith="typed_request:").count() == 2
    actions.decline_typed_request(by=student, typed=typed_requests.waiting_for(student).get())
    listed = browser.get(reverse("type_request")).content.decode()
    assert listed.count("N’attend plus") == 1 and "U-2020-0001" not in listed and EMAIL not in listed


# Taking over -------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(people) -> TypedRequest:
    return type_for(people.referent, EMAIL)


def page_of(typed: TypedRequest) -> str:
    return reverse("typed_request", args=[typed.token])


def test_the_person_reads_who_typed_by_role_and_all_that_was_typed(typed, student, client_of):
    browser = client_of(student)
    page = browser.get(page_of(typed)).content.decode()
    assert "Une personne référente l’a préparée avec vous" in page and "Referent" not in page
    assert FIRST_NAME in page and "marqueur-de-récit" in page and "412,50" in page
    assert page_of(typed) in browser.get(reverse("my_requests")).content.decode()


def test_nobody_but_the_owner_of_that_address_finds_it(typed, people, client_of, client):
    other = make_user("other", "nord.example")
    assert client_of(other).get(page_of(typed)).status_code == 404
    assert client_of(other).post(page_of(typed), {"act": "claim"}).status_code == 404
    assert client_of(people.referent).get(page_of(typed)).status_code in (403, 404)
    assert client.get(page_of(typed)).headers["Location"].startswith("/compte/connexion/")
    with pytest.raises(Refused):
        actions.claim_typed_request(by=other, typed=typed)
    with pytest.raises(Refused):
        actions.decline_typed_request(by=other, typed=typed)


def test_whoever_signs_in_by_another_address_since_finds_it_by_the_schools(typed, student, client_of):
    """The school's address stays proof of the school, whichever one signs in today."""
    factories.draft(student)
    student.email = "personal@home.example"
    student.save(update_fields=["email"])
    assert client_of(student).get(page_of(typed)).status_code == 200
    assert actions.claim_typed_request(by=student, typed=typed).typed_by == typed.typed_by


def test_taking_it_over_makes_a_draft_of_ones_own_and_signs_nothing(typed, student, people, client_of):
    answer = client_of(student).post(page_of(typed), {"act": "claim"})
    request = AidRequest.objects.get()
    assert answer.headers["Location"] == reverse("request_you", args=[request.token])
    assert (request.state, request.typed_by, request.typed_at) == ("draft", people.referent, typed.typed_at)
    assert request.bank_details is None and not request.declarations.exists()
    assert identity_of(request.applicant) == IDENTITY and sealed.story_of(request) == STORY
    assert sealed.answers_of(request)["cause"] == "student_job" and request.amount_cents == 15_000
    kept = TypedRequest.objects.get()
    assert (kept.state, kept.request, kept.content_sealed) == ("claimed", request, "")
    assert kept.subject_key.wrapped_key is None
    with pytest.raises(AlreadyDone):
        actions.claim_typed_request(by=student, typed=kept)
    own = reverse("request_page", args=[request.token])
    assert client_of(student).get(page_of(typed)).headers["Location"] == own
    page = client_of(student).get(reverse("request_page", args=[request.token])).content.decode()
    assert "Saisie avec vous par une personne référente" in page


def test_what_the_person_said_before_stays(typed, student):
    request = factories.draft(student)
    own = replace(IDENTITY, address="1 rue à moi")
    actions.save_identity(by=student, request=request, identity=own, through_school=False)
    answers = sealed.answers_of(fresh(request))
    actions.save_answers(by=student, request=request, answers=answers, story="Mes mots.")
    claimed = actions.claim_typed_request(by=student, typed=typed)
    assert claimed.pk == request.pk and identity_of(fresh(request).applicant) == own
    assert sealed.story_of(fresh(request)) == "Mes mots." and fresh(request).through_school is False


def test_a_signed_request_under_correction_is_not_touched(typed, student):
    request = factories.submitted(student)
    actions.correct_request(by=student, request=request)
    with pytest.raises(Refused) as caught:
        actions.claim_typed_request(by=student, typed=typed)
    assert caught.value.refusal.code == "correcting"
    assert TypedRequest.objects.get().state == "waiting"


def test_a_person_who_may_not_have_another_is_told_so(typed, student):
    factories.submitted(student)
    with pytest.raises(Refused) as caught:
        actions.claim_typed_request(by=student, typed=typed)
    assert caught.value.refusal.code == "cap_requests"


def test_what_one_does_not_want_is_erased_at_once(typed, student, client_of):
    assert client_of(student).post(page_of(typed), {"act": "decline"}).status_code == 302
    kept = TypedRequest.objects.get()
    assert (kept.state, kept.content_sealed) == ("declined", "") and kept.subject_key.wrapped_key is None
    assert not AidRequest.objects.exists()


def test_what_nobody_takes_over_lapses_and_is_told_kindly(typed, student):
    days = timedelta(days=settings.TYPED_REQUEST_DAYS)
    with clock.at(clock.DEMO_START + days):
        assert actions.lapse_typed_requests() == "0 lapsed"
    with clock.at(clock.DEMO_START + days + timedelta(days=1)):
        assert actions.lapse_typed_requests() == "1 lapsed"
        assert actions.lapse_typed_requests() == "0 lapsed"
    kept = TypedRequest.objects.get()
    assert (kept.state, kept.content_sealed) == ("lapsed", "") and kept.subject_key.wrapped_key is None
    mail = OutgoingMail.objects.get(key=f"typed_request_lapsed:{kept.pk}")
    assert vault.open_text(mail.to_sealed) == EMAIL
    assert not typed_requests.waiting_for(student).exists()


# The tie -----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(typed, student) -> AidRequest:
    request = actions.claim_typed_request(by=student, typed=typed)
    AidRequest.objects.filter(pk=request.pk).update(typed_by=None, typed_at=None)
    made = factories.submitted(student)
    AidRequest.objects.filter(pk=made.pk).update(typed_by=typed.typed_by, typed_at=typed.typed_at)
    return fresh(made)


def test_who_typed_a_request_does_not_confirm_its_enrolment(signed, people, client_of):
    assert signed not in permissions.certifiable_requests(people.referent)
    refusal = permissions.can_certify(people.referent, signed)
    assert refusal is not None and refusal.code == "typed"
    values = {"request": signed, "university_year": "2019-2020", "level": "year-4", "revision": 1}
    with pytest.raises(Refused) as caught:
        actions.certify_enrolment(by=people.referent, **values)
    assert caught.value.refusal.code == "typed"
    told = client_of(people.referent).get(reverse("certify_request", args=[signed.token]))
    assert told.status_code == 403 and "Vous avez saisi cette demande" in told.content.decode()
    actions.certify_enrolment(by=people.national_referent, **values)
    assert fresh(signed).state == "in_review"


def test_who_typed_a_request_never_votes_on_it_nor_pays_it(signed, people):
    """In whatever role that person comes later (invariant 5)."""
    actions.certify_enrolment(
        by=people.national_referent, request=signed, university_year="2019-2020", level="year-4", revision=1
    )
    before = committee.count_voters(fresh(signed))
    people.referent.role_grants.update(revoked_at=clock.moment(), revoked_by=people.administrator)
    grant(people.referent, Role.MEMBER, by=people.administrator)
    refusal = committee.can_vote(people.referent, fresh(signed))
    assert refusal is not None and refusal.code == "typed"
    assert committee.count_voters(fresh(signed)) == before
    order = PaymentOrder(reference_id=str(signed.pk))
    assert AidRequestReference().has_tie(order, people.referent)
    assert not AidRequestReference().has_tie(order, people.treasurer)
