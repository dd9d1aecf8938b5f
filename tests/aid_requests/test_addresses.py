"""A personal address: proved by a code, told to the one before it, and never somebody else's."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aid_requests import actions, notifications, school_addresses
from aid_requests.models import AddressCode, Applicant
from fund import registry, vault
from fund.models import AuditEvent, OutgoingMail, User
from tests.aid_requests import factories
from tests.aid_requests.test_signing_in import CODE, ask, is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]
NEW = "ines@courriel.example"
SENT = "Si cette adresse peut être la vôtre ici, six chiffres viennent d’y partir."
WRONG = "Ce code n’est pas le bon."


@pytest.fixture
def address() -> str:
    return reverse("my_address")


def send(browser: Client, email: str) -> str:
    return browser.post(reverse("my_address"), {"act": "send", "email": email}, follow=True).content.decode()


def confirm(browser: Client, digits: str) -> str:
    data = {"act": "confirm", "code": digits}
    return browser.post(reverse("my_address"), data, follow=True).content.decode()


def mailed(to: str) -> list[str]:
    rows = OutgoingMail.objects.order_by("pk")
    return [vault.open_text(row.text_sealed) for row in rows if vault.open_text(row.to_sealed) == to]


def digits_for(email: str) -> str:
    found = re.search(r"^(\d{6})$", mailed(email)[-1], re.M)
    assert found is not None
    return found[1]


def change(browser: Client, email: str = NEW) -> None:
    send(browser, email)
    assert "C’est fait" in confirm(browser, digits_for(email))


def test_a_proved_address_gets_the_mails_and_signs_in_and_the_school_stays_proved(browser, student, client):
    school_email = student.email
    change(browser)
    student.refresh_from_db()
    applicant = Applicant.objects.get(user=student)
    assert student.email == NEW
    assert school_addresses.school_email_of(applicant) == school_email
    assert school_addresses.applicant_of_school_email(school_email.upper()) == applicant
    assert (
        NEW not in AddressCode.objects.get().email_sealed
        and school_email not in applicant.school_email_sealed
    )
    ask(client, NEW)
    client.post(CODE, {"code": digits_for(NEW)})
    assert is_signed_in(client) and client.session["_auth_user_id"] == str(student.pk)
    request = factories.draft(student)
    assert request.school == applicant.school
    notifications.tell(request, "submitted", key="1")
    assert len(mailed(school_email)) == 1 and request.reference in mailed(NEW)[-1]


def test_the_former_address_is_told_without_naming_the_new_one(browser, student):
    former = student.email
    change(browser)
    told = mailed(former)
    assert len(told) == 1 and "ne sert plus à se connecter" in told[0] and NEW not in told[0]
    assert [event.action for event in AuditEvent.objects.order_by("pk") if "address" in event.action] == [
        "address_code.sent", "account.address_changed",
    ]  # fmt: skip
    assert NEW not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_the_replaced_school_address_opens_no_second_account(browser, student, client):
    former = student.email
    change(browser)
    assert "Entrez le code reçu" in ask(client, former).content.decode()
    assert User.objects.filter(email=former).count() == 0
    assert registry.is_replaced_address(former.upper()) and not registry.is_replaced_address(NEW)


def test_the_replaced_mailbox_is_told_once_an_hour_that_another_address_signs_in_and_never_which(
    browser, student, client
):
    former = student.email
    change(browser)
    before = mailed(former)
    pages = [ask(client, address).content.decode() for address in (former, former.upper(), "x@nord.example")]
    told = mailed(former)[len(before) :]
    assert len(told) == 1 and "connectez-vous avec l’adresse que vous aviez choisie" in told[0]
    assert NEW not in told[0] and not re.search(r"\d{6}", told[0])
    assert not [mail for mail in mailed(NEW)[1:] if "code" in mail]
    assert all("Si vous avez choisi depuis une autre adresse" in page for page in pages)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        ask(client, former)
    assert len(mailed(former)) == len(before) + 2


def test_one_may_go_back_to_the_schools_address(browser, student):
    former = student.email
    change(browser)
    change(browser, former)
    student.refresh_from_db()
    assert student.email == former and not registry.is_replaced_address(former)


@pytest.fixture
def other(school, client_of) -> Applicant:
    """Another student, who moved to a personal address."""
    user = User.objects.create_user("other@nord.example")
    browser = client_of(user)
    change(browser, "other@courriel.example")
    return Applicant.objects.get(user=user)


@pytest.mark.parametrize(
    "taken", ["donor@courriel.example", "other@courriel.example", "other@nord.example", "new@nord.example"]
)
def test_somebody_elses_address_cannot_be_taken_and_the_page_says_the_same(browser, other, client_of, taken):
    """A known address, a replaced one, a school's: the same answer as for a free one, and nothing sent."""
    User.objects.create_user("donor@courriel.example")
    before = len(mailed(taken))
    told = send(browser, taken)
    assert len(mailed(taken)) == before
    typed = AddressCode.objects.order_by("-pk")[0]
    assert WRONG in confirm(browser, "123456") and typed.code_hash not in told
    free = send(browser, NEW)
    token = re.compile(r'value="[A-Za-z0-9]{64}"')
    assert SENT in told and token.sub("", told) == token.sub("", free)


