"""Who is there: the quorum of a sitting or of each file, the second call, proxies, alternates (R133-9 to R133-12)."""

from datetime import timedelta

import pytest
from django import forms
from django.urls import reverse

from aid_requests.committee import actions, table
from aid_requests.models import AgendaItem, Sitting
from aid_requests.views.sittings import hand_form
from fund import clock
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.sitting_files import EVENING, code_of, say, taken
from tests.conftest import grant

pytestmark = pytest.mark.usefixtures("proved")


def test_without_quorum_nothing_is_taken_and_a_second_call_is_prepared(committee, file_of, evening):
    with clock.at(clock.DEMO_START):
        sittings.open_rules(committee.administrator, sittings.CALLED_AGAIN)
    request = file_of()
    sitting = sittings.opened(committee, request, there=())
    assert not table.has_quorum(sitting)
    with pytest.raises(Refused) as refused:
        taken(committee, sitting)
    assert code_of(refused) == "no_quorum" and "quorum 2\u00a0: non atteint" in str(refused.value.refusal)
    actions.close_sitting(by=committee.chair, sitting=sitting)
    assert sitting.items.get().why == "no_quorum"
    second = Sitting.objects.get(call=2)
    assert (second.first_call, second.state, second.items.get().request) == (sitting, "drafted", request)
    with pytest.raises(Refused):
        actions.add_items(by=committee.chair, sitting=second, requests=[file_of(2)])
    early = EVENING + timedelta(days=2)
    actions.change_sitting(by=committee.chair, sitting=second, scheduled_at=early, ends_at=None, place="")
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(by=committee.chair, sitting=second, secretary=committee.member1)
    assert code_of(refused) == "second_call_date"
    day = EVENING + timedelta(days=3)
    actions.change_sitting(by=committee.chair, sitting=second, scheduled_at=day, ends_at=None, place="")
    actions.convene_sitting(by=committee.chair, sitting=second, secretary=committee.member1)
    with clock.at(day):
        actions.open_sitting(by=committee.chair, sitting=second)
        item = taken(committee, second)
        say(committee.chair, item)
        item = actions.close_item(by=committee.chair, item=item)
        assert item.decision.outcome == "granted" and "sans quorum" in item.result["told"][0]
        actions.close_sitting(by=committee.chair, sitting=second)
    assert Sitting.objects.count() == 2


def test_a_quorum_of_each_file_looks_at_whoever_takes_part(committee, file_of, client_of, evening):
    text = sittings.IN_SITTING.replace("needed: 1/2", "needed: 2\n  per: file")
    with clock.at(clock.DEMO_START):
        sittings.open_rules(committee.administrator, text)
    request = file_of()
    sitting = sittings.opened(committee, request, there=("member1",))
    actions.recuse(by=committee.member1, request=request, ground="personal_tie")
    item = taken(committee, sitting)
    say(committee.chair, item)
    assert not table.count_of(item).has_quorum
    assert table.count_of(item).quorum == "", "numbers of one file would show who steps back from it"
    address = reverse("sitting_desk", args=[sitting.token])
    told = "Le quorum n’est pas atteint pour ce dossier."
    assert told in client_of(committee.chair).get(address).content.decode()
    item = actions.close_item(by=committee.chair, item=item)
    assert (item.state, item.why) == ("adjourned", "no_quorum")


def test_a_proxy_is_given_before_and_follows_its_holder(ruled, file_of, evening):
    with clock.at(clock.DEMO_START):
        sitting = sittings.convened(ruled, file_of())
        actions.give_proxy(by=ruled.member3, sitting=sitting, holder=ruled.chair)
        with pytest.raises(AlreadyDone):
            actions.give_proxy(by=ruled.member3, sitting=sitting, holder=ruled.member1)
        with pytest.raises(Refused) as refused:
            actions.give_proxy(by=ruled.member2, sitting=sitting, holder=ruled.chair)
        assert code_of(refused) == "too_many"
    sitting = actions.open_sitting(by=ruled.chair, sitting=sitting)
    assert table.quorum_of(sitting).is_met, "the chair and whoever is represented are two of four"
    with pytest.raises(WrongState):
        actions.give_proxy(by=ruled.member2, sitting=sitting, holder=ruled.member1)
    item = taken(ruled, sitting)
    assert not table.count_of(item).is_complete
    say(ruled.chair, item)
    count = table.count_of(item)
    assert (count.cast, count.is_complete) == (2, True)
    item = actions.close_item(by=ruled.chair, item=item)
    assert item.result["in_favour"] == 2 and "Dont 1 par procuration." in item.result["told"]


