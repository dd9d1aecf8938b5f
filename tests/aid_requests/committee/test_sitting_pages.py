"""The pages of a sitting, from its preparation to its signed minutes, and what they keep from whom."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions
from aid_requests.models import Decision, Minutes, Sitting, Vote
from fund import clock
from tests.aid_requests.committee import factories
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.sitting_files import EVENING, say, taken

pytestmark = pytest.mark.usefixtures("proved")
MARKS = [factories.FIRST_NAME, factories.LAST_NAME, factories.EMAIL_NAME, factories.STREET, "École du Nord"]


def page(client, name: str, sitting: Sitting, **more) -> str:
    response = client.get(reverse(name, kwargs={"token": sitting.token, **more}))
    assert response.status_code == 200, name
    return response.content.decode()


def act(client, sitting: Sitting, name: str, **fields) -> str:
    """What the page says after the act."""
    address = reverse("sitting_act", args=[sitting.token])
    response = client.post(address, {"act": name, **fields}, follow=True)
    assert response.status_code == 200, name
    return response.content.decode()


def at_vote(desk: str) -> str:
    """The part of the desk's page that is about the file at the vote."""
    return desk.split('id="vote"')[1].split("</section>")[0]


@pytest.mark.pages
def test_a_sitting_is_held_in_the_browser_from_its_draft_to_its_minutes(ruled, file_of, client_of):
    file_of(1), file_of(2)
    chair, member = client_of(ruled.chair), client_of(ruled.member1)
    form = {"kind": "both", "scheduled_at": "2020-05-20T17:30", "place": "Salle 12"}
    token = chair.get(reverse("prepare_sitting")).context["form"]["form_token"].value()
    for _twice in range(2):
        chair.post(reverse("prepare_sitting"), {**form, "form_token": str(token)})
    sitting = Sitting.objects.get()
    assert sitting.scheduled_at == EVENING
    assert client_of(ruled.member1).get(reverse("sitting_page", args=[sitting.token])).status_code == 404
    assert "U-2020-0001" in page(chair, "sitting_page", sitting)
    assert "2 dossiers mis" in act(chair, sitting, "add", all="1")
    assert "Choisissez" in act(chair, sitting, "convene") or "obligatoire" in act(chair, sitting, "convene")
    assert "La convocation est partie" in act(chair, sitting, "convene", secretary=ruled.member1.pk)
    text = page(member, "sitting_page", sitting)
    assert "Salle 12" in text and "Donner procuration" in text
    assert "pas avant" in act(chair, sitting, "open")
    with clock.at(EVENING):
        assert "La séance est ouverte" in act(chair, sitting, "open")
        act(chair, sitting, "presence", member=ruled.member1.pk, presence="room")
        item = sitting.items.get(number=1)
        assert "Le vote est ouvert" in act(chair, sitting, "take", item=item.token)
        assert "U-2020-0001" in at_vote(page(chair, "sitting_desk", sitting))
        vote = {"choice": "grant", "revision": 1, "round_number": 1}
        address = reverse("sitting_vote", args=[sitting.token, item.token])
        assert member.post(address, {"revision": 1}).status_code == 422
        assert "est enregistré" in member.post(address, vote, follow=True).content.decode()
        by_hand = reverse("enter_vote", args=[sitting.token, item.token])
        chair.post(by_hand, {**vote, "voter": ruled.chair.pk})
        assert Vote.objects.count() == 2 and "2 votes reçus. Tous" in page(chair, "sitting_desk", sitting)
        assert "Accordée" in act(chair, sitting, "close_item", item=item.token)
        assert "procès-verbal attend" in act(chair, sitting, "close")
        minutes = Minutes.objects.get()
        for client in (member, chair):
            client.post(reverse("sign_minutes", args=[minutes.token]))
        read = page(client_of(ruled.auditor), "minutes_page", minutes)
        assert "U-2020-0001" in read and "Version complète" in read
        response = member.post(reverse("minutes_file", args=[minutes.token, "full"]))
        assert response.content.startswith(b"%PDF") and "2020-1.pdf" in response["Content-Disposition"]


@pytest.mark.pages
def test_no_page_of_a_sitting_names_the_student_or_the_school(ruled, file_of, client_of, evening):
    sitting = sittings.opened(ruled, file_of())
    taken(ruled, sitting)
    for name in ("sitting_page", "sitting_desk", "sitting_screen"):
        text = page(client_of(ruled.chair), name, sitting)
        assert [mark for mark in MARKS if mark in text] == [], name
    screen = page(client_of(ruled.member2), "sitting_screen", sitting)
    assert factories.STORY in screen and "<form" not in screen.split("<main")[1].split("</main")[0]


