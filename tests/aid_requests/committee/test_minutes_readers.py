"""Who reads what of the minutes: the complete ones are for those who sign, the chair and the auditor; other members
learn neither which files others read, nor who keeps out of which (C2)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions
from aid_requests.models import Minutes
from fund import clock
from fund.roles import Refused
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.sitting_files import code_of, say, taken

pytestmark = pytest.mark.usefixtures("proved")
END = clock.DEMO_START + timedelta(days=7, minutes=1)
OF_OTHERS = "Lu par d’autres membres."


@pytest.fixture
def apart(committee):
    """Sittings whose files no member of the same school reads: member 3 is of the first, member 2 of the other."""
    with clock.at(clock.DEMO_START):
        sittings.open_rules(
            committee.administrator,
            sittings.IN_SITTING.replace("own_school: allowed", "own_school: excluded"),
        )
    return committee


@pytest.fixture
def minutes(apart, file_of, other_school, evening) -> Minutes:
    """Signed: a file of each school, both granted; member 3 leaves while the first is voted on, and comes back."""
    files = file_of(1), file_of(2, school=other_school)
    sitting = sittings.opened(apart, *files, there=("member1", "member3"))
    for number in (1, 2):
        if number == 2:
            actions.note_presence(by=apart.chair, sitting=sitting, member=apart.member3, presence="room")
        item = taken(apart, sitting, number)
        if number == 1:
            actions.note_presence(by=apart.chair, sitting=sitting, member=apart.member3, presence="absent")
        say(apart.chair, item), say(apart.member1, item)
        actions.close_item(by=apart.chair, item=item)
    actions.close_sitting(by=apart.chair, sitting=sitting)
    return signed(apart)


def signed(people) -> Minutes:
    minutes = Minutes.objects.get()
    for by in (people.chair, people.member1):
        actions.sign_minutes(by=by, minutes=minutes)
    return minutes


def read(client, minutes: Minutes) -> str:
    response = client.get(reverse("minutes_page", args=[minutes.token]))
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].replace("\u00a0", " ")


def test_a_file_that_others_read_is_a_number_and_no_sum_tells_it(apart, minutes, client_of):
    text = read(client_of(apart.member3), minutes)
    assert f"1. {OF_OTHERS}" in text and "2. U-2020-0002 : accordée, 150,00 €." in text
    for kept in ("U-2020-0001", "Accordé ce jour", "300,00", "ne prend pas part", " à 17 h"):
        assert kept not in text, kept
    assert "Member3, titulaire : en salle<" in text and "2 pour, 0 contre" in text
    assert "version complète" in text and "Empreinte" not in text
    assert "U-2020-0002" not in read(client_of(apart.member2), minutes)


def test_those_who_sign_the_chair_and_the_auditor_read_all_that_was_signed(apart, minutes, client_of):
    for name in ("chair", "member1", "auditor"):
        text = read(client_of(getattr(apart, name)), minutes)
        for told in (
            "U-2020-0001",
            "U-2020-0002",
            "2 aides, 300,00 €",
            "1 membre ne prend pas part",
            "Empreinte",
        ):
            assert told in text, (name, told)
        assert OF_OTHERS not in text and "en salle à 17 h 30" in text


def test_the_complete_paper_is_served_to_those_who_read_the_whole(apart, minutes, client_of):
    full, extract = (reverse("minutes_file", args=[minutes.token, part]) for part in ("full", "extract"))
    for name, status in (
        ("chair", 200),
        ("member1", 200),
        ("auditor", 200),
        ("member2", 404),
        ("member3", 404),
    ):
        client = client_of(getattr(apart, name))
        assert client.post(full).status_code == status, name
        assert client.post(extract).status_code == 200, name
        assert ("Version complète" in read(client, minutes)) is (status == 200), name
    with pytest.raises(Refused) as refused:
        actions.read_paper(by=apart.member3, minutes=minutes, part="full")
    assert code_of(refused) == "whole_minutes"
    actions.read_paper(by=apart.communication, minutes=minutes, part="extract")


def test_a_reader_from_whom_nothing_is_hidden_reads_the_sum(ruled, file_of, evening, client_of):
    sitting = sittings.opened(ruled, file_of())
    item = taken(ruled, sitting)
    say(ruled.chair, item)
    actions.close_item(by=ruled.chair, item=item)
    actions.close_sitting(by=ruled.chair, sitting=sitting)
    text = read(client_of(ruled.member2), signed(ruled))
    assert "Accordé ce jour : 1 aide, 150,00 €." in text and OF_OTHERS not in text


def test_who_did_not_vote_in_a_consultation_is_not_told_to_members(committee, file_of, client_of):
    sittings.open_rules(committee.administrator, sittings.AT_END.replace("as_scheme", "allowed"))
    request = file_of()
    sittings.consultation(committee, request)
    actions.recuse(by=committee.member3, request=request, ground="personal_tie")
    for member in (committee.member1, committee.member2, committee.chair):
        vote(member, request)
    with clock.at(END):
        actions.end_consultations()
        minutes = signed(committee)
        told, whole = (read(client_of(one), minutes) for one in (committee.member2, committee.chair))
        own = read(client_of(committee.member3), minutes)
    for text in (told, own):
        assert "Member3, titulaire<" in text
        assert "voté<" not in text and "ne prend pas part" not in text
    assert "3 pour, 0 contre" in told and OF_OTHERS in own
    assert "Member3, titulaire : n’a pas voté" in whole and "1 membre ne prend pas part" in whole


def test_the_agenda_tells_no_outcome_of_a_file_that_others_read(apart, minutes, client_of):
    page = client_of(apart.member3).get(reverse("sitting_page", args=[minutes.sitting.token]))
    lines = page.context["lines"]
    assert [(line.is_readable, line.told) for line in lines] == [(False, "Décidé"), (True, "Accordée")]


def test_what_was_signed_is_the_same_for_every_reader(apart, minutes, client_of):
    before = Minutes.objects.values().get()
    for name in ("member3", "auditor"):
        read(client_of(getattr(apart, name)), minutes)
    assert Minutes.objects.values().get() == before