def test_an_alternate_sits_only_for_the_absent(committee, file_of, evening):
    with clock.at(clock.DEMO_START):
        rules = sittings.IN_SITTING + "alternates: absent_titular\n"
        sittings.open_rules(committee.administrator, rules)
        sitting = sittings.drafted(committee, file_of())
        actions.convene_sitting(
            by=committee.chair,
            sitting=sitting,
            secretary=committee.member1,
            alternates={committee.member3.pk: committee.member2.pk},
        )
    sitting = actions.open_sitting(by=committee.chair, sitting=sitting)
    actions.note_presence(by=committee.chair, sitting=sitting, member=committee.member3, presence="room")
    assert table.quorum_of(sitting).seats == 3 and table.quorum_of(sitting).present == 2
    actions.note_presence(by=committee.chair, sitting=sitting, member=committee.member2, presence="room")
    assert table.quorum_of(sitting).present == 2, "the titular came: the alternate sits no more"


def test_rules_without_alternates_or_proxies_take_none(ruled, file_of):
    sitting = sittings.drafted(ruled, file_of())
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(
            by=ruled.chair,
            sitting=sitting,
            secretary=ruled.member1,
            alternates={ruled.member3.pk: ruled.member2.pk},
        )
    assert code_of(refused) == "alternates"


def test_whoever_gave_a_proxy_and_is_away_does_not_vote_from_home(ruled, file_of, evening):
    with clock.at(clock.DEMO_START):
        sitting = sittings.convened(ruled, file_of())
        actions.give_proxy(by=ruled.member3, sitting=sitting, holder=ruled.chair)
    sitting = actions.open_sitting(by=ruled.chair, sitting=sitting)
    item = taken(ruled, sitting)
    with pytest.raises(Refused) as refused:
        say(ruled.member3, item, "refuse")
    assert code_of(refused) == "absent"
    with pytest.raises(Refused) as refused:
        say(ruled.chair, item, voter=ruled.member2)
    assert code_of(refused) == "away"
    assert say(ruled.chair, item, voter=ruled.member3).member == ruled.member3


def test_no_hand_votes_for_whoever_gave_a_proxy_to_somebody_who_is_not_there(ruled, file_of, evening):
    request = file_of()
    with clock.at(clock.DEMO_START):
        sitting = sittings.convened(ruled, request)
        actions.give_proxy(by=ruled.member3, sitting=sitting, holder=ruled.member2)
    sitting = actions.open_sitting(by=ruled.chair, sitting=sitting)
    actions.note_presence(by=ruled.chair, sitting=sitting, member=ruled.member1, presence="room")
    item = taken(ruled, sitting)
    with pytest.raises(Refused) as refused:
        say(ruled.chair, item, voter=ruled.member3)
    assert code_of(refused) == "away"
    assert not _is_offered(ruled.member3, sitting, item)
    actions.note_presence(by=ruled.chair, sitting=sitting, member=ruled.member2, presence="remote")
    assert _is_offered(ruled.member3, sitting, item)
    actions.recuse(by=ruled.member2, request=request, ground="personal_tie")
    with pytest.raises(Refused) as refused:
        say(ruled.chair, item, voter=ruled.member3)
    assert code_of(refused) == "holder"
    assert _is_offered(ruled.member3, sitting, item), "the list tells nothing of who keeps out"


def _is_offered(member: User, sitting: Sitting, item: AgendaItem) -> bool:
    """Whether the desk's list of votes by hand holds this member."""
    field = hand_form(sitting, item).fields["voter"]
    assert isinstance(field, forms.ChoiceField)
    return field.valid_value(str(member.pk))


def test_another_chair_closes_what_nobody_is_left_to_close(ruled, file_of, evening):
    sitting = sittings.opened(ruled, file_of())
    grant(ruled.member2, Role.CHAIR, by=ruled.administrator)
    with pytest.raises(Refused):
        actions.close_sitting(by=ruled.member2, sitting=sitting)
    RoleGrant.objects.filter(user=ruled.chair).update(revoked_at=clock.moment())
    actions.close_sitting(by=ruled.member2, sitting=sitting)
    assert sitting.items.get().ended_by == ruled.member2
