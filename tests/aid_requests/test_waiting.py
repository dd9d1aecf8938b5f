"""Stalled files: whom they wait for, since when, and that they stand first (C1)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from aid_requests import actions
from aid_requests.committee import actions as committee_actions
from aid_requests.committee import queries
from aid_requests.committee.stalled import stalled_elsewhere
from aid_requests.models import AidRequest
from aid_requests.waiting import stalled_before, waiting, waiting_of_enrolment, with_waits_since
from fund import clock
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
TODAY = clock.DEMO_START


def days_ago(days: int):
    return clock.at(TODAY - timedelta(days=days))


def page(client, name: str) -> str:
    response = client.get(reverse(name))
    assert response.status_code == 200
    return response.content.decode()


def sentence_of(request) -> str:
    rows = list(with_waits_since(AidRequest.objects.filter(pk=request.pk)))
    return waiting_of_enrolment(rows)[request.pk].sentence


@pytest.fixture
def today():
    with clock.at(TODAY):
        yield


def test_a_signed_request_waits_for_the_enrolment_since_it_was_signed(foundation, student):
    with days_ago(12):
        request = factories.submitted(student)
    with clock.at(TODAY):
        assert sentence_of(request) == "attend l’inscription depuis 12 jours"
    with days_ago(11):
        assert sentence_of(request) == "attend l’inscription depuis 1 jour"


def test_a_person_who_was_not_found_is_waited_for_since_that_day(foundation, student, people):
    with days_ago(12):
        request = factories.submitted(student)
    with days_ago(9):
        actions.report_not_found(by=people.referent, request=request, revision=1)
    with clock.at(TODAY):
        assert sentence_of(request) == "attend l’étudiant·e depuis 9 jours"


def test_a_correction_waits_for_its_signature(foundation, student):
    with days_ago(12):
        request = factories.submitted(student)
    with days_ago(10):
        actions.correct_request(by=student, request=request)
    with clock.at(TODAY):
        assert sentence_of(request) == "attend une nouvelle signature depuis 10 jours"


def test_the_sentence_is_in_the_readers_language_and_counts_paris_days():
    late_evening = datetime(2020, 5, 7, 23, 30, tzinfo=clock.PARIS)
    with clock.at(datetime(2020, 5, 15, 0, 10, tzinfo=clock.PARIS)):
        found = waiting("committee", late_evening)
        assert (found.days, found.is_stalled) == (8, True)
        assert not waiting("committee", late_evening + timedelta(hours=1)).is_stalled
        assert late_evening < stalled_before() <= late_evening + timedelta(hours=1)
    with translation.override("fr"):
        assert found.sentence == "attend le comité depuis 8 jours"


@pytest.mark.parametrize(("setting", "stalled"), [(7, False), (6, True)])
def test_the_setting_says_how_long_is_too_long(settings, today, setting, stalled):
    settings.STALLED_DAYS = setting
    assert waiting("committee", TODAY - timedelta(days=7)).is_stalled is stalled


# The queue ---------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(foundation, pocket, people, school, today):
    """Three files of one version: number 1 signed first but certified yesterday, 2 waits 9 days, 3 waits 2."""
    version = files.open_scheme()

    def make(number: int, signed: int):
        applicant = files.make_applicant(school, number)
        moment = TODAY - timedelta(days=signed)
        return files.make_file(version, applicant, people.referent, number=number, submitted_at=moment)

    return make


def test_what_waits_longest_for_the_committee_is_first(people, student, scene, client_of):
    with days_ago(20):
        old = factories.submitted(student)
    with days_ago(1):
        actions.certify_enrolment(
            by=people.referent, request=old, university_year="2019-2020", level="year-4", revision=1
        )
    scene(3, 2), scene(2, 9)
    text = page(client_of(people.member1), "request_queue")
    order = [text.index(reference) for reference in ("U-2020-0002", "U-2020-0003", old.reference)]
    assert order == sorted(order)
    assert "attend le comité depuis 9 jours" in text and text.count("attend le comité") == 1
    assert ">20 j<br>" in text, "its age counts from the signature"
    stalled = client_of(people.member1).get(reverse("request_queue") + "?age=stalled").content.decode()
    assert "U-2020-0002" in stalled and old.reference not in stalled


def test_after_a_first_vote_another_one_is_waited_for(people, scene):
    request = scene(2, 9)
    committee_actions.cast_vote(by=people.member1, request=request, choice="grant", revision=1)
    (row,) = queries.queue_rows(list(queries.queue(people.member2)), "fr")
    assert row.waiting.sentence == "attend un autre vote depuis 9 jours"


def test_the_committee_sees_which_files_do_not_reach_it_and_nothing_else_of_them(
    foundation, student, people, client_of
):
    with days_ago(12):
        request = factories.submitted(student)
    with clock.at(TODAY):
        text = page(client_of(people.member1), "request_queue")
        assert "1 dossier n’arrive pas au comité" in text
        assert f"<strong>{request.reference}</strong>" in text
        assert "attend l’inscription depuis 12 jours" in text
        assert str(request.token) not in text and factories.LAST_NAME not in text
        assert "École du Nord" not in text
        assert stalled_elsewhere(people.member3, "fr") == [], "a file of the own school does not exist"
    with days_ago(5):
        assert stalled_elsewhere(people.member1, "fr") == []


def test_whoever_stepped_back_is_not_told_of_the_file_again(people, student, foundation):
    with days_ago(12):
        request = factories.in_review(student, people.referent)
        committee_actions.recuse(by=people.member1, request=request, ground="personal_tie")
        actions.correct_request(by=student, request=request)
    with clock.at(TODAY):
        assert stalled_elsewhere(people.member1, "fr") == []
        (one,) = stalled_elsewhere(people.member2, "fr")
        assert (one.reference, one.waiting.code) == (request.reference, "signature")


# The referent's list -----------------------------------------------------------------------------------------


def test_the_referents_list_shows_ages_and_whom_a_stalled_request_waits_for(
    foundation, student, people, client_of
):
    with days_ago(20):
        missing = factories.submitted(student)
    with days_ago(19):
        actions.report_not_found(by=people.referent, request=missing, revision=1)
    with days_ago(12):
        stalled = factories.submitted(make_user("second", "nord.example"))
    with days_ago(2):
        recent = factories.submitted(make_user("third", "nord.example"))
    with clock.at(TODAY):
        text = page(client_of(people.referent), "certification_list")
    addresses = [reverse("certify_request", args=[one.token]) for one in (stalled, recent, missing)]
    order = [text.index(address) for address in addresses]
    assert order == sorted(order), (
        "those that wait for the referent stand before those that wait for the student"
    )
    assert "attend l’inscription depuis 12 jours" in text and ">12 j</td>" in text
    assert "attend l’étudiant·e depuis 19 jours" in text
    assert ">2 j</td>" in text and "depuis 2 jours" not in text


def test_the_lists_ask_a_constant_number_of_queries(
    foundation, student, people, django_assert_num_queries, django_assert_max_num_queries
):
    with days_ago(12):
        factories.submitted(student)
    with clock.at(TODAY), django_assert_max_num_queries(8) as few:
        stalled_elsewhere(people.member1, "fr")
    with days_ago(12):
        for name in ("second", "third", "fourth"):
            factories.submitted(make_user(name, "nord.example"))
    with clock.at(TODAY), django_assert_num_queries(len(few.captured_queries)):
        assert len(stalled_elsewhere(people.member1, "fr")) == 4
