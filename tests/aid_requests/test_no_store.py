"""On a shared computer, « back » after signing out shows no request: what an applicant reads is kept nowhere."""

import pytest
from django.urls import get_resolver, reverse

from aid_requests import actions
from tests.aid_requests import factories
from tests.test_url_sweep import MATRIX, OBJECT_OF, OF_A_REQUEST, POST_ONLY, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]

OWN = sorted(
    name
    for name, who in MATRIX.items()
    if who
    and "owner" in who
    and "everyone" not in who
    and name not in POST_ONLY
    and (name in OF_A_REQUEST or OBJECT_OF.get(name) == "request")
)
OF_THE_PERSON = ("my_requests", "my_address", "applicant_data")


def addresses(request) -> dict[str, str]:
    of_requests = {name: reverse(name, args=[request.token]) for name in OWN}
    return {**of_requests, **{name: reverse(name) for name in OF_THE_PERSON}}


def test_these_are_the_applicants_pages():
    assert set(OWN) <= set(names_of(get_resolver().url_patterns))
    steps = {"request_you", "request_situation", "request_documents", "request_account", "request_declare"}
    assert steps | {"request_page", "request_messages", "request_reexamination"} <= set(OWN)


def test_no_page_of_an_applicant_is_kept_by_a_browser_or_a_proxy(complete, student, browser):
    document = complete.documents.first()
    found = addresses(complete)
    found["document_file"] = reverse("document_file", args=[complete.token, document.token])
    found["another_request"] = reverse("another_request", args=["emergency-aid"])
    found["keep_step"] = reverse("keep_step", args=[complete.token, "you"])
    kept = [
        name
        for name, address in found.items()
        if "no-store" not in browser.get(address).get("Cache-Control", "")
        and browser.get(address).status_code < 400
    ]
    assert kept == []


def test_a_signed_request_and_what_a_form_answers_are_not_kept_either(student, browser):
    request = factories.submitted(student)
    for name in ("request_page", "request_messages", "request_versions"):
        assert "no-store" in browser.get(reverse(name, args=[request.token]))["Cache-Control"], name
    actions.correct_request(by=student, request=request)
    answer = browser.post(reverse("request_you", args=[request.token]), {})
    assert answer.status_code < 400 and "no-store" in answer["Cache-Control"]
