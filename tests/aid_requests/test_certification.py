import pytest
from django.urls import reverse

from aid_requests import actions
from aid_requests.models import EnrolmentCertificate
from fund.models import AuditEvent, OutgoingMail, User
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


@pytest.fixture
def signed(foundation, student):
    return factories.submitted(student)


def certify(by: User, request, **changes: object) -> EnrolmentCertificate:
    values = {"university_year": "2019-2020", "level": "year-4", "revision": request.revision, **changes}
    return actions.certify_enrolment(by=by, request=request, **values)


def page_of(request) -> str:
    return reverse("certify_request", args=[request.token])


def test_a_certificate_is_a_row_and_hands_the_file_to_the_committee(signed, people):
    certificate = certify(people.referent, signed)
    assert (certificate.university_year, certificate.level, certificate.certified_by) == (
        "2019-2020",
        "year-4",
        people.referent,
    )
    assert fresh(signed).state == "in_review"
    assert OutgoingMail.objects.filter(key=f"request:{signed.pk}:certified:1").count() == 1


def test_the_referent_sees_who_and_nothing_of_why(signed, people, client_of):
    browser = client_of(people.referent)
    listing = browser.get(reverse("certification_list")).content.decode()
    page = browser.get(page_of(signed)).content.decode()
    for html in (listing, page):
        assert "Zélie-Marker Quartzmarker" in html
        for hidden in ("marqueur-de-récit", "0189", "Marqueur", "150", "quittance", "student_job"):
            assert hidden not in html
    assert "9 septembre 1999" in page


def test_confirming_in_the_browser_offers_the_year_of_the_day(signed, people, client_of):
    browser = client_of(people.referent)
    assert '<option value="2019-2020" selected>' in browser.get(page_of(signed)).content.decode()
    data = {"act": "certify", "university_year": "2019-2020", "level": "year-4", "revision": 1}
    assert browser.post(page_of(signed), data).headers["Location"] == reverse("certification_list")
    assert fresh(signed).state == "in_review"
    again = browser.post(page_of(signed), data)
    assert again.status_code == 409 and EnrolmentCertificate.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{"level": ""}, {"university_year": "1999-2000"}, {"revision": "x"}, {"level": "king"}]
)
def test_a_bad_choice_is_told_and_confirms_nothing(signed, people, client_of, data):
    good = {"act": "certify", "university_year": "2019-2020", "level": "year-4", "revision": 1}
    response = client_of(people.referent).post(page_of(signed), {**good, **data})
    assert response.status_code == 200 and fresh(signed).state == "submitted"


def test_another_schools_referent_does_not_find_it(signed, people, client_of):
    browser = client_of(people.other_referent)
    assert browser.get(page_of(signed)).status_code == 404
    assert signed.reference not in browser.get(reverse("certification_list")).content.decode()
    with pytest.raises(Refused):
        certify(people.other_referent, signed)


def test_who_keeps_the_school_out_is_seen_by_national_referents_only(foundation, student, people, client_of):
    request = factories.submitted(student, through_school=False)
    assert client_of(people.referent).get(page_of(request)).status_code == 404
    with pytest.raises(Refused):
        certify(people.referent, request)
    assert client_of(people.national_referent).get(page_of(request)).status_code == 200
    assert certify(people.national_referent, request)


def test_a_national_referent_sees_every_school(signed, people, client_of):
    assert client_of(people.national_referent).get(page_of(signed)).status_code == 200


def test_other_roles_do_not_certify(signed, people, client_of, student):
    for person in (
        people.member1,
        people.chair,
        people.treasurer,
        people.auditor,
        people.administrator,
        student,
    ):
        assert client_of(person).get(reverse("certification_list")).status_code == 403
        with pytest.raises(Refused):
            certify(person, signed)


def test_nobody_certifies_the_own_enrolment(signed, people):
    """A student who became a referent since."""
    signed.applicant.user = people.referent
    signed.applicant.save(update_fields=["user"])
    with pytest.raises(Refused) as caught:
        certify(people.referent, fresh(signed))
    assert caught.value.refusal.code == "own_request"


def test_a_request_corrected_meanwhile_must_be_read_again(signed, people, student):
    actions.correct_request(by=student, request=signed)
    with pytest.raises(WrongState):
        certify(people.referent, signed, revision=1)
    factories.sign(student, fresh(signed))
    with pytest.raises(WrongState):
        certify(people.referent, signed, revision=1)
    assert certify(people.referent, signed, revision=2).revision == 2


def test_a_person_not_found_waits_and_reads_whom_to_contact(signed, people, student, client_of):
    browser = client_of(people.referent)
    browser.post(page_of(signed), {"act": "not_found", "revision": 1})
    assert fresh(signed).state == "submitted"
    page = client_of(student).get(reverse("request_page", args=[signed.token])).content.decode()
    assert "n’a pas été retrouvée" in page and "École du Nord" in page
    assert "réputée refusée ne court pas" in page and "est complète" not in page and "ci-contre" not in page
    with pytest.raises(AlreadyDone):
        actions.report_not_found(by=people.referent, request=signed, revision=1)
    assert AuditEvent.objects.filter(action="request.enrolment_not_found").count() == 1
    certify(people.referent, signed)
    page = client_of(student).get(reverse("request_page", args=[signed.token])).content.decode()
    assert "n’a pas été retrouvée" not in page


def test_a_correction_takes_the_note_away(signed, people, student):
    actions.report_not_found(by=people.referent, request=signed, revision=1)
    actions.correct_request(by=student, request=signed)
    factories.sign(student, fresh(signed))
    assert not actions.is_not_found(fresh(signed))
