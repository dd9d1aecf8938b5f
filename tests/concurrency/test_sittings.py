"""Twins: a vote as its item is closed, an item or a sitting closed twice, a consultation ended twice."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from aid_requests.committee import actions, table
from aid_requests.models import AidRequest, Decision, Minutes, Vote
from fund import clock
from fund.models import PaymentOrder
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import factories
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import vote
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race, take_locks_off
from tests.fund.treasury.factories import give_by_card

pytestmark = needs_row_locks
END = clock.DEMO_START + timedelta(days=7, minutes=1)


def at(when, function, **values):
    """The act on its day: a thread does not inherit a clock that was held still."""

    def act():
        with clock.at(when):
            return function(**values)

    return act


@pytest.fixture
def world(transactional_db, foundation, pocket, people, school):
    """Two files before a committee that has the money for both."""
    with clock.at(clock.DEMO_START):
        version = factories.open_scheme()
        files = [
            factories.make_file(
                version, factories.make_applicant(school, number), people.national_referent, number=number
            )
            for number in (1, 2)
        ]
        give_by_card(pocket, 100_000)
    return SimpleNamespace(files=files, people=people)


@pytest.fixture
def item(world):
    """The first file is being voted on, with the chair's vote in favour."""
    with clock.at(clock.DEMO_START):
        sittings.open_rules(world.people.administrator)
    with clock.at(sittings.EVENING):
        sitting = sittings.opened(world.people, *world.files)
        taken = sittings.taken(world.people, sitting)
        sittings.say(world.people.chair, taken)
    return taken


def ballot(world, item, who: str):
    return at(
        sittings.EVENING,
        actions.vote_in_sitting,
        by=getattr(world.people, who),
        item=item,
        choice="grant",
        revision=1,
    )


def closing(world, item):
    return at(sittings.EVENING, actions.close_item, by=world.people.chair, item=item)


def test_a_vote_at_the_instant_of_the_closing_is_counted_or_refused(world, item):
    outcomes = race(ballot(world, item, "member2"), closing(world, item))
    item.refresh_from_db()
    assert Decision.objects.count() == PaymentOrder.objects.count() == 1
    was_kept = isinstance(outcomes[0], Vote)
    assert was_kept or isinstance(outcomes[0], WrongState)
    assert item.result["in_favour"] == Vote.objects.count() == 1 + was_kept
    call_command("check_ledger")


def test_an_item_closed_twice_is_decided_once(world, item):
    outcomes = race(closing(world, item), closing(world, item))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AgendaItem", "AlreadyDone"]
    assert Decision.objects.count() == PaymentOrder.objects.count() == 1
    call_command("check_ledger")


def test_two_votes_of_one_member_at_once_are_one(world, item):
    outcomes = race(ballot(world, item, "member2"), ballot(world, item, "member2"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "Vote"]
    assert isinstance(next(one for one in outcomes if not isinstance(one, Vote)), AlreadyDone)


def test_without_the_lock_a_late_vote_is_kept_and_not_counted(world, item, monkeypatch):
    """If this fails, the tests above may be useless: the set-up must be able to show the bug."""
    take_locks_off(monkeypatch)
    meeting = MeetingPoint()
    monkeypatch.setattr(table, "weigh", meeting.after(table.weigh))
    monkeypatch.setattr(actions.presiding, "make_vote", meeting.after(actions.presiding.make_vote))
    outcomes = race(ballot(world, item, "member2"), closing(world, item))
    monkeypatch.undo()
    item.refresh_from_db()
    assert isinstance(outcomes[0], Vote) and item.result["in_favour"] == 1 < Vote.objects.count()


def test_the_sitting_closed_while_its_last_file_is_taken_leaves_no_file_open(world, item):
    with clock.at(sittings.EVENING):
        actions.close_item(by=world.people.chair, item=item)
    sitting, second = item.sitting, item.sitting.items.get(number=2)
    people = world.people
    race(
        at(sittings.EVENING, actions.take_item, by=people.member1, item=second),
        at(sittings.EVENING, actions.close_sitting, by=people.chair, sitting=sitting),
    )
    sitting.refresh_from_db()
    second.refresh_from_db()
    assert (sitting.state, second.state) in {("open", "taken"), ("closed", "adjourned")}


def test_a_consultation_ended_twice_at_once_and_voted_on_decides_once(world):
    people = world.people
    with clock.at(clock.DEMO_START):
        sittings.open_rules(people.administrator, sittings.AT_END.replace("as_scheme", "allowed"))
        sittings.consultation(people, world.files[0])
        vote(people.member1, world.files[0])
        vote(people.member2, world.files[0])
    just_before = END - timedelta(minutes=2)
    late = at(just_before, vote, by=people.chair, request=AidRequest.objects.get(pk=world.files[0].pk))
    race(at(END, actions.end_consultations), at(END, actions.end_consultations), late)
    assert Decision.objects.count() == PaymentOrder.objects.count() == Minutes.objects.count() == 1
    counted = set(Decision.objects.get().vote_ids)
    assert counted == set(Vote.objects.values_list("pk", flat=True))
    call_command("check_ledger")


def test_two_sittings_closed_at_once_take_two_numbers(world):
    people = world.people
    with clock.at(clock.DEMO_START):
        sittings.open_rules(people.administrator)
        both = [sittings.convened(people, file) for file in world.files]
    with clock.at(sittings.EVENING):
        for sitting in both:
            actions.open_sitting(by=people.chair, sitting=sitting)
    race(*[at(sittings.EVENING, actions.close_sitting, by=people.chair, sitting=one) for one in both])
    assert sorted(Minutes.objects.values_list("number", flat=True)) == [1, 2]
