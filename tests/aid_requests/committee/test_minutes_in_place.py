"""Minutes do not stay unsigned for ever: where one of the two left the committee, another signs for that person."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from aid_requests import sitting_tasks
from aid_requests.committee import actions, sitting_permissions
from aid_requests.models import Minutes, MinutesSignature
from fund import clock
from fund.models import AuditEvent, RoleGrant, User
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import sitting_files as sittings
from tests.conftest import grant, make_user

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def minutes(ruled, file_of, evening) -> Minutes:
    """To be signed: the chair presided, member 1 kept them, member 2 was there, member 3 was not."""
    sitting = sittings.opened(ruled, file_of())
    actions.close_sitting(by=ruled.chair, sitting=sitting)
    return Minutes.objects.get()


@pytest.fixture
def other_chair(ruled) -> User:
    user = make_user("otherchair")
    grant(user, Role.CHAIR, by=ruled.administrator, consent=ruled.auditor)
    return user


def leaves(user: User) -> None:
    RoleGrant.objects.filter(user=user).update(revoked_at=clock.moment())


def sign(by: User, minutes: Minutes) -> MinutesSignature:
    return actions.sign_minutes(by=by, minutes=minutes)


def paper(by: User, minutes: Minutes, part: str = "full") -> str:
    pages = PdfReader(BytesIO(actions.read_paper(by=by, minutes=minutes, part=part))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def refused(by: User, minutes: Minutes) -> None:
    with pytest.raises(Refused):
        sign(by, minutes)


def test_another_chair_signs_for_the_one_who_presided_and_left(ruled, minutes, other_chair):
    refused(other_chair, minutes)
    leaves(ruled.chair)
    for stranger in (ruled.chair, ruled.member2):
        refused(stranger, minutes)
    assert sign(other_chair, minutes).signed_as == "chair"
    with pytest.raises(AlreadyDone):
        sign(other_chair, minutes)
    sign(ruled.member1, minutes)
    text = paper(ruled.auditor, minutes)
    assert "Otherchair, présidence de séance, pour Chair, le" in text
    assert "Member1, secrétariat de séance, le" in text
    extract = paper(ruled.communication, minutes, "extract")
    assert "en leur place" in extract and "Otherchair" not in extract
    told = AuditEvent.objects.filter(action="minutes.signed").order_by("pk")
    assert [event.details["stands_in"] for event in told] == [True, False]


def test_a_member_who_was_there_signs_for_the_secretary_who_left(ruled, minutes):
    refused(ruled.member2, minutes)
    leaves(ruled.member1)
    refused(ruled.member3, minutes)
    sign(ruled.chair, minutes)
    with pytest.raises(AlreadyDone):
        sign(ruled.chair, minutes)
    assert sign(ruled.member2, minutes).signed_as == "secretary"
    minutes.sitting.refresh_from_db()
    assert minutes.sitting.state == "signed"
    assert "Member2, secrétariat de séance, pour Member1, le" in paper(ruled.member2, minutes)


def test_any_member_signs_where_nobody_who_was_there_is_left(ruled, minutes):
    leaves(ruled.member1), leaves(ruled.member2)
    assert sign(ruled.member3, minutes).signed_as == "secretary"


def test_where_both_left_two_persons_sign_and_never_one_twice(ruled, minutes, other_chair):
    leaves(ruled.chair), leaves(ruled.member1), leaves(ruled.member2)
    assert sign(other_chair, minutes).signed_as == "chair"
    with pytest.raises(AlreadyDone):
        sign(other_chair, minutes)
    sign(ruled.member3, minutes)
    assert set(MinutesSignature.objects.values_list("by", "signed_as")) == {
        (other_chair.pk, "chair"),
        (ruled.member3.pk, "secretary"),
    }


def test_whoever_presided_and_is_a_member_still_signs_in_person(ruled, minutes, other_chair):
    leaves(ruled.chair)
    grant(ruled.chair, Role.MEMBER, by=ruled.administrator, consent=ruled.auditor)
    refused(other_chair, minutes)
    assert sign(ruled.chair, minutes).signed_as == "chair"


def test_from_whom_a_file_is_hidden_signs_last_of_all(ruled, minutes):
    request = minutes.sitting.items.get().request
    actions.recuse(by=ruled.member2, request=request, ground="personal_tie")
    leaves(ruled.member1)
    assert sitting_permissions.signed_as(ruled.member2, minutes) == "secretary"
    sitting = minutes.sitting
    # Member 3 comes to be among those who were there, and reads the file.
    sitting.attendances.create(
        member=ruled.member3, presence="room", noted_by=ruled.chair, noted_at=clock.moment()
    )
    assert sitting_permissions.signed_as(ruled.member2, minutes) is None
    assert sitting_permissions.signed_as(ruled.member3, minutes) == "secretary"


def test_who_signs_in_place_is_asked_reads_the_whole_and_is_named_on_the_page(ruled, minutes, client_of):
    address = reverse("minutes_page", args=[minutes.token])
    client = client_of(ruled.member2)
    assert "Signer ce" not in client.get(address).content.decode()
    assert [one for one in sitting_tasks.told(ruled.member2) if "à signer" in one.title] == []
    leaves(ruled.member1)
    text = client.get(address).content.decode()
    assert "vous signez en sa place" in text and "Empreinte" in text
    assert len([one for one in sitting_tasks.told(ruled.member2) if "à signer" in one.title]) == 1
    client.post(reverse("sign_minutes", args=[minutes.token]))
    text = client.get(address).content.decode()
    assert "Par Member2, en sa place" in text and "Empreinte" in text and "Signer ce" not in text
