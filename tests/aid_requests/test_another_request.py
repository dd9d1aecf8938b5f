"""Whoever has a request is told so before beginning another (peers' wish 27)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.models import AidRequest
from tests.aid_requests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]
START = ("start_request", ["emergency-aid"])


def begin(browser, **data: str):
    return browser.post(reverse(START[0], args=START[1]), data, follow=True)


def test_a_second_click_on_the_same_button_leads_to_the_same_draft(browser):
    factories.open_scheme()
    first, second = begin(browser), begin(browser)
    assert first.redirect_chain == second.redirect_chain != []
    assert AidRequest.objects.count() == 1


def test_a_draft_is_offered_to_be_resumed_and_nothing_changes_by_itself(browser, draft):
    AidRequest.objects.update(created_at=draft.created_at - timedelta(minutes=2))
    page = begin(browser).content.decode()
    assert "Vous avez déjà une demande" in page and "Reprendre mon brouillon" in page
    assert (
        reverse("request_page", args=[draft.token]) in page
        and "Mettre mes réponses dans le brouillon" in page
    )
    assert AidRequest.objects.count() == 1


def test_going_on_puts_the_new_answers_into_the_draft_that_is_there(browser, draft):
    address = reverse("eligibility", args=["emergency-aid"])
    browser.post(address, {"q-need": "food", "q-shown": "need"})
    answer = begin(browser, anyway="yes")
    assert answer.redirect_chain == [(reverse("request_you", args=[draft.token]), 302)]
    assert AidRequest.objects.count() == 1
    assert sealed.answers_of(factories.fresh(draft))["need"] == "food"


def test_where_the_schedule_allows_no_second_one_only_the_first_is_shown(browser, student):
    request = factories.submitted(student)
    answer = begin(browser, anyway="yes")
    assert answer.redirect_chain == [(reverse("request_page", args=[request.token]), 302)]
    page = browser.get(reverse("another_request", args=["emergency-aid"])).content.decode()
    assert "Voir ma demande" in page and "Faire une autre demande" not in page
    assert "pas une fois de plus cette année" in page


def test_after_a_refused_one_another_may_be_made_once_it_was_said(browser, student):
    request = factories.submitted(student)
    AidRequest.objects.filter(pk=request.pk).update(state="refused", decided_at=request.submitted_at)
    page = begin(browser).content.decode()
    assert "Faire une autre demande" in page and AidRequest.objects.count() == 1
    begin(browser, anyway="yes")
    assert AidRequest.objects.filter(state="draft").count() == 1


def test_a_withdrawn_one_is_not_spoken_of(browser, student, draft):
    actions.withdraw_request(by=student, request=draft)
    assert browser.get(reverse("another_request", args=["emergency-aid"])).status_code == 302
    answer = begin(browser)
    assert "Vous avez déjà une demande" not in answer.content.decode()
    assert AidRequest.objects.count() == 2
