"""« Note pour le comité »: read on the file's page once the vote is over, behind the veil, without whose it is."""

import pytest
from django.urls import reverse

from aid_requests.actions import ask_reexamination
from aid_requests.committee import actions, case_files
from aid_requests.committee.screening import PLATE
from aid_requests.models import AidRequest
from fund.models.people import Role
from tests.aid_requests.committee import factories, sitting_files
from tests.aid_requests.committee.outcome_files import vote
from tests.conftest import grant, make_user

pytestmark = pytest.mark.usefixtures("proved")
NOTE, OTHER = f"Le loyer de {factories.FIRST_NAME} est clair.", "À voir aussi : la bourse."


def notes_of(request: AidRequest) -> list[str]:
    return case_files.case_file(AidRequest.objects.get(pk=request.pk), "fr").notes


def page(client, request: AidRequest) -> str:
    return client.get(reverse("request_review", args=[request.token])).content.decode()


def test_nobody_reads_a_note_before_the_decision_and_members_read_it_after(committee, file_of, client_of):
    request = file_of()
    vote(committee.member1, request, note=OTHER)
    for name in ("member1", "member2", "chair"):
        text = page(client_of(getattr(committee, name)), request)
        assert "bourse" not in text and "Notes des membres" not in text, name
    assert notes_of(request) == []
    vote(committee.member2, request, note=NOTE)
    assert notes_of(request) == [f"Le loyer de {PLATE} est clair.", OTHER]
    for name in ("member1", "chair"):
        text = page(client_of(getattr(committee, name)), request)
        read = text.split("Notes des membres")[1].split("</section>")[0]
        assert "bourse" in read and "est clair" in read and factories.FIRST_NAME not in text
        assert not any(user.display_name in read for user in (committee.member1, committee.member2))
    address = reverse("request_review", args=[request.token])
    assert client_of(request.applicant.user).get(address).status_code == 403


def test_of_a_file_put_off_the_notes_of_the_vote_that_is_over_are_read(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "adjourn", note=NOTE)
    assert notes_of(request) == []
    vote(committee.member2, request, "adjourn")
    assert notes_of(request) == [f"Le loyer de {PLATE} est clair."]


def test_what_is_said_of_the_next_vote_stays_covered(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "adjourn", note=NOTE)
    vote(committee.member2, request, "adjourn")
    request.refresh_from_db()
    factories.change_file(request, committee.referent)
    vote(committee.member1, request, note=OTHER)
    assert len(notes_of(request)) == 1
    vote(committee.member2, request)
    assert len(notes_of(request)) == 2


def test_who_reads_again_reads_no_note_of_the_contested_decision_before_the_own(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "refuse", note=NOTE)
    vote(committee.member2, request, "refuse")
    assert len(notes_of(request)) == 1
    ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    assert notes_of(request) == []
    for name in ("member4", "member5"):
        other = make_user(name)
        grant(other, Role.MEMBER, by=committee.administrator)
        vote(other, request, note=OTHER)
    assert len(notes_of(request)) == 3


def test_a_note_of_somebody_who_stepped_back_is_not_read(committee, file_of):
    request = file_of()
    vote(committee.chair, request, note=NOTE)
    actions.recuse(by=committee.chair, request=request, ground="personal_tie")
    vote(committee.member1, request)
    vote(committee.member2, request)
    assert notes_of(request) == []


def test_in_a_sitting_the_notes_are_covered_until_the_vote_is_closed(ruled, file_of, evening):
    request = file_of()
    sitting = sitting_files.opened(ruled, request)
    item = sitting_files.taken(ruled, sitting)
    for person in (ruled.chair, ruled.member1, ruled.member2):
        sitting_files.say(person, item, note=NOTE)
        assert notes_of(request) == []
    actions.close_item(by=ruled.chair, item=item)
    assert len(notes_of(request)) == 3


def test_of_an_item_that_the_table_put_off_the_notes_are_read(ruled, file_of, evening):
    request = file_of()
    item = sitting_files.taken(ruled, sitting_files.opened(ruled, request))
    sitting_files.say(ruled.chair, item, note=NOTE)
    actions.adjourn_item(by=ruled.chair, item=item, why="discussed")
    assert len(notes_of(request)) == 1
