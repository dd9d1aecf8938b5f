"""Twin: twelve tries of one sign-in code at the same instant are five, not twelve."""

from django.db import transaction

from fund import accounts
from fund.models import SignInTries
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race

pytestmark = needs_row_locks
STATE = {"at": 1.0, "user_id": "1", "resend_count": 0, "email": "a@b.example"}


def test_with_the_lock_only_five_of_twelve_are_looked_at(transactional_db):
    outcomes = race(*[lambda: accounts.take_try(dict(STATE)) for _try in range(12)])
    assert sorted(outcomes) == [False] * 7 + [True] * 5


def test_without_the_lock_two_tries_share_one_count(transactional_db):
    """The set-up shows the bug: both read the same number before either writes."""
    meeting = MeetingPoint()

    def unlocked_try() -> None:
        with transaction.atomic():
            row, _made = SignInTries.objects.get_or_create(code_key="k")
            meeting.wait()
            row.tries += 1
            row.save(update_fields=["tries"])

    SignInTries.objects.create(code_key="k")
    race(unlocked_try, unlocked_try)
    assert SignInTries.objects.get().tries == 1
