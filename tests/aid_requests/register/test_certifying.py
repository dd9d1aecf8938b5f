"""Enrolment certified by the list at the signature, impostors left to a person, facts of the list frozen."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.committee.actions import cast_vote
from aid_requests.committee.permissions import count_voters
from aid_requests.correspondence import corrections
from aid_requests.models import EnrolmentCertificate, SchemeVersion
from aid_requests.register.matching import Found, match_of
from aid_requests.timeline import timeline
from fund import clock
from fund.models import AuditEvent, OutgoingMail
from fund.roles import Refusal
from tests.aid_requests import factories
from tests.aid_requests.register.factories import OTHER, STUDENT, applied
from tests.fund.treasury.factories import deposit, deposits_claimed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation", "pocket")]
ELSEWHERE = STUDENT.replace("student@nord", "other@nord")


@pytest.fixture
def listed(people, school):
    return applied(people.referent, school, [STUDENT, OTHER])


def test_a_signed_request_of_a_listed_person_goes_to_the_committee_at_once(student, listed):
    request = factories.submitted(student)
    certificate = EnrolmentCertificate.objects.get()
    assert request.state == "in_review"
    assert (certificate.certified_by, certificate.certified_from) == (None, listed)
    assert (certificate.level, certificate.university_year) == ("year-4", "2019-2020")
    assert [entry.detail for entry in timeline(request)][1] == "Par la liste de votre école"
    assert OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:").count() == 1


def test_a_file_certified_by_the_list_is_voted_on_like_any_other(student, listed, people, pocket):
    """One certificate without a person must not make « not among who certified » true of nobody."""
    request = factories.submitted(student)
    assert count_voters(request) == 3
    with deposits_claimed(pocket):
        deposit(people.treasurer, 100_000)
    for member in (people.member1, people.member2):
        cast_vote(by=member, request=request, choice="grant", revision=request.revision)
    assert factories.fresh(request).state == "granted"


@pytest.mark.parametrize("line", [STUDENT.replace("Quartz", "Other"), STUDENT.replace("/1999", "/1998")])
def test_a_known_address_under_other_names_waits_for_a_person(student, people, school, client_of, line):
    applied(people.referent, school, [line])
    request = factories.submitted(student)
    assert request.state == "submitted" and match_of(request).found is Found.OTHER_NAMES
    event = AuditEvent.objects.get(action="request.not_matched")
    assert event.details == {"revision": 1, "found": "other_names"}
    page = client_of(people.referent).get(reverse("certify_request", args=[request.token]))
    assert "sous un autre nom ou une autre date de naissance" in page.content.decode()
    actions.certify_enrolment(
        by=people.referent, request=request, university_year="2019-2020", level="year-4", revision=1
    )
    assert factories.fresh(request).state == "in_review", "nothing refuses by itself"


def test_an_impostor_with_the_right_names_and_another_address_waits(student, people, school):
    applied(people.referent, school, [ELSEWHERE])
    request = factories.submitted(student)
    assert request.state == "submitted" and match_of(request).found is Found.OTHER_ADDRESS


def test_without_a_birth_date_on_the_list_the_names_are_enough(student, people, school):
    applied(people.referent, school, [STUDENT.replace("09/09/1999", "")])
    assert factories.submitted(student).state == "in_review"


def test_who_left_who_is_not_listed_and_no_list_wait_for_the_referent(student, people, school):
    assert match_of(factories.complete_draft(student)).found is Found.NO_LIST
    applied(people.referent, school, [OTHER])
    request = factories.submitted(student)
    assert request.state == "submitted" and match_of(request).found is Found.NOT_LISTED
    applied(people.referent, school, [STUDENT, OTHER])
    applied(people.referent, school, [OTHER])
    assert match_of(request).found is Found.LEFT


def test_the_list_of_another_year_or_school_certifies_nobody(student, people, school, other_school):
    applied(people.administrator, school, [STUDENT], year="2018-2019")
    applied(people.administrator, other_school, [STUDENT.replace("@nord", "@sud")])
    assert factories.submitted(student).state == "submitted"


def test_a_corrected_request_is_certified_again_by_the_list_of_that_day(student, listed, people, school):
    request = factories.submitted(student)
    actions.correct_request(by=student, request=request)
    applied(people.referent, school, [OTHER])
    factories.sign(student, factories.fresh(request))
    request = factories.fresh(request)
    assert request.state == "submitted"
    assert EnrolmentCertificate.objects.get().lapsed_at is not None


def test_a_request_not_through_the_school_is_certified_too(student, listed):
    assert factories.submitted(student, through_school=False).state == "in_review"


def test_a_list_that_comes_later_certifies_who_was_waiting(student, people, school):
    request = factories.submitted(student)
    assert request.state == "submitted"
    applied(people.referent, school, [STUDENT, OTHER])
    assert factories.fresh(request).state == "in_review"
    told = OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:certified")
    assert told.count() == 1


def test_nobody_is_certified_while_a_correction_is_asked_for(student, people, school, monkeypatch):
    request = factories.submitted(student)
    monkeypatch.setattr(corrections, "blocking_refusal", lambda request: Refusal("correction", "…"))
    applied(people.referent, school, [STUDENT, OTHER])
    assert factories.fresh(request).state == "submitted"


@pytest.mark.parametrize("both", [True, False])
def test_a_certificate_has_a_person_or_a_list_never_both_or_none(student, listed, people, both):
    factories.submitted(student)
    certificate = EnrolmentCertificate.objects.filter()
    values = {"certified_by": people.referent} if both else {"certified_from": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.update(**values)


# Facts of the list ---------------------------------------------------------------------------------------------------

ASKS_LEVEL = {"register": "level", "eq": "M1"}


@pytest.fixture
def scheme_that_asks() -> SchemeVersion:
    """The emergency aid, refused to anyone whose level on the list is L1."""
    version = factories.open_scheme()
    text = version.definition.replace(
        "eligibility:\n",
        "eligibility:\n- code: first_year\n  refuse_when: {register: level, eq: L1}\n"
        "  reason: {fr: « Une phrase d’essai. », en: A test sentence.}\n  orientation: [crous]\n",
    )
    assert text != version.definition
    return actions.load_scheme(by=None, text=text).version


def test_facts_of_the_list_are_known_to_the_schedule_that_asks(student, listed, scheme_that_asks):
    request = factories.draft(student)
    known = sealed.known_of(request)
    assert known["register.level"] == "M1" and known["register.year_of_study"] == 4
    assert known["register.curriculum"] == "GEN4" and known["register.scholarship"] is True
    assert known["register.university_year"] == "2019-2020"


def test_a_schedule_that_does_not_ask_looks_nothing_up(student, listed, django_assert_num_queries):
    request = factories.draft(student)
    with django_assert_num_queries(0):
        assert set(sealed.known_of(request)) == {"register.school", "date.requested_on"}


def test_what_the_list_said_at_the_signature_stays(student, listed, scheme_that_asks, people, school):
    request = factories.submitted(student)
    applied(people.referent, school, [STUDENT.replace(";M1;", ";L1;"), OTHER])
    assert sealed.known_of(factories.fresh(request))["register.level"] == "M1"
    assert '"M1"' not in request.register_sealed  # as JSON says it: ciphertext holds no quotation mark
    with clock.at(datetime(2020, 10, 1, tzinfo=clock.PARIS)):
        assert sealed.known_of(factories.fresh(request))["register.level"] == "M1"
    actions.correct_request(by=student, request=request)
    assert sealed.known_of(factories.fresh(request))["register.level"] == "L1"


def test_the_list_speaks_of_nobody_else(student, listed, scheme_that_asks, people, school):
    applied(people.referent, school, [ELSEWHERE])
    assert "register.level" not in sealed.known_of(factories.draft(student))
