"""The sealer: every row once, in order, chained, and never to be changed."""

import hashlib
from datetime import UTC

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from fund import audit, registry, sealing
from fund.models import Movement, Seal, SealedRow
from tests.fund.seal_attacks import add_gift, add_rows, complaints, row_at, take_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_proofs")]


# Sealing -----------------------------------------------------------------------------------------------------


def test_every_row_is_sealed_once_and_nothing_makes_no_seal(pocket):
    assert sealing.seal_pending() == [] and sealing.head() is None
    add_rows(pocket, "a", count=2)
    seal = sealing.seal_pending()[0]
    assert (seal.number, seal.count, seal.previous_hash) == (1, 4, sealing.BEGINNING)
    assert sealing.seal_pending() == []
    assert sealing.head() == seal
    places = SealedRow.objects.order_by("position").values_list(
        "position", "movement__cause_key", "event__action"
    )
    assert list(places) == [
        (1, "a-0", None), (2, "a-1", None), (3, None, "test.done"), (4, None, "test.done"),
    ]  # fmt: skip


def test_a_backlog_is_worked_off_in_seals_of_bounded_size(pocket):
    add_rows(pocket, "a", count=5)
    assert [seal.count for seal in sealing.seal_pending(limit=3, seals=2)] == [3, 3]
    assert [seal.count for seal in sealing.seal_pending(limit=3)] == [3, 1]
    assert SealedRow.objects.count() == 10
    assert sealing.seal_pending(limit=3) == []
    assert complaints() == []


def test_a_full_last_seal_ends_the_work(pocket):
    add_rows(pocket, "a", count=3)
    assert [seal.count for seal in sealing.seal_pending(limit=3)] == [3, 3]


def test_a_row_that_comes_late_with_a_lower_number_is_taken_by_the_next_seal(pocket):
    """Membership, not a range of numbers: what a transaction that commits last brings is not passed over."""
    late = add_gift(pocket, "late")
    values = Movement.objects.filter(pk=late.pk).values().get()
    take_away(Movement.objects.filter(pk=late.pk))
    add_gift(pocket, "early")
    first = sealing.seal_pending()[0]
    Movement(**values).save(force_insert=True)
    second = sealing.seal_pending()[0]
    assert late.pk < Movement.objects.get(cause_key="early").pk
    assert (first.rows.get().movement.cause_key, second.rows.get().movement_id) == ("early", late.pk)
    assert complaints() == []


def test_the_hashes_are_what_the_module_says_byte_for_byte(pocket):
    """Written a second time from the description alone, as an outside checker would."""
    add_rows(pocket, "a", count=1)
    add_rows(pocket, "b", count=1)
    sealing.seal_pending(limit=2)
    before = "0" * 64
    for seal in Seal.objects.order_by("number"):
        link = "0" * 64
        for row in seal.rows.order_by("position"):
            of = f"movement {row.movement_id} {row.movement.row_hash}" if row.movement else ""
            of = of or f"event {row.event_id} {row.event.row_hash}"
            link = hashlib.sha256(f"{link}\n{of}\n".encode()).hexdigest()
            assert row.link_hash == link
        assert seal.content_hash == link
        at = seal.sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        text = f"{before}\n{seal.number}\n{at}\n{seal.count}\n{link}\n"
        assert seal.chain_hash == hashlib.sha256(text.encode()).hexdigest()
        before = seal.chain_hash
    assert Seal.objects.count() == 2


def test_the_movements_up_to_a_seal_are_the_same_for_ever(pocket, sealed):
    names = ("first-0", "first-1", "first-2", "second-0", "second-1", "second-2")
    add_rows(pocket, "later")
    sealing.seal_pending()
    found = sealing.sealed_movements(2).order_by("pk").values_list("cause_key", flat=True)
    assert tuple(found) == names


def test_the_timed_work_seals_and_says_how_much(pocket):
    add_rows(pocket, "a", count=2)
    assert "seals" in registry.jobs()
    assert sealing.seal_in_time() == "4 rows in 1 seals"
    assert sealing.seal_in_time() == "0 rows in 0 seals"


def test_a_seal_of_no_rows_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        sealing.seal_pending(limit=0)


# The database itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Seal, SealedRow])
@pytest.mark.parametrize("act", ["update", "delete", "truncate"])
def test_seals_are_never_changed_nor_deleted(sealed, model, act):
    table = model._meta.db_table
    if act == "truncate" and connection.vendor != "postgresql":
        act = "delete"  # SQLite has no TRUNCATE
    sql = {"update": f"UPDATE {table} SET id = id", "delete": f"DELETE FROM {table}"}  # noqa: S608 - our own names
    sql["truncate"] = f"TRUNCATE {table} CASCADE"
    count = model.objects.count()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql[act])
    assert model.objects.count() == count


def test_the_database_refuses_a_second_seal_on_the_same_one(sealed):
    last = sealed[-1]
    twin = Seal(
        number=last.number + 1, sealed_at=timezone.now(), count=1, content_hash="a" * 64,
        previous_hash=last.previous_hash, chain_hash="b" * 64,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize("both", [True, False])
def test_the_database_refuses_a_sealed_row_that_is_not_one_row(sealed, pocket, both):
    movement, event = add_gift(pocket, "x"), audit.record("test.done", pocket, by=None)
    row = SealedRow(seal=sealed[0], position=99, link_hash="a" * 64)
    if both:
        row.movement, row.event = movement, event
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_a_row_in_two_seals(sealed):
    taken = row_at(sealed[0], 1).movement
    with pytest.raises(IntegrityError), transaction.atomic():
        SealedRow(seal=sealed[1], position=99, movement=taken, link_hash="a" * 64).save(force_insert=True)
