"""One person, two addresses of the school: the second account is stopped by whoever certifies, not by chance."""

import pytest
from django.urls import reverse

from aid_requests import actions
from aid_requests.models import AidRequest, EnrolmentCertificate
from fund.models import AuditEvent, User
from fund.roles import Refused
from fund.school_domains import has_tag
from tests.aid_requests import factories
from tests.aid_requests.register.factories import STUDENT, applied, made
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation", "pocket")]

LISTED = STUDENT.replace("student@nord", "z.quartz@nord")
DOUBLE = "Possible doublon"
TICK = 'name="is_not_the_same"'


@pytest.fixture
def request_(student, people, school) -> AidRequest:
    """Of somebody whom the list knows by another address."""
    factories.open_scheme()
    applied(people.referent, school, [LISTED])
    return factories.submitted(student)


def page_of(client, request: AidRequest) -> str:
    return client.get(reverse("certify_request", args=[request.token])).content.decode()


def certify(by: User, request: AidRequest, **values) -> EnrolmentCertificate:
    told = {"university_year": "2019-2020", "level": "year-4", "revision": request.revision, **values}
    return actions.certify_enrolment(by=by, request=request, **told)


def test_another_address_alone_is_told_and_asks_no_tick(request_, people, client_of):
    page = page_of(client_of(people.referent), request_)
    assert "mais à une autre adresse" in page and DOUBLE not in page and TICK not in page
    certify(people.referent, request_)
    assert "is_not_the_same" not in AuditEvent.objects.get(action="request.certified").details


def test_an_account_of_the_other_address_is_a_strong_warning(request_, people, client_of):
    factories.submitted(make_user("z.quartz", "nord.example"))
    page = page_of(client_of(people.referent), request_)
    assert DOUBLE in page and "Demandez au référent national" in page and TICK in page
    assert "z.quartz" not in page
    assert "Doublons possibles" in page_of(client_of(people.national_referent), request_)


def test_certifying_it_needs_a_tick_that_the_audit_keeps(request_, people, client_of):
    other = make_user("z.quartz", "nord.example")
    factories.submitted(other)
    with pytest.raises(Refused) as caught:
        certify(people.referent, request_)
    assert caught.value.refusal.code == "possible_double"
    desk, address = client_of(people.referent), reverse("certify_request", args=[request_.token])
    form = {
        "act": "certify",
        "university_year": "2019-2020",
        "level": "year-4",
        "revision": request_.revision,
    }
    assert "Cochez cette case" in desk.post(address, form).content.decode()
    assert factories.fresh(request_).state == "submitted"
    assert desk.post(address, {**form, "is_not_the_same": "on"}).status_code == 302
    event = AuditEvent.objects.get(action="request.certified", object_id=str(request_.pk))
    assert event.details["is_not_the_same"] is True and event.by == people.referent


def test_a_national_referent_is_told_of_an_account_alone(request_, people, client_of):
    make_user("z.quartz", "nord.example")
    assert DOUBLE in page_of(client_of(people.national_referent), request_)
    assert DOUBLE not in page_of(client_of(people.referent), request_)


def test_the_school_is_not_told_of_an_account_that_keeps_it_out(request_, people, client_of):
    other = make_user("z.quartz", "nord.example")
    before = page_of(client_of(people.referent), request_)
    factories.draft(other)
    begun = page_of(client_of(people.referent), request_)
    factories.submitted(other, through_school=False)
    after = page_of(client_of(people.referent), request_)
    assert DOUBLE not in before + begun + after and TICK not in before + begun + after
    assert DOUBLE in page_of(client_of(people.national_referent), request_)


# An address with a tag -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "is_tagged"),
    [("a+b@nord.example", True), ("+@nord.example", True), ("a.b@nord.example", False), ("a@x+y.fr", False)],
)
def test_a_tag_is_a_plus_before_the_at(address, is_tagged):
    assert has_tag(address) is is_tagged


def test_a_tagged_address_of_a_school_makes_no_account_and_the_page_says_the_same(client, school):
    def ask(email: str) -> str:
        page = client.post("/compte/connexion/", {"email": email}, follow=True).content.decode()
        return page.replace("@<wbr>", "@").replace(email, "…")

    plain = ask("someone@nord.example")
    client.cookies.clear()
    tagged = ask("someone+again@nord.example")
    assert "Entrez le code reçu" in tagged and "exactement comme elle vous l’a donnée" in tagged
    assert len(tagged) == len(plain)
    assert [user.email for user in User.objects.all()] == ["someone@nord.example"]


def test_an_account_that_has_such_an_address_still_signs_in_but_begins_nothing_new(client, school):
    make_user("old+tag", "nord.example")
    client.post("/compte/connexion/", {"email": "old+tag@nord.example"})
    factories.open_scheme()
    with pytest.raises(Refused) as caught:
        factories.draft(User.objects.get(email="old+tag@nord.example"))
    assert caught.value.refusal.code == "no_school"


def test_no_invitation_goes_to_a_tagged_address(people, school):
    factories.open_scheme()
    row = made(people.referent, school, "a@nord.example a+1@nord.example a+2@nord.example")
    assert row.invitations.count() == 1 and row.refused == 2
