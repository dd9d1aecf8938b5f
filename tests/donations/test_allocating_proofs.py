"""Any season of gifts, refunds, aids and returns: the closings agree with an oracle that counts coin by coin."""

import contextlib
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.allocation import proofs
from donations.models import Allocation, Gift, MonthClosing
from fund.models import Movement
from fund.models.ledger import Kind
from tests.donations.allocating import (
    APRIL,
    MAY,
    MOBILITY,
    URGENT,
    aid,
    close,
    comes_back,
    give,
    give_back,
    refund_fails,
    the_donor,
)

pytestmark = pytest.mark.django_db
MONTHS = (APRIL, MAY, date(2020, 6, 1))


class _Undo(Exception):
    pass


@contextlib.contextmanager
def undone_afterwards():
    """One season a turn: none sees the rows of another."""
    with contextlib.suppress(_Undo), transaction.atomic():
        yield
        raise _Undo


def problems() -> list[str]:
    checks = (
        proofs.months_follow_each_other,
        proofs.shares_are_what_was_given,
        proofs.the_oldest_gifts_pay_first,
    )
    return [sentence for check in checks for sentence in check()]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["gift", "gift", "gift", "aid", "aid", "mobility", "back", "refund", "unrefund"]),
        st.integers(1, 40),
        st.integers(0, 27),
        st.integers(0, 9),
    ),
    max_size=12,
)


class Season:
    """What was done, in plain lists: what the oracle knows."""

    def __init__(self, pocket) -> None:
        self.pocket = pocket
        self.gifts: list[dict[str, Any]] = []
        self.transfers: list[tuple[Movement, str]] = []

    def act(self, month: date, kind: str, cents: int, after: int, which: int) -> None:
        day = month + timedelta(days=after)
        if kind == "gift":
            fee = min(which % 3, cents)
            gift = give(self.pocket, cents, day, fee_cents=fee)
            row: dict[str, Any] = {"gift": gift, "stands": cents - fee, "back": 0}
            self.gifts.append(row)
        elif kind in ("aid", "mobility"):
            scheme = URGENT if kind == "aid" else MOBILITY
            self.transfers.append((aid(self.pocket, cents, day, scheme=scheme), scheme))
        elif kind == "back" and self.transfers:
            comes_back(self.transfers.pop(which % len(self.transfers))[0], day)
        elif kind == "refund" and self.gifts:
            row = self.gifts[which % len(self.gifts)]
            part = min(cents, row["gift"].amount_cents - row["back"])
            if part:
                give_back(row["gift"], part, day)
                row["back"] += part
                row["stands"] -= part
        elif kind == "unrefund" and self.gifts:
            row = self.gifts[which % len(self.gifts)]
            if row["back"]:
                refund_fails(row["gift"], row["back"], day)
                row["stands"] += row["back"]
                row["back"] = 0


def coin_by_coin(season: Season, month_end: date) -> tuple[Counter, Counter]:
    """Every cent is a coin with its gift's number; the oldest coins are taken, one for each cent given."""
    coins: list[int] = []
    for row in sorted(season.gifts, key=lambda row: (row["gift"].succeeded_at, row["gift"].pk)):
        coins += [row["gift"].pk] * max(row["stands"], 0)
    given: Counter = Counter()
    for kind, sign in ((Kind.TRANSFER_DEBITED, 1), (Kind.TRANSFER_RETURNED, -1)):
        for movement in Movement.objects.filter(kind=kind, occurred_on__lt=month_end):
            given[movement.scheme] += sign * movement.amount_cents
    needed = sum(cents for cents in given.values() if cents > 0)
    return Counter(coins[:needed]), given


def paid_now() -> tuple[Counter, Counter]:
    by_gift: Counter = Counter()
    by_scheme: Counter = Counter()
    for row in Allocation.objects.all():
        by_gift[row.gift_id] += row.cents
        by_scheme[row.scheme] += row.cents
    return +by_gift, +by_scheme


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.tuples(ACTS, ACTS, ACTS))
def test_any_season_agrees_with_the_oracle_that_counts_coin_by_coin(pocket, months):
    the_donor(pocket)
    with undone_afterwards():
        season = Season(pocket)
        for month, acts in zip(MONTHS, months, strict=True):
            for act in acts:
                season.act(month, *act)
            before = paid_now()[1]
            if not Movement.objects.filter(pocket=pocket, occurred_on__gte=APRIL).exists():
                continue
            closing = close(pocket, month)
            by_gift, by_scheme = paid_now()
            expected, given_cents = coin_by_coin(season, date(2020, month.month + 1, 1))
            assert by_gift == expected
            assert closing.uncovered_cents == sum((+given_cents).values()) - sum(expected.values())
            if closing.uncovered_cents == 0:
                assert by_scheme == +given_cents
            assert problems() == []
            nothing_moves_without_a_reason(closing, before, given_cents)


def nothing_moves_without_a_reason(closing: MonthClosing, before: Counter, given_cents: Counter) -> None:
    """A gift whose sum stays is only touched when aid of a scheme came back."""
    came_back = any(given_cents[scheme] < cents for scheme, cents in before.items())
    sums: Counter = Counter()
    for row in Allocation.objects.filter(closing=closing):
        sums[row.gift_id] += row.cents
    assert came_back or all(sums.values())


def test_a_share_that_was_added_is_found(pocket):
    gift = give(pocket, 3_000, date(2020, 4, 11))
    aid(pocket, 1_000, date(2020, 4, 24))
    closing = close(pocket, APRIL)
    assert problems() == []
    Allocation.objects.create(closing=closing, gift=gift, scheme=MOBILITY, cause="given", cents=1)
    assert [sentence.split(":")[0] for sentence in problems()] == [
        f"closing {closing.pk}",
        f"closing {closing.pk}",
        f"gift {gift.pk}",
    ]


def test_a_share_of_the_wrong_gift_is_found(pocket):
    give(pocket, 3_000, date(2020, 4, 11))
    younger = give(pocket, 3_000, date(2020, 4, 12))
    closing = close(pocket, APRIL)
    aid(pocket, 1_000, date(2020, 5, 4))
    closing = close(pocket, MAY)
    first = Gift.objects.order_by("succeeded_at")[0]
    Allocation.objects.create(closing=closing, gift=younger, scheme=URGENT, cause="given", cents=400)
    Allocation.objects.create(closing=closing, gift=first, scheme=URGENT, cause="gift_fell", cents=-400)
    found = problems()
    assert {sentence.split(":")[0] for sentence in found} == {f"gift {first.pk}", f"gift {younger.pk}"}


def test_a_month_that_is_missing_is_found(pocket):
    give(pocket, 3_000, date(2020, 4, 11))
    closing = close(pocket, APRIL)
    MonthClosing.objects.create(
        pocket=pocket,
        month=date(2020, 6, 1),
        seal_number=closing.seal_number,
        uncovered_cents=0,
        closed_at=closing.closed_at,
    )
    assert problems() == [f"pocket {pocket.pk}: 2020-06 was closed after 2020-04."]
