"""Twin: one try is left, and two arrive at the same instant; only one may be taken."""

from datetime import timedelta

from fund import limits
from fund.models import RateCount
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race

pytestmark = needs_row_locks
MANY = 12


def take_one() -> timedelta | None:
    return limits.take("form", "someone", most=1, within=timedelta(days=1))


def test_read_first_and_write_afterwards_lets_both_through(transactional_db, monkeypatch):
    """What a count in a cache does: both read it before either writes."""
    meeting = MeetingPoint()
    read = meeting.after(lambda key: RateCount.objects.get_or_create(key=key, defaults={"ends_at": now()})[0])

    def now():
        return limits.timezone.now()

    def count(key, most, ends_at):
        row = read(key)
        if row.taken >= most:
            return False
        row.taken += 1
        row.save(update_fields=["taken"])
        return True

    monkeypatch.setattr(limits, "_count", count)
    assert race(take_one, take_one) == [None, None]


def test_the_database_gives_the_last_try_to_one_of_many(transactional_db):
    outcomes = race(*[take_one] * MANY)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, timedelta) for outcome in outcomes) == MANY - 1
    assert RateCount.objects.get().taken == 1


def test_as_many_as_are_allowed_pass_at_the_same_instant(transactional_db):
    outcomes = race(*[lambda: limits.take("form", "someone", most=5, within=timedelta(days=1))] * MANY)
    assert outcomes.count(None) == 5


def test_a_code_serves_one_of_many(transactional_db):
    outcomes = race(
        *[lambda: limits.take_once("second-factor-code", "1:123456", lasting=timedelta(minutes=5))] * MANY
    )
    assert outcomes.count(True) == 1 and outcomes.count(False) == MANY - 1
