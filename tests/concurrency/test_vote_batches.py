"""Twins: two workers on one batch, a batch against a vote by hand, the same form twice, and the day's last veil."""

import uuid

import pytest

from aid_requests.committee import actions, unmasking
from aid_requests.committee.actions import vote_batches as runs
from aid_requests.models import Decision, Unmasking, Vote, VoteBatch
from aid_requests.models.vote_batches import BatchOutcome
from tests.aid_requests.committee.conftest import committee, file_of
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.queue_files import batch_of, lift
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
pytestmark = needs_row_locks


def names(outcomes: list[object]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_workers_vote_no_file_twice(committee, file_of):
    files = [file_of(number) for number in range(1, 5)]
    batch = batch_of(committee.member1, files)
    outcomes = race(*[in_may(runs.carry_on.call, batch_id=batch.pk) for _worker in range(2)])
    assert outcomes == ["finished", "finished"]
    assert Vote.objects.count() == 4
    assert set(batch.items.values_list("outcome", flat=True)) == {BatchOutcome.VOTED}


def test_a_batch_and_a_vote_by_hand_of_one_member_are_one_vote(committee, file_of):
    file = file_of()
    batch = batch_of(committee.member1, [file])
    race(
        in_may(runs.take_item, batch_id=batch.pk),
        in_may(
            actions.cast_vote,
            by=committee.member1,
            request=file,
            choice="refuse",
            reason_code="not_covered",
            revision=1,
        ),
    )
    assert Vote.objects.count() == 1
    assert batch.items.get().outcome in (BatchOutcome.VOTED, BatchOutcome.LEFT)


def test_two_batches_that_both_decide_decide_each_file_once(committee, file_of):
    files = [file_of(number) for number in range(1, 4)]
    for file in files:
        vote(committee.member2, file)
    batches = [batch_of(who, files) for who in (committee.member1, committee.chair)]
    race(*[in_may(runs.carry_on.call, batch_id=batch.pk) for batch in batches])
    assert Decision.objects.count() == 3
    done = [item.outcome for batch in batches for item in batch.items.all()]
    assert sorted(done) == ["decided"] * 3 + ["left"] * 3


def test_the_same_form_twice_at_once_is_one_batch(committee, file_of):
    file, token = file_of(), uuid.uuid4()
    outcomes = race(
        *[in_may(_confirm, by=committee.member1, files=[file], form_token=token) for _click in range(2)]
    )
    assert names(outcomes) == ["VoteBatch", "VoteBatch"] and VoteBatch.objects.count() == 1


def _confirm(by, files, form_token) -> VoteBatch:
    return batch_of(by, files, form_token=form_token)


def last_veil(committee, file_of, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One is left today; both have been let through before either writes."""
    monkeypatch.setattr(unmasking, "A_DAY", 1)
    files = [file_of(1), file_of(2)]
    monkeypatch.setattr(unmasking, "unmasked_today", MeetingPoint().after(unmasking.unmasked_today))
    outcomes = race(*[in_may(lift, by=committee.member1, file=file) for file in files])
    return names(outcomes)


def test_without_the_lock_the_last_veil_of_a_day_is_lifted_twice(committee, file_of, monkeypatch):
    """The set-up shows the bug."""
    take_locks_off(monkeypatch)
    assert last_veil(committee, file_of, monkeypatch) == ["Unmasking", "Unmasking"]


def test_with_the_lock_the_day_ends_after_the_last_one(committee, file_of, monkeypatch):
    assert last_veil(committee, file_of, monkeypatch) == ["Refused", "Unmasking"]
    assert Unmasking.objects.count() == 1