def test_a_member_of_the_school_reads_neither_the_file_nor_its_reference(
    committee, file_of, client_of, evening
):
    text = sittings.IN_SITTING.replace("allowed", "excluded")
    with clock.at(clock.DEMO_START):
        sittings.open_rules(committee.administrator, text)
    sitting = sittings.opened(committee, file_of())
    taken(committee, sitting)
    client = client_of(committee.member3)
    told = page(client, "sitting_page", sitting)
    assert "U-2020-0001" not in told and "Lu par d’autres membres" in told
    assert factories.STORY not in page(client, "sitting_screen", sitting)


def test_who_stepped_back_is_told_to_nobody_at_the_desk(ruled, file_of, client_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    actions.recuse(by=ruled.member2, request=request, ground="personal_tie")
    item = taken(ruled, sitting)
    client = client_of(ruled.member1)
    text = page(client, "sitting_desk", sitting)
    assert "déport" not in text and f'value="{ruled.member2.pk}"' in text
    vote = {"choice": "grant", "revision": 1, "round_number": 1, "voter": ruled.member2.pk}
    address, told = reverse("enter_vote", args=[sitting.token, item.token]), []
    say(ruled.chair, item)
    for voter in (ruled.member2, ruled.chair):
        answer = client.post(address, {**vote, "voter": voter.pk}, follow=True)
        told.append([(one.level_tag, str(one)) for one in answer.context["messages"]])
        assert "déport" not in answer.content.decode()
    assert told[0] == told[1] and "a déjà voté, ou ne vote pas" in told[0][0][1]
    assert Vote.objects.count() == 1


@pytest.mark.parametrize("per_file", [False, True])
@pytest.mark.parametrize("has_voted", [False, True])
def test_the_room_is_not_shown_who_steps_back(committee, file_of, client_of, evening, per_file, has_voted):
    text = sittings.IN_SITTING
    with clock.at(clock.DEMO_START):
        if per_file:
            text = text.replace("needed: 1/2", "needed: 2\n  per: file")
        sittings.open_rules(committee.administrator, text)
    request = file_of()
    sitting = sittings.opened(committee, request, there=("member1", "member2", "member3"))
    item = taken(committee, sitting)
    say(committee.chair, item)
    if has_voted:
        say(committee.member2, item)

    def shown() -> list[str]:
        statuses = []
        for name in ("sitting_page", "sitting_screen"):
            text = page(client_of(committee.member3), name, sitting)
            statuses += re.findall(r'<p class="small soft" role="status">.*?</p>', text)
        return statuses

    before = shown()
    assert len(before) == 2 and "attendus" not in before[0] and "vote" in before[0]
    actions.recuse(by=committee.member2, request=request, ground="personal_tie")
    assert shown() == before


def test_the_desk_puts_off_a_file_that_nobody_at_it_may_run(ruled, file_of, client_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    item = taken(ruled, sitting)
    chair = client_of(ruled.chair)
    assert "ne peut pas être conduit" not in at_vote(page(chair, "sitting_desk", sitting))
    actions.recuse(by=ruled.chair, request=request, ground="personal_tie")
    assert "par l’autre personne du bureau" in at_vote(page(chair, "sitting_desk", sitting))
    actions.recuse(by=ruled.member1, request=request, ground="personal_tie")
    desk = at_vote(page(chair, "sitting_desk", sitting))
    assert "ne peut pas être conduit par le bureau" in desk and "U-2020" not in desk
    assert 'name="why" value="discussed"' in desk
    assert "Ce dossier est ajourné" in act(chair, sitting, "adjourn", item=item.token, why="discussed")
    assert "procès-verbal attend" in act(chair, sitting, "close")


def test_a_withdrawn_file_is_put_off_as_changed(ruled, file_of, client_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    taken(ruled, sitting)
    type(request).objects.filter(pk=request.pk).update(state="withdrawn", withdrawn_at=clock.moment())
    assert 'name="why" value="changed"' in at_vote(page(client_of(ruled.chair), "sitting_desk", sitting))


def test_a_giver_who_arrives_is_told_that_the_desk_noted_a_vote(ruled, file_of, client_of, evening):
    with clock.at(clock.DEMO_START):
        sitting = sittings.convened(ruled, file_of())
        actions.give_proxy(by=ruled.member3, sitting=sitting, holder=ruled.chair)
    sitting = actions.open_sitting(by=ruled.chair, sitting=sitting)
    item = taken(ruled, sitting)
    say(ruled.chair, item, "refuse", voter=ruled.member3), say(ruled.chair, item)
    actions.note_presence(by=ruled.chair, sitting=sitting, member=ruled.member3, presence="room")
    assert "Le bureau a noté un vote en votre nom" in page(client_of(ruled.member3), "sitting_page", sitting)
    assert "Votre vote est enregistré" in page(client_of(ruled.chair), "sitting_page", sitting)


def test_the_choices_stay_covered_until_the_vote_is_closed(ruled, file_of, client_of, evening):
    sitting = sittings.opened(ruled, file_of())
    item = taken(ruled, sitting)
    say(ruled.member2, item, "refuse")
    for who in (ruled.chair, ruled.member1):
        text = page(client_of(who), "sitting_page", sitting)
        assert "1 vote reçu. 3 présents" in text and "contre" not in text.split("<main")[1]


def test_acts_of_others_are_refused_with_a_sentence(ruled, file_of, client_of, evening):
    sitting = sittings.opened(ruled, file_of())
    client = client_of(ruled.member2)
    item = sitting.items.get()
    for name, fields in (
        ("take", {"item": item.token}),
        ("close", {}),
        ("presence", {"member": ruled.member3.pk, "presence": "room"}),
    ):
        assert "La présidence et le secrétariat de séance s’en chargent" in act(
            client, sitting, name, **fields
        )
    assert client.post(reverse("sitting_act", args=[sitting.token]), {"act": "delete"}).status_code == 404
    assert client.post(reverse("sitting_act", args=[sitting.token]), {"act": "take"}).status_code == 404
    assert not Decision.objects.exists()


def test_an_item_of_another_sitting_is_not_found(ruled, file_of, client_of, evening):
    sitting = sittings.opened(ruled, file_of(1))
    with clock.at(clock.DEMO_START):
        other = sittings.convened(ruled, file_of(2), when=EVENING + timedelta(days=1))
    fields = {"act": "take", "item": other.items.get().token}
    assert (
        client_of(ruled.chair).post(reverse("sitting_act", args=[sitting.token]), fields).status_code == 404
    )


def test_communication_reads_the_sealed_extract_alone(ruled, file_of, client_of, evening):
    sitting = sittings.opened(ruled, file_of())
    actions.close_sitting(by=ruled.chair, sitting=sitting)
    minutes = Minutes.objects.get()
    client = client_of(ruled.communication)
    extract, full = (reverse("minutes_file", args=[minutes.token, part]) for part in ("extract", "full"))
    assert client.post(extract).status_code == 404
    for by in (ruled.chair, ruled.member1):
        actions.sign_minutes(by=by, minutes=minutes)
    assert client.post(extract).content.startswith(b"%PDF")
    assert client.post(full).status_code == 404
    assert client.get(reverse("minutes_page", args=[minutes.token])).status_code == 403
    assert "2020-1" in client.get(reverse("minutes_list")).content.decode()


@pytest.mark.parametrize(
    "when",
    ["0001-01-01T00:00", "9999-12-31T23:59", "2022-05-17T10:00", "2020-05-13T10:00", "1900-01-01T00:00"],
)
def test_a_day_that_cannot_be_is_told_on_the_form(ruled, client_of, when):
    chair, address = client_of(ruled.chair), reverse("prepare_sitting")
    good = {"kind": "both", "scheduled_at": "2022-05-15T10:00", "form_token": str(uuid.uuid4())}
    refused = chair.post(address, {**good, "scheduled_at": when})
    assert refused.status_code == 422 and not Sitting.objects.exists()
    assert "date" in refused.content.decode() or "deux ans" in refused.content.decode()
    consultation = {**good, "kind": "consultation", "scheduled_at": "2020-05-16T10:00"}
    assert chair.post(address, {**consultation, "ends_at": when}).status_code == 422
    chair.post(address, good)
    sitting = Sitting.objects.get()
    before = sitting.scheduled_at
    text = act(chair, sitting, "change", scheduled_at=when)
    sitting.refresh_from_db()
    assert sitting.scheduled_at == before and "sont gardés" not in text
