"""Whatever is touched after the sealing is named by `check_ledger`: the seal and the row."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from fund import audit, seal_proofs, sealing
from fund.models import AuditEvent, Movement, Seal, SealedRow
from tests.fund.seal_attacks import (
    add_rows,
    change,
    complaints,
    proof,
    rights_of_the_owner,
    row_at,
    take_away,
)

# Foreign keys can only be put to sleep outside a transaction on SQLite, as an attacker would.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_proofs")]


# Attacks -------------------------------------------------------------------------------------------------------


def changed(value: Any, field: str) -> Any:
    """The smallest change of a column."""
    if field.endswith("_hash"):
        return ("1" if str(value)[0] != "1" else "2") + str(value)[1:]
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, "run": "another"}
    if value is None:
        return 1
    return value + timedelta(days=1) if field == "occurred_on" else value + timedelta(microseconds=1)


def columns(model) -> list[str]:
    """Every column but the numbers that nothing else refers to."""
    return [field.attname for field in model._meta.local_fields if field.attname != "id"]


@pytest.mark.parametrize("field", ["id", *columns(Movement)])
def test_a_changed_movement_is_named_with_its_seal(sealed, field):
    movement = row_at(sealed[1], 2).movement
    other = {"debit_id": "512", "credit_id": "512", "kind": "refund", "reverses_id": movement.pk - 1}
    value = other.get(field, changed(getattr(movement, field), field))
    change(movement, **{field: value if field != "id" else 9_999})
    assert any(f"movement {movement.pk}" in said and "seal 2, position 2" in said for said in complaints())


@pytest.mark.parametrize("field", ["id", *columns(AuditEvent)])
def test_a_changed_audit_event_is_named_with_its_seal(sealed, field):
    event = row_at(sealed[2], 6).event
    change(event, **{field: changed(getattr(event, field), field) if field != "id" else 9_999})
    assert any(f"audit event {event.pk}" in said and "seal 3, position 6" in said for said in complaints())


@pytest.mark.parametrize("field", columns(Seal))
def test_a_changed_seal_is_named(sealed, field):
    value = changed(getattr(sealed[1], field), field)
    change(sealed[1], **{field: value if field != "number" else 7})
    assert any(f"seal {2 if field != 'number' else 7}" in said for said in complaints())


def test_a_seal_changed_with_its_hash_made_anew_is_named_by_the_next(sealed):
    seal = sealed[1]
    seal.sealed_at -= timedelta(days=1)
    change(seal, sealed_at=seal.sealed_at, chain_hash=sealing.chain_hash_of(seal))
    assert complaints() == ["seal 3 does not follow seal 2 as it is."]


@pytest.mark.parametrize("field", ["link_hash", "position"])
def test_a_changed_place_is_named(sealed, field):
    row = row_at(sealed[1], 6)
    change(row, **{field: changed(getattr(row, field), field)})
    said = complaints()
    assert any(sentence.startswith("seal 2, position 6") for sentence in said)
    assert len(said) <= 2, "and only what was touched"


def test_only_the_touched_row_is_named_when_its_link_is_changed(sealed):
    row = row_at(sealed[0], 2)
    change(row, link_hash=changed(row.link_hash, "link_hash"))
    assert complaints() == [f"seal 1, position 2: movement {row.movement_id} is not what was sealed there."]


def test_a_row_changed_with_its_hash_made_anew_is_named_by_its_seal(sealed):
    """The attacker knows how a row is hashed: only the seal tells."""
    movement = row_at(sealed[0], 3).movement
    movement.amount_cents = 1
    made_anew = audit.content_hash(audit.movement_content(movement))
    change(movement, amount_cents=1, row_hash=made_anew)
    assert complaints() == [f"seal 1, position 3: movement {movement.pk} is not what was sealed there."]


def test_a_removed_movement_is_named(sealed):
    row = row_at(sealed[1], 1)
    take_away(Movement.objects.filter(sealed_row=row))
    assert complaints() == [f"seal 2, position 1: movement {row.movement_id} is gone."]


@pytest.mark.parametrize("position", [1, 3, 6])
def test_a_removed_place_is_named_even_when_its_row_is_sealed_again(sealed, position):
    take_away(SealedRow.objects.filter(pk=row_at(sealed[0], position).pk))
    assert complaints() == [f"seal 1, position {position} is missing."]
    assert sealing.seal_pending()[0].count == 1
    assert complaints() == [f"seal 1, position {position} is missing."]


def test_two_swapped_rows_are_named(sealed):
    one, other = row_at(sealed[0], 2), row_at(sealed[0], 3)
    with rights_of_the_owner():
        SealedRow.objects.filter(pk=one.pk).update(position=99)
        SealedRow.objects.filter(pk=other.pk).update(position=2)
        SealedRow.objects.filter(pk=one.pk).update(position=3)
    said = complaints()
    assert f"seal 1, position 2: movement {other.movement_id} is not what was sealed there." in said
    assert f"seal 1, position 3: movement {one.movement_id} is not what was sealed there." in said


def test_two_swapped_rows_with_their_links_made_anew_are_seen_by_the_seal(sealed):
    one, other = row_at(sealed[0], 5), row_at(sealed[0], 6)
    first = sealing.link_hash(row_at(sealed[0], 4).link_hash, "event", other.event_id, other.event.row_hash)
    second = sealing.link_hash(first, "event", one.event_id, one.event.row_hash)
    with rights_of_the_owner():
        SealedRow.objects.filter(pk=one.pk).update(position=99, link_hash=second)
        SealedRow.objects.filter(pk=other.pk).update(position=5, link_hash=first)
        SealedRow.objects.filter(pk=one.pk).update(position=6)
    assert complaints() == ["seal 1, position 6: the seal was made over other rows."]


def test_a_removed_seal_in_the_middle_is_named(sealed):
    take_away(SealedRow.objects.filter(seal=sealed[1]))
    take_away(Seal.objects.filter(pk=sealed[1].pk))
    assert "seal 2 is missing before seal 3." in complaints()


def test_the_rows_of_a_removed_seal_are_named(sealed):
    movement = row_at(sealed[2], 1).movement_id
    take_away(Seal.objects.filter(pk=sealed[2].pk))
    assert f"movement {movement} was sealed at position 1 of a seal that is gone." in complaints()


def test_a_second_place_for_the_same_row_is_named(sealed):
    row = row_at(sealed[0], 1)
    with rights_of_the_owner(), connection.schema_editor() as editor:
        editor.alter_field(SealedRow, SealedRow._meta.get_field("movement"), plain_movement())
    try:
        SealedRow.objects.bulk_create(
            [SealedRow(seal=sealed[2], position=7, movement_id=row.movement_id, link_hash="a" * 64)]
        )
        said = complaints()
    finally:
        take_away(SealedRow.objects.filter(position=7))
        with rights_of_the_owner(), connection.schema_editor() as editor:
            editor.alter_field(SealedRow, plain_movement(), SealedRow._meta.get_field("movement"))
    assert complaints() == []
    assert f"movement {row.movement_id} is sealed 2 times." in said
    assert "seal 3, more rows than it was made with." in said


def plain_movement():
    """The column without its unique index."""
    field = models.ForeignKey(Movement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    field.set_attributes_from_name("movement")
    field.model = SealedRow
    return field


def test_a_table_altered_from_end_to_end_is_said_in_a_few_sentences(pocket):
    add_rows(pocket, "a", count=40)
    sealing.seal_pending()
    with rights_of_the_owner():
        SealedRow.objects.update(link_hash=F("position"))
    said = list(seal_proofs.sealed_rows_are_as_sealed())
    assert len(said) == seal_proofs.SAID_PER_SEAL + 1
    assert said[-1] == "seal 1: more of its rows are not what was sealed."


# Late rows and kept heads ----------------------------------------------------------------------------------------


def test_a_row_that_waits_too_long_is_named(pocket):
    add_rows(pocket, "a", count=2)
    movement, event = Movement.objects.earliest("pk").pk, AuditEvent.objects.earliest("pk").pk
    now = timezone.now()
    assert list(seal_proofs.rows_are_in_one_seal(now)) == []
    assert list(seal_proofs.rows_are_in_one_seal(now + seal_proofs.GRACE + timedelta(minutes=1))) == [
        f"movement {movement} is in no seal after 15 minutes, with 1 others.",
        f"audit event {event} is in no seal after 15 minutes, with 1 others.",
    ]


def test_the_head_is_printed_for_people_and_for_programs(sealed, capsys):
    last = sealed[-1]
    assert proof()["head"] == {"number": 3, "chain_hash": last.chain_hash}
    call_command("check_ledger")
    assert f"head: 3:{last.chain_hash}" in capsys.readouterr().out


def test_without_a_seal_there_is_no_head(db, capsys):
    assert proof()["head"] is None
    call_command("check_ledger")
    assert "head: no seal yet" in capsys.readouterr().out


def test_the_last_seal_taken_away_is_seen_only_by_who_kept_it(sealed):
    """Nothing inside the database can tell: the seal is gone with its rows' places, and the sealer makes another."""
    kept = f"3:{sealed[2].chain_hash}"
    assert complaints("--expect-head", kept) == []
    take_away(SealedRow.objects.filter(seal=sealed[2]))
    take_away(Seal.objects.filter(pk=sealed[2].pk))
    assert complaints() == []
    assert complaints("--expect-head", kept) == [
        f"seal 3 is not there, and somebody kept its hash {kept[2:]}."
    ]
    again = sealing.seal_pending()[0]
    assert complaints() == []
    assert complaints("--expect-head", kept) == [
        f"seal 3 is not the one that was kept: {again.chain_hash} here, {kept[2:]} kept."
    ]


