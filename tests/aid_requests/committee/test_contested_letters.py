"""« D’autres personnes reliront »: whoever signed the contested letter is not one of them."""

import pytest

from aid_requests.actions import ask_reexamination
from aid_requests.committee import actions, permissions, queries
from aid_requests.models import AidRequest
from fund.models import AuditEvent, User
from fund.models.people import Role
from fund.roles import Refused
from tests.aid_requests.committee.test_reexamination import letter_of
from tests.conftest import grant, make_user

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def member4(committee) -> User:
    """A member who did not take part in the first round."""
    user = make_user("member4")
    grant(user, Role.MEMBER, by=committee.administrator)
    return user


def contested(committee, file_of) -> AidRequest:
    """A file that two members refused, before the others."""
    request = file_of()
    for member in (committee.member1, committee.member2):
        actions.cast_vote(
            by=member, request=request, choice="refuse", reason_code="expense_not_shown", revision=1
        )
    request = AidRequest.objects.get(pk=request.pk)
    ask_reexamination(by=request.applicant.user, request=request, text="La quittance montre le loyer.")
    return AidRequest.objects.get(pk=request.pk)


def test_whose_name_stands_on_the_contested_letter_does_not_vote_again(committee, file_of, member4):
    again = contested(committee, file_of)
    assert committee.chair.display_name in letter_of(again.decisions.get(round=1))
    assert AuditEvent.objects.get(action="request.refused").details["signed_by"] == committee.chair.pk
    with pytest.raises(Refused) as caught:
        actions.cast_vote(by=committee.chair, request=again, choice="grant", revision=1, round_number=2)
    assert caught.value.refusal.code == "signed_before"
    assert permissions.count_voters(again) == 1
    assert again not in queries.unread(committee.chair) and again in queries.unread(member4)


def test_without_a_name_on_the_letter_the_chair_is_one_of_the_others(committee, file_of, member4):
    User.objects.filter(pk=committee.chair.pk).update(display_name="")
    again = contested(committee, file_of)
    assert permissions.can_vote(committee.chair, again) is None
    assert permissions.count_voters(again) == 2 and again in queries.unread(committee.chair)
