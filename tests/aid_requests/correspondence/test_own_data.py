"""The archive of one's own data: everything of the person, nothing of anybody else."""

import io
import json
import uuid
import zipfile
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from django.test import Client
from django.urls import reverse

from aid_requests import documents
from aid_requests.actions import messages as acts
from aid_requests.committee.actions import cast_vote
from fund.models import AuditEvent
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.conftest import make_user
from tests.second_factor import mailed_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


@pytest.fixture
def refused(foundation, pocket, student, people):
    """Signed twice, written to, refused by two votes: one of everything."""
    file = factories.in_review(student, people.referent)
    acts.write_to_team(
        by=student, request=file, party="committee", text="Mot-à-moi.", form_token=uuid.uuid4()
    )
    acts.write_to_student(by=people.chair, request=file, text="Mot-du-comité.", form_token=uuid.uuid4())
    for member in (people.member1, people.member2):
        values = {"choice": "refuse", "reason_code": "expense_not_shown", "note": "Note-entre-membres"}
        cast_vote(by=member, request=file, revision=1, **values)
    return fresh(file)


@pytest.fixture
def client_of(client_of):
    """Browsers that have just signed in."""

    def make(user) -> Client:
        browser = client_of(user)
        sign_in_ago(browser, user, minutes=0)
        return browser

    return make


def sign_in_ago(browser: Client, user, *, minutes: int) -> None:
    """As if this browser had signed in by a code so long ago, and never since."""
    session = browser.session
    session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)
    record_authentication(SimpleNamespace(session=session), user, "code", email=user.email)
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= 60 * minutes
    session.save()


def archive_of(browser) -> zipfile.ZipFile:
    response = browser.post(reverse("export_applicant_data"))
    assert response.status_code == 200 and response["Content-Disposition"].startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_archive_holds_everything_of_the_person(refused, student, client_of):
    archive = archive_of(client_of(student))
    assert archive.testzip() is None
    data = json.loads(archive.read("mes-donnees.json"))
    (request,) = data["requests"]
    assert data["person"]["identity"]["last_name"] == factories.LAST_NAME
    assert data["accounts"][0]["iban"] == factories.IBAN.replace(" ", "")
    assert request["story"] == factories.STORY and request["answers"]["amount_due"]
    assert [message["text"] for message in request["messages"]] == ["Mot-à-moi.", "Mot-du-comité."]
    assert request["decisions"][0]["reasons"] and request["signed_versions"][0]["amount_cents"] == 15_000
    assert request["declarations"][0]["proof"]["ip"] == "192.0.2.7"
    assert any(mail["subject"] for mail in data["mails"])
    listed = [row["file"] for name in ("documents", "declarations", "decisions") for row in request[name]]
    assert sorted([*listed, "mes-donnees.json"]) == sorted(archive.namelist())
    assert archive.read(request["decisions"][0]["file"]).startswith(b"%PDF-")
    assert all(factories.LAST_NAME not in name for name in archive.namelist())


def test_nobody_else_is_in_it(refused, student, people, client_of):
    text = archive_of(client_of(student)).read("mes-donnees.json").decode()
    assert "Note-entre-membres" not in text and "vote" not in text
    for person in vars(people).values():
        assert person.email not in text and (not person.display_name or person.display_name not in text)


def test_taking_it_is_noted_and_only_a_post_gives_it(refused, student, client_of):
    browser = client_of(student)
    assert browser.get(reverse("export_applicant_data")).status_code == 405
    assert "Exporter mes données" in browser.get(reverse("applicant_data")).content.decode()
    archive_of(browser)
    assert AuditEvent.objects.filter(action="applicant.exported", by=student).count() == 1


def test_an_open_session_gives_nothing_before_a_new_code(refused, student, client_of):
    browser = client_of(student)
    sign_in_ago(browser, student, minutes=11)
    page = browser.get(reverse("applicant_data")).content.decode()
    assert "Recevoir un code" in page and "data-stays" not in page
    answer = browser.post(reverse("export_applicant_data"))
    back = reverse("applicant_data")
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{reverse('account_confirm_login_code')}?{urlencode({'next': back})}",
    )
    assert browser.get(back).status_code == 302, "the session is over until the code is typed"
    assert not AuditEvent.objects.filter(action="applicant.exported").exists()
    wrong = browser.post(answer["Location"], {"code": "000000" if mailed_code() != "000000" else "111111"})
    assert wrong.status_code == 200 and browser.get(back).status_code == 302
    right = browser.post(answer["Location"], {"code": mailed_code(), "next": back})
    assert (right.status_code, right["Location"]) == (302, back)
    assert archive_of(browser).testzip() is None
    assert AuditEvent.objects.filter(action="applicant.exported", by=student).count() == 1


def test_a_session_that_never_proved_anything_gives_nothing(refused, student):
    browser = Client()
    browser.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(reverse("export_applicant_data")).status_code == 302


def test_nine_minutes_are_still_fresh(refused, student, client_of):
    browser = client_of(student)
    sign_in_ago(browser, student, minutes=9)
    assert archive_of(browser).testzip() is None


def test_who_never_asked_has_nothing_to_take(foundation, school, client_of):
    assert (
        client_of(make_user("another", "nord.example")).post(reverse("export_applicant_data")).status_code
        == 404
    )


def test_a_file_that_is_gone_leaves_its_line(foundation, student, client_of):
    request = factories.complete_draft(student)
    documents.private_storage().delete(request.documents.first().storage_name)
    archive = archive_of(client_of(student))
    (told,) = json.loads(archive.read("mes-donnees.json"))["requests"]
    assert len(told["documents"]) == len(factories.PAPERS)
    assert (
        len([name for name in archive.namelist() if name.startswith("pieces/")]) == len(factories.PAPERS) - 1
    )


def test_a_refusal_says_why_until_when_and_where_else(refused, student, client_of):
    """S6: the page says what the letter says."""
    page = client_of(student).get(reverse("request_page", args=[refused.token])).content.decode()
    assert "ne montrent pas la dépense" in page and "15 juillet 2020" in page
    assert "Qui d’autre peut vous aider" in page and "Crous" in page
    assert reverse("request_reexamination", args=[refused.token]) in page
