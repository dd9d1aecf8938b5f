"""The archive also holds what is kept beside the requests: calls, what was typed, the school's line, invitations."""

import json

import pytest

from aid_requests import actions
from aid_requests.exports_of_applicant import applicant_data
from aid_requests.models import Applicant
from fund import clock
from fund.models import User
from tests.aid_requests import factories
from tests.aid_requests.factories import FIRST_NAME, STORY
from tests.aid_requests.people_pages import ask_call, type_for
from tests.aid_requests.register.factories import OTHER, STUDENT, applied
from tests.aid_requests.register.test_invitations import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]


@pytest.fixture(autouse=True)
def _open(db: None) -> None:
    with clock.at(clock.DEMO_START):
        factories.open_scheme()


def data_of(student: User) -> dict[str, list[dict]]:
    return json.loads(applicant_data(Applicant.objects.get(user=student)))


def test_calls_typed_requests_the_schools_line_and_invitations_are_in_it(people, student, school):
    request = factories.complete_draft(student)
    applied(people.referent, school, [STUDENT, OTHER])
    ask_call(school, request=request)
    type_for(people.referent, student.email)
    sent(people.referent, school)
    data = data_of(student)
    (call,) = data["call_backs"]
    assert (call["phone"], call["words"], call["request"]) == (
        "+33612345678",
        "marqueur-du-mot",
        request.reference,
    )
    (typed,) = data["typed_for_you"]
    assert typed["content"]["story"] == STORY and typed["content"]["identity"]["first_name"] == FIRST_NAME
    (line,) = data["school_list"]
    assert line["facts"]["email"] == student.email and line["university_year"] == "2019-2020"
    (invitation,) = data["invitations"]
    assert invitation["email"] == student.email and invitation["sent_at"]


def test_what_was_taken_over_is_told_without_a_second_copy(people, student):
    typed = type_for(people.referent, student.email)
    draft = actions.claim_typed_request(by=student, typed=typed)
    (row,) = data_of(student)["typed_for_you"]
    assert (row["state"], row["request"], row["content"]) == ("claimed", draft.reference, None)


def test_nothing_of_anybody_else_is_in_it(people, student, school):
    """A line at her address under another name may be another person's; a call of nobody's request is nobody's."""
    factories.complete_draft(student)
    applied(people.referent, school, [STUDENT.replace("Quartz", "Othermark"), OTHER])
    ask_call(school)
    type_for(people.referent, "stranger@nord.example")
    sent(people.referent, school, "stranger@nord.example")
    data = data_of(student)
    assert (data["call_backs"], data["typed_for_you"], data["invitations"]) == ([], [], [])
    (line,) = data["school_list"]
    assert line["under_another_name"] is True and line["facts"] is None
    assert "Othermark" not in json.dumps(data) and people.referent.email not in json.dumps(data)
