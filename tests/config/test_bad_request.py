"""What cannot even be read is answered by our page, without anything of the request in it."""

import logging

from django.urls import reverse

from config import views
from fund.models import User

SENTENCE = "Cette demande n’a pas pu être lue"


def test_a_request_for_another_host_gets_the_page(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert SENTENCE in page and "could not be read" in page
    assert "evil" not in page


def test_a_file_name_longer_than_any_gets_the_page_and_stays_out_of_the_log(client_of, people, caplog):
    part = f'Content-Disposition: form-data; name="file"; filename="{"secret" * 900}.xml"'
    body = f"--B\r\n{part}\r\nContent-Type: text/xml\r\n\r\nhello\r\n--B--\r\n"
    with caplog.at_level(logging.DEBUG):
        answer = client_of(people.treasurer).generic(
            "POST",
            reverse("import_statement"),
            body.encode(),
            content_type="multipart/form-data; boundary=B",
        )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert SENTENCE in page and "nom plus court" in page
    assert "secret" not in page + caplog.text


def test_the_pages_of_trouble_ask_nothing_of_what_is_in_trouble(rf):
    """No database, no session, no signed-in person: `db` is not asked for, so a query would fail here."""
    request = rf.get("/")
    request.user = User(pk=1)  # whose roles the frame of every other page asks for
    assert views.bad_request(request, ValueError()).status_code == 400
    assert views.broken(request).status_code == 500
