"""What a school reads of its invitations: rounded, from ten people on, without who asks outside of the school."""

import re

import pytest

from aid_requests import actions, invited
from aid_requests.actions import invitations
from aid_requests.invited import Counts
from aid_requests.models import Invitation, InvitationList
from fund.models import User
from tests.aid_requests import factories
from tests.aid_requests.register.factories import made, run_worker
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation", "pocket")]

DID = ("Liens ouverts", "Demandes commencées", "Demandes signées")


@pytest.fixture(autouse=True)
def scheme() -> None:
    factories.open_scheme()


def sent_to(by: User, school, number: int) -> InvitationList:
    """A list of `number` people, the student among them."""
    addresses = ["student@nord.example", *(f"p{n}@nord.example" for n in range(number - 1))]
    row = made(by, school, " ".join(addresses))
    invitations.send_invitations(by=by, invitation_list=row)
    run_worker()
    return InvitationList.objects.get(pk=row.pk)


def told(client, row: InvitationList) -> dict[str, str]:
    """The page's figures by their names."""
    page = client.get(f"/invitations/{row.pk}/").content.decode()
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))


@pytest.mark.parametrize("number", [1, 9])
def test_a_short_list_tells_nothing_of_what_its_people_did(people, school, student, client_of, number):
    row = sent_to(people.referent, school, number)
    desk = client_of(people.referent)
    before = told(desk, row)
    factories.submitted(student)
    assert invited.counts_of(row).signed == 1
    after = told(desk, row)
    assert after == before == {"Personnes invitées": str(number), "Liens envoyés": str(number)}
    assert "peu de personnes" in desk.get("/invitations/").content.decode()


@pytest.mark.parametrize("number", [10, 40])
def test_one_person_changes_no_figure_of_a_longer_list(people, school, student, client_of, number):
    row = sent_to(people.referent, school, number)
    desk = client_of(people.referent)
    before = told(desk, row)
    factories.submitted(student)
    assert told(desk, row) == before
    assert {before[name] for name in DID} == {"moins de 5"}


@pytest.mark.parametrize(
    ("people", "did", "words"),
    [
        (10, 0, "moins de 5"), (10, 4, "moins de 5"), (10, 5, "au moins 5"), (10, 10, "au moins 5"),
        (40, 9, "au moins 5"), (40, 22, "au moins 20"), (40, 36, "au moins 35"), (40, 40, "au moins 35"),
        (12, 12, "au moins 5"), (9, 9, ""), (1, 1, ""),
    ],
)  # fmt: skip
def test_neither_few_nor_all_but_few_are_told(people, did, words):
    counts = Counts(invited=people, sent=people, opened=did, begun=did, signed=did)
    assert {counts.opened_in_words, counts.begun_in_words, counts.signed_in_words} == {words}


def test_the_threshold_is_never_so_low_that_a_step_is_everybody(settings):
    settings.INVITATION_COUNTS_FROM = 1
    assert not Counts(9, 9, 9, 9, 9).is_told and Counts(10, 10, 9, 9, 9).is_told


def test_who_asks_outside_of_the_school_is_in_no_figure(people, school, student, client_of):
    row = sent_to(people.referent, school, 40)
    request = factories.complete_draft(student, through_school=False)
    counts = invited.counts_of(row)
    assert Invitation.objects.get(request=request).opened_at is not None
    assert (counts.opened, counts.begun, counts.signed) == (0, 0, 0)
    factories.sign(student, request)
    assert invited.counts_of(row) == counts


def test_a_request_outside_of_the_school_moves_no_figure_at_the_edge_of_a_step(people, school, client_of):
    """Four others have signed: a fifth that counted would be seen."""
    row = sent_to(people.referent, school, 40)
    desk = client_of(people.referent)
    for n in range(4):
        factories.submitted(make_user(f"p{n}", "nord.example"))
    before = told(desk, row)
    assert {before[name] for name in DID} == {"moins de 5"}
    factories.submitted(make_user("p4", "nord.example"), through_school=False)
    assert told(desk, row) == before
    factories.submitted(make_user("p5", "nord.example"))
    assert {told(desk, row)[name] for name in DID} == {"au moins 5"}


def test_a_draft_counts_once_its_author_was_asked_whether_the_school_may_know(people, school, student):
    row = sent_to(people.referent, school, 10)
    request = factories.draft(student)
    assert invited.counts_of(row).begun == 0
    actions.save_identity(by=student, request=request, identity=factories.IDENTITY, through_school=True)
    assert invited.counts_of(row).begun == 1