def test_an_address_taken_since_the_code_was_sent_stays_the_others(browser, student):
    send(browser, NEW)
    User.objects.create_user(NEW)
    assert WRONG in confirm(browser, digits_for(NEW))
    student.refresh_from_db()
    assert student.email != NEW


def test_five_wrong_codes_and_one_must_ask_again(browser, student):
    send(browser, NEW)
    good = digits_for(NEW)
    for _try in range(5):
        assert WRONG in confirm(browser, "000000" if good != "000000" else "111111")
    assert AddressCode.objects.get().tries == 5
    assert "Cinq essais" in confirm(browser, good)
    student.refresh_from_db()
    assert student.email != NEW


def test_a_late_code_and_a_code_used_twice_prove_nothing(browser, student):
    send(browser, NEW)
    good = digits_for(NEW)
    with time_machine.travel(timezone.now().timestamp() + 15 * 60 + 1):
        assert "quinze minutes" in confirm(browser, good)
    change(browser)
    assert "Demandez d’abord un code" in confirm(browser, digits_for(NEW))


def test_only_the_last_code_counts_and_no_more_than_three_are_sent(browser, student):
    for number in range(3):
        send(browser, f"ines{number}@courriel.example")
    assert WRONG in confirm(browser, digits_for("ines0@courriel.example"))
    assert "Trois codes sont déjà partis" in send(browser, NEW)
    assert mailed(NEW) == []


def test_codes_are_forgotten_the_day_after_with_the_addresses_they_were_asked_for(browser, student):
    send(browser, NEW)
    assert actions.forget_old_address_codes() == "0 forgotten"
    with time_machine.travel(timezone.now().timestamp() + 25 * 3600):
        assert actions.forget_old_address_codes() == "1 forgotten"
    assert not AddressCode.objects.exists() and registry.jobs()["old_address_codes"]


def test_a_code_is_of_one_person_and_one_address(browser, student, school, client_of):
    send(browser, NEW)
    thief = client_of(User.objects.create_user("thief@nord.example"))
    send(thief, "thief@courriel.example")
    assert WRONG in confirm(thief, digits_for(NEW))


@pytest.mark.parametrize(
    "typed", ["", "ines", "ines@", "a b@courriel.example", "x" * 250 + "@courriel.example"]
)
def test_what_is_no_address_is_told_and_nothing_is_sent(browser, student, typed):
    page = send(browser, typed)
    assert 'aria-invalid="true"' in page and not AddressCode.objects.exists()


def test_the_page_shows_the_address_and_asks_for_the_code_only_once_it_was_sent(browser, student, address):
    page = browser.get(address).content.decode()
    assert student.email in page and 'name="code"' not in page
    assert 'name="code"' in send(browser, NEW)


def test_the_page_of_a_request_leads_there(browser, student, address):
    request = factories.draft(student)
    page = browser.get(reverse("request_page", args=[request.token])).content.decode()
    assert f'href="{address}"' in page


def test_a_donor_and_staff_have_no_such_page(client_of, people, address):
    donor = User.objects.create_user("donor@courriel.example")
    assert client_of(donor).get(address).status_code == 403
    assert client_of(people.referent).get(address).status_code == 403


def test_each_applicant_has_the_proof_of_the_school_from_the_first_day(student):
    factories.draft(student)
    applicant = Applicant.objects.get(user=student)
    assert applicant.school_email_fingerprint == school_addresses.school_email_fingerprint(student.email)
    assert actions.waiting_address_code(applicant) is None


def test_the_applicants_of_before_get_the_proof_of_their_school_and_the_erased_do_not(student, school):
    factories.draft(student)
    gone = Applicant.objects.create(
        user=User.objects.create_user("gone@nord.example"),
        subject_key=vault.make_subject_key("applicant"),
        school=school,
        created_at=timezone.now(),
    )
    vault.erase_subject(gone.subject_key)
    Applicant.objects.update(school_email_sealed="", school_email_fingerprint="")
    migration = import_module("aid_requests.migrations.0009_papers")
    migration.keep_school_addresses(apps, None)
    kept = Applicant.objects.get(user=student)
    assert school_addresses.school_email_of(kept) == student.email
    assert school_addresses.applicant_of_school_email(student.email) == kept
    gone.refresh_from_db()
    assert gone.school_email_fingerprint == ""
