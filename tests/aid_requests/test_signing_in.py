"""One form, one answer: the page never tells who has an account."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from fund import vault
from fund.models import OutgoingMail, School, User

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/compte/connexion/", "/compte/connexion/code/"


@pytest.fixture(autouse=True)
def _a_school(school: School) -> None:
    """Its domain is nord.example."""


def ask(client, email: str, **more: str):
    return client.post(LOGIN, {"email": email, **more}, follow=True)


def mailed_code() -> str:
    mail = OutgoingMail.objects.order_by("-pk").first()
    assert mail is not None
    found = re.search(r"^(\d{6})$", vault.open_text(mail.text_sealed), re.M)
    assert found is not None
    return found[1]


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_a_known_address_gets_a_code_that_opens_the_space_once(client, student):
    page = ask(client, "Student@Nord.example ").content.decode()
    assert "Entrez le code reçu" in page and "15 minutes" in page and "5 essais" in page
    assert "@<wbr>nord.example" in page, "a narrow phone breaks it there"
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Votre code de connexion" and vault.open_text(mail.to_sealed) == student.email
    code = mailed_code()
    assert code not in mail.subject + mail.text_sealed
    assert client.post(CODE, {"code": code}).status_code == 302
    assert is_signed_in(client)
    client.post("/compte/quitter/")
    assert not is_signed_in(client)
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_a_new_address_of_a_schools_domain_gets_an_account_and_a_code(client):
    ask(client, "new.student@etu.nord.example")
    assert User.objects.filter(email="new.student@etu.nord.example").count() == 1
    client.post(CODE, {"code": mailed_code()})
    assert is_signed_in(client)


def test_a_strangers_address_sees_the_same_page_and_nothing_is_written(client, student):
    """Failure 11: nobody outside can make us write to an address that is not ours."""
    known = ask(client, student.email).content.decode().replace("@<wbr>", "@")
    before = (User.objects.count(), OutgoingMail.objects.count())
    stranger = ask(client, "someone@elsewhere.example").content.decode().replace("@<wbr>", "@")
    assert (User.objects.count(), OutgoingMail.objects.count()) == before
    token = re.compile(r'value="[A-Za-z0-9]{64}"')
    assert token.sub("", stranger).replace("someone@elsewhere.example", "X") == token.sub("", known).replace(
        student.email, "X"
    )
    assert "Ce code n’est pas le bon" in client.post(CODE, {"code": "123456"}).content.decode()


def test_who_mistyped_the_address_may_type_another(client, student):
    ask(client, "stuent@nord.example.invalid")
    assert "Se connecter" in client.get(LOGIN).content.decode()
    ask(client, student.email)
    client.post(CODE, {"code": mailed_code()})
    assert is_signed_in(client)


def test_a_look_alike_of_the_domain_is_a_stranger(client):
    for email in ("a@notnord.example", "a@nord.example.evil.example"):
        ask(client, email)
    assert not OutgoingMail.objects.exists() and not User.objects.exists()


def test_five_wrong_codes_and_one_must_ask_again(client, student):
    ask(client, student.email)
    good = mailed_code()
    wrong = "000000" if good != "000000" else "111111"
    for _ in range(4):
        assert "Ce code n’est pas le bon" in client.post(CODE, {"code": wrong}).content.decode()
    page = client.post(CODE, {"code": wrong}, follow=True).content.decode()
    assert "Se connecter" in page and "Trop d’essais" in page
    client.post(CODE, {"code": good})
    assert not is_signed_in(client)


def test_a_late_code_opens_nothing(client, student):
    ask(client, student.email)
    code = mailed_code()
    with time_machine.travel(timezone.now().timestamp() + 15 * 60 + 1):
        page = client.post(CODE, {"code": code}, follow=True).content.decode()
    assert "Se connecter" in page and "quinze minutes" in page
    assert not is_signed_in(client)


def test_the_code_page_of_nobody_leads_to_the_form(client):
    assert client.get(CODE).headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    ("wished", "lands"),
    [
        ("/aide/emergency-aid/", "/aide/emergency-aid/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_after_signing_in_one_lands_only_on_this_site(client, student, wished, lands):
    page = client.get(LOGIN, {"next": wished}).content.decode()
    carried = re.search(r'name="next" value="([^"]*)"', page)
    client.post(LOGIN, {"email": student.email, **({"next": carried[1]} if carried else {})})
    response = client.post(CODE, {"code": mailed_code(), "next": wished})
    assert response.status_code == 302
    assert response.headers["Location"] == (lands or reverse("desk"))


def test_leaving_by_get_only_asks(client, student, client_of):
    browser = client_of(student)
    assert "Quitter votre espace" in browser.get("/compte/quitter/").content.decode()
    assert is_signed_in(browser)


def test_a_closed_account_gets_no_code(client, student):
    student.is_active = False
    student.save(update_fields=["is_active"])
    ask(client, student.email)
    assert not OutgoingMail.objects.exists()