def test_an_old_head_holds_as_long_as_the_chain_goes_on(sealed):
    old = [f"{seal.number}:{seal.chain_hash}" for seal in sealed[:2]]
    assert complaints("--expect-head", old[0], "--expect-head", old[1]) == []


def test_a_rewritten_past_is_seen_by_an_old_head(sealed):
    """Somebody who may write everywhere makes every hash anew, from the changed row to the last seal."""
    kept = f"2:{sealed[1].chain_hash}"
    movement = row_at(sealed[0], 1).movement
    movement.amount_cents = 1
    change(movement, amount_cents=1, row_hash=audit.content_hash(audit.movement_content(movement)))
    with rights_of_the_owner():
        SealedRow.objects.all()._raw_delete("default")
        Seal.objects.all()._raw_delete("default")
    sealing.seal_pending(limit=6)
    assert complaints() == []
    assert "seal 2 is not the one that was kept" in complaints("--expect-head", kept)[0]


@pytest.mark.parametrize("text", ["", "3", "3:abc", "0:" + "a" * 64, "x:" + "a" * 64, "3:" + "g" * 64])
def test_what_is_no_head_is_refused_at_the_door(db, text):
    with pytest.raises(CommandError, match="A head is a number"):
        call_command("check_ledger", f"--expect-head={text}")
