"""Checkpoints: a balance read from the last one is the sum of every movement, and a wrong one is found."""

import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from fund import balances, chart, checkpoints, registry
from fund.models import Checkpoint, CheckpointSum, Movement, Pocket
from tests.fund.seal_attacks import add_gift

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_proofs")]


@pytest.fixture
def other(pocket: Pocket) -> Pocket:
    return Pocket.objects.create(code="mobility", name="Mobilité", campaign=pocket.campaign)


def agrees(*pockets: Pocket | None) -> bool:
    """Whether every balance is the sum of all its movements."""
    codes = [line.code for line in chart.CHART]
    return all(
        balances.balance_cents(code, pocket) == balances.counted_cents([code], pocket)
        for code in codes
        for pocket in (*pockets, None)
    )


def test_a_balance_is_the_whole_sum_before_at_and_after_each_checkpoint(pocket, other):
    chance = random.Random(7)
    assert agrees(pocket, other)
    for number in range(40):
        add_gift(chance.choice([pocket, other]), f"g{number}")
        if number % 9 == 4:
            assert checkpoints.make_checkpoint(least=1) is not None
        assert agrees(pocket, other)
    assert balances.left_cents() == -balances.counted_cents([chart.GIFTS]) > 0


def test_what_a_checkpoint_holds_is_not_read_from_the_movements_again(pocket):
    """The tail only: otherwise a million movements would be added up at each question."""
    add_gift(pocket, "one")
    checkpoints.make_checkpoint(least=1)
    CheckpointSum.objects.filter(account=chart.STRIPE).update(net_cents=12_345)
    assert balances.balance_cents(chart.STRIPE) == 12_345
    assert balances.balance_cents(chart.STRIPE, pocket) == 12_345


def test_no_checkpoint_is_made_for_less_than_is_worth_one(pocket):
    add_gift(pocket, "one")
    assert checkpoints.make_checkpoint(least=2) is None
    assert checkpoints.make_checkpoint(least=1) is not None
    assert checkpoints.make_checkpoint(least=1) is None  # nothing came since


def test_a_wrong_checkpoint_is_found_by_check_ledger(pocket, capsys):
    add_gift(pocket, "one")
    checkpoints.make_checkpoint(least=1)
    assert list(registry.checks()["checkpoints"]()) == []
    CheckpointSum.objects.filter(account=chart.GIFTS).update(net_cents=-1)
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    assert "checkpoint" in capsys.readouterr().out


def test_old_checkpoints_go_but_never_the_last_one(pocket):
    for number in range(3):
        add_gift(pocket, f"g{number}")
        checkpoints.make_checkpoint(least=1)
    Checkpoint.objects.update(made_at=timezone.now() - timedelta(hours=2))
    assert checkpoints.checkpoint_in_time() == "none needed"
    assert [row.up_to for row in Checkpoint.objects.order_by("pk")] == [
        Movement.objects.order_by("-pk")[0].pk
    ]
    assert agrees(pocket)


def test_two_checkpoints_at_one_place_cannot_be_kept(pocket):
    add_gift(pocket, "one")
    made = checkpoints.make_checkpoint(least=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.create(up_to=made.up_to, made_at=timezone.now())
