"""The link of a typed request, opened again; and by whoever has a request for this aid already."""

import pytest
from django.urls import reverse

from aid_requests import actions
from aid_requests.models import AidRequest
from fund import clock
from fund.models import User
from tests.aid_requests import factories
from tests.aid_requests.people_pages import type_for

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("may_2020", "foundation", "school", "other_school"),
]
STANDING = "elle ne se demande pas deux fois"


@pytest.fixture(autouse=True)
def _open(db: None) -> None:
    with clock.at(clock.DEMO_START):
        factories.open_scheme()


def test_the_link_of_what_was_taken_over_leads_its_owner_to_the_request_and_nobody_else(
    people, student, browser, client_of
):
    typed = type_for(people.referent, student.email)
    link = reverse("typed_request", args=[typed.token])
    browser.post(link, {"act": "claim"})
    draft = AidRequest.objects.get()
    for again in (
        browser.get(link),
        browser.post(link, {"act": "claim"}),
        browser.post(link, {"act": "decline"}),
    ):
        assert again.status_code == 302 and again["Location"] == reverse("request_page", args=[draft.token])
    stranger = client_of(User.objects.create_user("stranger@nord.example"))
    assert stranger.get(link).status_code == 404
    assert client_of(people.referent).get(link).status_code == 403
    declined = type_for(people.referent, "stranger@nord.example")
    address = reverse("typed_request", args=[declined.token])
    stranger.post(address, {"act": "decline"})
    assert stranger.get(address).status_code == 404


def test_whoever_has_a_request_reads_why_it_cannot_be_taken_over_and_where_the_request_is(
    people, student, browser
):
    request = factories.submitted(student)
    typed = type_for(people.referent, student.email)
    link = reverse("typed_request", args=[typed.token])
    page = browser.get(link).content.decode()
    assert STANDING in page and 'value="claim"' not in page and 'value="decline"' in page
    assert reverse("request_page", args=[request.token]) in page
    told = browser.post(link, {"act": "claim"})
    assert told.status_code == 200 and STANDING in told.content.decode()
    typed.refresh_from_db()
    assert typed.state == "waiting"


def test_a_request_being_corrected_is_signed_first(people, student, browser):
    request = factories.submitted(student)
    actions.correct_request(by=student, request=request)
    typed = type_for(people.referent, student.email)
    page = browser.get(reverse("typed_request", args=[typed.token])).content.decode()
    assert "Vous corrigez déjà une demande" in page and 'value="claim"' not in page


def test_a_draft_takes_what_was_typed(people, student, browser):
    factories.draft(student)
    typed = type_for(people.referent, student.email)
    page = browser.get(reverse("typed_request", args=[typed.token])).content.decode()
    assert 'value="claim"' in page and "s’y ajoutera" in page
