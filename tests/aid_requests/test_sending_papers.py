"""The papers as config/static/photos.js sends them: told where to go, never taken along the redirect."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_requests.models import Document
from tests.aid_requests import factories
from tests.aid_requests.factories import PDF

BY_SCRIPT = {"X-Sent-By": "script"}


@pytest.fixture
def page(may_2020, foundation, student, client_of):
    """(the browser, a draft whose papers are asked for, the address of the step)."""
    request = factories.draft(student)
    return client_of(student), request, reverse("request_documents", args=[request.token])


def send(browser, url: str, data: bytes, **headers: str):
    form = {"add": "rent_receipt", "file-rent_receipt": SimpleUploadedFile("IMG_4711.jpg", data)}
    return browser.post(url, form, headers=headers)


def test_a_script_is_told_the_next_page_and_the_sentence_waits_there(page):
    browser, _request, url = page
    response = send(browser, url, PDF, **BY_SCRIPT)
    assert (response.status_code, response["X-Next"], response.content) == (204, url, b"")
    assert "La pièce est reçue." in browser.get(url).content.decode()


def test_a_form_without_script_is_redirected_as_ever(page):
    browser, _request, url = page
    response = send(browser, url, PDF)
    assert (response.status_code, response["Location"], "X-Next" in response) == (302, url, False)


def test_what_is_wrong_comes_as_the_page_itself_and_nothing_is_believed(page):
    """Whatever the script says it made of a photo, the server looks at the bytes."""
    browser, _request, url = page
    response = send(browser, url, b"no photo at all", **BY_SCRIPT)
    assert response.status_code == 200 and "ni un PDF ni une photo" in response.content.decode()
    assert not Document.objects.exists()


def test_the_step_says_what_is_sent_and_how_it_is_told(page):
    browser, _request, url = page
    html = browser.get(url).content.decode()
    assert "data-photos" in html and "photos.js" in html
    assert 'role="status" data-sending data-going="Envoi des pièces\u00a0: #"' in html
    script = (settings.BASE_DIR / "config" / "static" / "photos.js").read_text()
    assert len(script) < 6000
    assert not [
        word for word in ("innerHTML", "eval", "localStorage", "indexedDB", "caches") if word in script
    ]
