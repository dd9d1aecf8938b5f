"""A staff session rests an hour at most and lasts twelve in all; a student's is left alone."""

import time

import pytest
import time_machine

from fund import staff_sessions

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def browser(people, client_of):
    browser = client_of(people.treasurer)
    assert browser.get("/tresorerie/").status_code == 200
    return browser


def later(minutes: float):
    return time_machine.travel(time.time() + minutes * MINUTE, tick=False)


def test_an_hour_of_rest_ends_the_session(browser):
    with later(61):
        answer = browser.get("/tresorerie/", follow=True)
        assert answer.redirect_chain[0][0] == "/compte/connexion/?next=/tresorerie/"
        assert "Votre session a pris fin" in answer.content.decode()
        assert "_auth_user_id" not in browser.session


def test_an_act_after_an_hour_is_not_done(browser):
    with later(61):
        answer = browser.post("/tresorerie/releves/rapprocher/")
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/compte/connexion/")


def test_work_keeps_the_session_and_twelve_hours_end_it(browser):
    for step in range(1, 15):
        with later(step * 50):
            assert browser.get("/tresorerie/").status_code == 200, f"after {step * 50} minutes of work"
    with later(15 * 50 - 15):
        assert staff_sessions.LONGEST_SECONDS < (15 * 50 - 15) * MINUTE
        assert browser.get("/tresorerie/").status_code == 302


def test_a_public_page_after_an_hour_is_a_visitors(browser):
    with later(61):
        answer = browser.get("/aide/")
        assert answer.status_code == 200 and not answer.wsgi_request.user.is_authenticated


def test_pages_within_a_minute_write_the_session_once(browser):
    before = browser.session["staff_seen"]
    browser.get("/tresorerie/")
    assert browser.session["staff_seen"] == before


def test_a_students_session_rests_as_long_as_it_lasts(client_of, student):
    browser = client_of(student)
    browser.get("/demandes/")
    with later(5 * 60):
        assert browser.get("/demandes/").status_code == 200
