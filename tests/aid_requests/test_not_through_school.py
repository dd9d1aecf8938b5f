"""« Pas par mon école »: the school's own people reach no page, list, count, call, message or search that tells of it.

Each page a school's referent may open is read before and after the hidden things come to be: it must not change by a
letter. So whatever is added to these pages later is held to the same.
"""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from aid_requests import actions, call_backs, permissions
from aid_requests.actions.messages import write_to_student, write_to_team
from aid_requests.call_backs import Caller
from aid_requests.models import AidRequest
from config.desk import figures_for, tasks_for
from config.navigation import side_items
from fund.roles import Refused, roles_of
from tests.aid_requests import factories
from tests.aid_requests.factories import FIRST_NAME, LAST_NAME, fresh
from tests.aid_requests.people_pages import ask_call, type_for
from tests.conftest import make_user
from tests.test_url_sweep import MATRIX, OBJECT_OF, OF_A_REQUEST, POST_ONLY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]
PAGES = sorted(
    name
    for name, who in MATRIX.items()
    if who
    and who & {"referent", "everyone"}
    and name not in POST_ONLY
    and not OBJECT_OF.get(name)
    and name not in OF_A_REQUEST
    and not name.startswith("mfa_")
)
OF_REQUEST = sorted(
    name
    for name, who in MATRIX.items()
    if who and "referent" in who and (name in OF_A_REQUEST or OBJECT_OF.get(name) in ("request", "file"))
)
RANDOM = re.compile(
    r'name="(?:csrfmiddlewaretoken|[\w-]*form_token|page)" value="[^"]*"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-\w{12}'
)


@pytest.fixture(autouse=True)
def _open(db: None, may_2020: None) -> None:
    factories.open_scheme()


def read(browser: Client) -> dict[str, str]:
    """Every page without an object in its address, but for what is drawn anew each time."""
    return {name: RANDOM.sub("", browser.get(reverse(name)).content.decode()) for name in PAGES}


@pytest.fixture
def seen_through_school(people, school, other_school):
    """What the school does see, so that its pages are not merely empty."""
    request = factories.submitted(make_user("seen", "nord.example"))
    ask_call(school, Caller("Visible", "+33655555555"))
    return request


def hide(people, school) -> AidRequest:
    """A request that avoids the school, a call, a typed one, messages: all of another student of that school."""
    student = make_user("hidden", "nord.example")
    type_for(people.national_referent, student.email, through_school=False)
    request = factories.submitted(student, through_school=False)
    ask_call(school, Caller(FIRST_NAME, "+33698765432"), through_school=False)
    ask_call(school, Caller(FIRST_NAME, "+33698765433"), request=request)
    write_to_team(by=student, request=request, party="school", text="mot-caché", form_token=uuid.uuid4())
    write_to_student(
        by=people.national_referent, request=request, text="réponse-cachée", form_token=uuid.uuid4()
    )
    return fresh(request)


def test_the_pages_are_those_of_the_sweep():
    assert {"certification_list", "call_back_list", "desk", "type_request", "door_list"} <= set(PAGES)
    assert "certify_request" in OF_REQUEST


def test_no_page_of_the_school_changes_by_a_letter(seen_through_school, people, school, client_of):
    browser, other = client_of(people.referent), client_of(people.other_referent)
    before, elsewhere = read(browser), read(other)
    request = hide(people, school)
    for kept, now in ((before, read(browser)), (elsewhere, read(other))):
        assert [name for name in PAGES if kept[name] != now[name]] == []
    text = "".join(before.values())
    assert "Quartzmarker" in text and request.reference not in text


def test_no_address_of_the_file_opens_for_the_school(people, school, client_of):
    request = hide(people, school)
    for name in OF_REQUEST:
        browser, address = client_of(people.referent), reverse(name, args=[request.token])
        answer = browser.post(address) if name in POST_ONLY else browser.get(address)
        assert answer.status_code in (403, 404), name
        assert LAST_NAME not in answer.content.decode() and request.reference not in answer.content.decode()


def test_counts_and_tasks_of_the_desk_are_the_same(seen_through_school, people, school, rf):
    def told():
        user = type(people.referent).objects.get(pk=people.referent.pk)
        ask = rf.get("/bureau/")
        ask.user = user
        held = roles_of(user)
        side = [(str(item.label), item.count) for item in side_items(ask, held)]
        return tasks_for(user, held), figures_for(user, held), side

    before = told()
    hide(people, school)
    assert told() == before
    assert any(count for _label, count in before[2])


def test_no_act_of_the_school_reaches_it(people, school):
    request = hide(people, school)
    by = people.referent
    with pytest.raises(Refused):
        actions.certify_enrolment(
            by=by, request=request, university_year="2019-2020", level="year-4", revision=request.revision
        )
    with pytest.raises(Refused):
        actions.report_not_found(by=by, request=request, revision=request.revision)
    with pytest.raises(Refused):
        write_to_student(by=by, request=request, text="x", form_token=uuid.uuid4())
    for call in call_backs.calls_of(people.national_referent):
        with pytest.raises(Refused):
            actions.take_call_back(by=by, call_back=call)
    assert request not in permissions.certifiable_requests(by)
    assert not call_backs.calls_of(by).exists()


def test_a_referent_elsewhere_does_all_of_it(people, school, client_of):
    """Another referent is asked: the national one confirms, reads and calls."""
    request = hide(people, school)
    browser = client_of(people.national_referent)
    assert LAST_NAME in browser.get(reverse("certification_list")).content.decode()
    assert browser.get(reverse("certify_request", args=[request.token])).status_code == 200
    actions.certify_enrolment(
        by=people.national_referent,
        request=request,
        university_year="2019-2020",
        level="year-4",
        revision=request.revision,
    )
    assert fresh(request).state == "in_review"
    assert call_backs.calls_of(people.national_referent).count() == 2
