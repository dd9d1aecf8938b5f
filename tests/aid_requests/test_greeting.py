"""The chosen first name: asked for, so it is the one that greets."""

from dataclasses import replace

import pytest
from django.urls import reverse

from aid_requests import actions
from aid_requests.identity import called_name
from aid_requests.models import Applicant
from tests.aid_requests import factories
from tests.aid_requests.people_pages import type_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


def name(student, request, chosen: str) -> None:
    identity = replace(factories.IDENTITY, first_name="Zélie Anne", chosen_name=chosen)
    actions.save_identity(by=student, request=request, identity=identity, through_school=True)


@pytest.mark.parametrize(("chosen", "called"), [("Sacha", "Sacha"), ("", "Zélie")])
def test_the_students_pages_greet_by_the_chosen_name_else_by_the_first_one(
    foundation, complete, student, browser, chosen, called
):
    name(student, complete, chosen)
    assert called_name(Applicant.objects.get(user=student)) == called
    for page in ("request_page", "request_messages"):
        html = browser.get(reverse(page, args=[complete.token])).content.decode()
        assert f"Bonjour {called}," in html, page
    asked = browser.get(reverse("call_me_back")).content.decode()
    assert f'value="{called}"' in asked


def test_the_list_greets_too_and_nobody_is_greeted_before_the_name_is_known(people, student, browser):
    draft = factories.draft(student)
    assert "Bonjour" not in browser.get(reverse("request_page", args=[draft.token])).content.decode()
    typed = type_for(people.referent, student.email)
    assert "Bonjour" not in browser.get(reverse("my_requests")).content.decode()
    name(student, draft, "Sacha")
    assert "Bonjour Sacha," in browser.get(reverse("my_requests")).content.decode()
    assert (
        reverse("typed_request", args=[typed.token]) in browser.get(reverse("my_requests")).content.decode()
    )
