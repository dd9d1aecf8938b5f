"""The proofs of `check_ledger` that concern the seals: the chain, every row in it, and nothing left outside.

They read one seal at a time, so that a million rows take no more memory than one seal. Sentences name the seal and
the row. What no proof inside the database can see (the last seals taken away and made anew by somebody who may write
everywhere) is seen by whoever kept a head: `head_is_there`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from fund import registry
from fund.models import AuditEvent, Movement, Seal, SealedRow
from fund.sealing import BEGINNING, EVENT, MOVEMENT, chain_hash_of, link_hash

GRACE = timedelta(minutes=15)  # the sealer comes each minute; a long backlog or a restart takes a few
SAID_PER_SEAL = 5


class Link(NamedTuple):
    """A sealed row beside the row it stands for; the hash is None when that row is gone."""

    position: int
    link_hash: str
    movement_id: int | None
    movement_hash: str | None
    event_id: int | None
    event_hash: str | None

    @property
    def kind(self) -> str:
        return EVENT if self.movement_id is None else MOVEMENT

    @property
    def row_id(self) -> int:
        return (self.event_id if self.movement_id is None else self.movement_id) or 0

    @property
    def row_hash(self) -> str | None:
        return self.event_hash if self.movement_id is None else self.movement_hash

    @property
    def name(self) -> str:
        return f"{'audit event' if self.kind == EVENT else 'movement'} {self.row_id}"


def register() -> None:
    registry.register_check("seal_chain", seals_follow_each_other)
    registry.register_check("sealed_rows", sealed_rows_are_as_sealed)
    registry.register_check("sealed_once", rows_are_in_one_seal)


def seals_follow_each_other() -> Iterator[str]:
    """Numbers without a gap, each seal as it was written and on top of the one before."""
    number, before = 0, BEGINNING
    for seal in Seal.objects.order_by("number").iterator(chunk_size=1_000):
        if seal.number != number + 1:
            yield f"{_seals(number + 1, seal.number - 1)} missing before seal {seal.number}."
        elif seal.previous_hash != before:
            yield f"seal {seal.number} does not follow seal {number} as it is."
        if chain_hash_of(seal) != seal.chain_hash:
            yield f"seal {seal.number} is not what was written."
        number, before = seal.number, seal.chain_hash


def _seals(first: int, last: int) -> str:
    return f"seal {first} is" if first == last else f"seals {first} to {last} are"


def sealed_rows_are_as_sealed() -> Iterator[str]:
    """Every row of every seal: there, in its place, with the hash it had."""
    for seal in Seal.objects.order_by("number").iterator(chunk_size=1_000):
        for said, sentence in enumerate(_broken_links(seal)):
            if said == SAID_PER_SEAL:
                yield f"seal {seal.number}: more of its rows are not what was sealed."
                break
            yield f"seal {seal.number}, {sentence}"


def _links(seal: Seal) -> Iterator[Link]:
    columns = ("position", "link_hash", "movement_id", "movement__row_hash", "event_id", "event__row_hash")
    rows = SealedRow.objects.filter(seal=seal).order_by("position").values_list(*columns)
    for row in rows.iterator(chunk_size=2_000):
        yield Link(*row)


def _broken_links(seal: Seal) -> Iterator[str]:
    """One sentence per broken place. After a break, the rows behind it may stand on what is stored or on what
    should be: only a row that stands on neither is named too."""
    position, befores = 0, {BEGINNING}
    for link in _links(seal):
        if link.position != position + 1:
            yield _missing(position + 1, link.position - 1)
            befores = set()  # what this one stands on is missing: its own hash cannot be judged
        position = link.position
        if link.row_hash is None:
            yield f"position {position}: {link.name} is gone."
            befores = {link.link_hash}
            continue
        expected = {link_hash(before, link.kind, link.row_id, link.row_hash) for before in befores}
        if expected and link.link_hash not in expected:
            yield f"position {position}: {link.name} is not what was sealed there."
            befores = {link.link_hash, *expected}
        else:
            befores = {link.link_hash}
    if position != seal.count:
        yield (
            _missing(position + 1, seal.count)
            if position < seal.count
            else "more rows than it was made with."
        )
    elif seal.content_hash not in befores:
        yield f"position {position}: the seal was made over other rows."


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"position {first} is missing."
    return f"positions {first} to {last} are missing."


def rows_are_in_one_seal(now: datetime | None = None) -> Iterator[str]:
    """No row waits for a seal longer than the grace, none is sealed twice, none is sealed by a seal that is gone."""
    long_ago = (now or timezone.now()) - GRACE
    for name, waiting in (
        ("movement", Movement.objects.filter(sealed_row=None, recorded_at__lt=long_ago)),
        ("audit event", AuditEvent.objects.filter(sealed_row=None, recorded_at__lt=long_ago)),
    ):
        first = waiting.order_by("pk").values_list("pk", flat=True).first()
        if first is not None:
            minutes = int(GRACE.total_seconds() // 60)
            yield f"{name} {first} is in no seal after {minutes} minutes, with {waiting.count() - 1} others."
    for kind in ("movement", "event"):
        twice = (
            SealedRow.objects.exclude(**{kind: None})
            .values(f"{kind}_id")
            .annotate(times=Count("pk"))
            .filter(times__gt=1)
            .order_by(f"{kind}_id")
        )
        for row in twice[:SAID_PER_SEAL]:
            yield f"{kind} {row[f'{kind}_id']} is sealed {row['times']} times."
    orphans = SealedRow.objects.exclude(seal__in=Seal.objects.all()).order_by("seal_id", "position")
    for orphan in orphans[:SAID_PER_SEAL]:
        row = f"movement {orphan.movement_id}" if orphan.movement_id else f"audit event {orphan.event_id}"
        yield f"{row} was sealed at position {orphan.position} of a seal that is gone."


def place_of(row: Movement | AuditEvent) -> str:
    """Where a row is sealed, for a sentence: " (seal 3, position 12)", or nothing when it is in no seal."""
    side = "movement" if isinstance(row, Movement) else "event"
    found = SealedRow.objects.filter(**{side: row.pk}).values_list("seal__number", "position").first()
    return f" (seal {found[0]}, position {found[1]})" if found else ""


def head_is_there(number: int, expected_hash: str) -> Iterator[str]:
    """The seal that somebody kept outside of this database is still in the chain, with the hash it had."""
    found = Seal.objects.filter(number=number).values_list("chain_hash", flat=True).first()
    if found is None:
        yield f"seal {number} is not there, and somebody kept its hash {expected_hash}."
    elif found != expected_hash:
        yield f"seal {number} is not the one that was kept: {found} here, {expected_hash} kept."
