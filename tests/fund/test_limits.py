"""How often a form may be sent: per sender, per address typed, per person; the same answer for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver

from donations.models import Gift
from fund import clock, limits
from fund.models import OutgoingMail, RateCount

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NINE = datetime(2026, 5, 14, 9, 20, tzinfo=UTC)
LOGIN = "/compte/connexion/"


@pytest.fixture
def still():
    """Ten past the start of each window that counts: no test meets the end of one by chance."""
    with time_machine.travel(datetime(2026, 5, 14, 9, 1, tzinfo=UTC), tick=False) as traveller:
        yield traveller


# Counting ---------------------------------------------------------------------------------------------------------


def test_the_third_of_two_waits_until_the_window_ends():
    def take():
        return limits.take("form", "someone", most=2, within=HOUR, now=NINE)

    assert [take(), take(), take()] == [None, None, timedelta(minutes=40)]


def test_another_window_another_form_and_another_person_count_apart():
    limits.take("form", "someone", most=1, within=HOUR, now=NINE)
    assert limits.take("form", "someone", most=1, within=HOUR, now=NINE) is not None
    assert limits.take("form", "someone", most=1, within=HOUR, now=NINE + HOUR) is None
    assert limits.take("form", "someone else", most=1, within=HOUR, now=NINE) is None
    assert limits.take("other form", "someone", most=1, within=HOUR, now=NINE) is None


def test_what_was_used_can_be_given_back():
    limits.take("form", "someone", most=1, within=HOUR, now=NINE)
    limits.give_back("form", "someone", within=HOUR, now=NINE)
    assert limits.take("form", "someone", most=1, within=HOUR, now=NINE) is None


def test_once_is_once():
    taken = [limits.take_once("code", "1:123456", lasting=HOUR) for _try in range(3)]
    assert taken == [True, False, False]


def test_nothing_of_who_was_counted_can_be_read():
    limits.take("give:email", "someone@example.org", most=1, within=HOUR)
    row = RateCount.objects.get()
    assert len(row.key) == 64 and "someone" not in row.key


def test_counts_are_forgotten_after_their_window():
    limits.take("form", "someone", most=1, within=HOUR, now=NINE)
    limits.take("form", "someone", most=1, within=HOUR)
    assert limits.forget_old_counts() == "1 forgotten"
    assert RateCount.objects.count() == 1


# Whose request ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "nearest", "said", "address"),
    [
        ([], "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ([], "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        (["127.0.0.1"], "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        (["unix"], "", "198.51.100.1", "198.51.100.1"),
        ([], "", "198.51.100.1", ""),
        (["127.0.0.1"], "127.0.0.1", "not an address", "not an address"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, nearest, said, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": said} if said else {}
    assert limits.client_address(RequestFactory().get("/", REMOTE_ADDR=nearest, headers=headers)) == address


def test_a_whole_ipv6_network_is_one_sender(client, settings, still):
    settings.POST_LIMITS = {"set_display": {"address": (1, 10)}}
    assert client.post("/affichage/", REMOTE_ADDR="2001:db8:1:2::1").status_code == 302
    assert client.post("/affichage/", REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert client.post("/affichage/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


# The forms --------------------------------------------------------------------------------------------------------


def test_whoever_sends_too_often_is_told_when_to_try_again(client, settings, still):
    settings.POST_LIMITS = {"set_display": {"address": (1, 10)}}
    client.post("/affichage/")
    answer = client.post("/affichage/")
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "540"
    assert "Réessayez dans 9 minutes" in answer.content.decode()
    assert client.get("/affichage/").status_code == 405, "only what is sent counts"
    still.shift(timedelta(minutes=9, seconds=1))
    assert client.post("/affichage/").status_code == 302


def ask_code(client, email, sender):
    """Asks for a sign-in code from one of the addresses of a network; the status and the page that follows."""
    answer = client.post(LOGIN, {"email": email}, REMOTE_ADDR=f"203.0.113.{sender}")
    return answer.status_code, answer.headers.get("Location")


def test_the_sixth_code_asked_from_one_place_is_not_sent_known_or_not(client, student, school, still):
    known = [ask_code(client, student.email.upper(), 1)[0] for _try in range(6)]
    unknown = [ask_code(client, "nobody@elsewhere.example", 1)[0] for _try in range(6)]
    assert known == unknown == [302] * 5 + [429]
    assert OutgoingMail.objects.count() == 5


def test_what_a_stranger_asks_for_locks_nobody_out_elsewhere(client, student, still):
    for _try in range(6):
        status, _page = ask_code(client, student.email, 1)
    assert status == 429
    assert ask_code(Client(), student.email, 2)[0] == 302
    assert OutgoingMail.objects.count() == 6


def test_one_mailbox_gets_thirty_codes_an_hour_and_the_page_says_the_same(client, student, still):
    answers = [ask_code(client, student.email, sender) for sender in range(31)]
    assert len(set(answers)) == 1 and answers[0][0] == 302
    assert ask_code(client, "nobody@elsewhere.example", 31) == answers[0]
    assert OutgoingMail.objects.count() == 30
    still.shift(HOUR)
    ask_code(client, student.email, 1)
    assert OutgoingMail.objects.count() == 31


@pytest.fixture
def season(pocket):
    """A day on which the campaign of the pocket is open."""
    with clock.at(clock.DEMO_START):
        yield


def give(client, sender, **changed):
    form = {
        "amount": "5000",
        "pocket": "general",
        "first_name": "Anne",
        "last_name": "Essai",
        "email": "victim@example.org",
    }
    client.get("/don/")
    return client.post("/don/", form | changed, REMOTE_ADDR=f"203.0.113.{sender}").status_code


def test_forms_in_anothers_name_end_where_they_come_from_only(client, season, still):
    assert [give(client, 1) for _try in range(11)] == [302] * 10 + [429]
    assert Gift.objects.count() == 10
    assert give(client, 2) == 302


def test_a_form_to_correct_does_not_count_against_the_address_typed(client, season, still):
    assert [give(client, 1, last_name="") for _try in range(11)] == [422] * 11
    assert give(client, 1) == 302


def test_forms_to_correct_count_where_they_come_from(client, pocket, settings, still):
    settings.POST_LIMITS = {"give": {"address": (2, 10), "valid_email": (10, 60)}}
    assert [give(client, 1, last_name="") for _try in range(3)] == [422, 422, 429]


def test_the_signature_form_counts_per_person(client_of, student, other_school, settings, still):
    settings.POST_LIMITS = {"set_display": {"person": (1, 10)}}
    first, second = client_of(student), client_of(student)
    assert first.post("/affichage/", REMOTE_ADDR="203.0.113.1").status_code == 302
    assert second.post("/affichage/", REMOTE_ADDR="203.0.113.2").status_code == 429


def test_a_visitor_is_no_person_to_count(client, settings):
    settings.POST_LIMITS = {"set_display": {"person": (1, 10)}}
    assert [client.post("/affichage/").status_code for _try in range(3)] == [302] * 3


def test_every_limited_form_exists():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert set(settings.POST_LIMITS) <= names
