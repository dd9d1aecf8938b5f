"""The sealer: takes the movements and audit events that are in no seal yet, and chains them.

Whoever writes a movement or an audit event only inserts; nobody waits for a chain. The sealer comes behind and asks
"what is in no seal?", never "what came after the last number?": a transaction that commits late with a lower number
is taken by the next seal. One sealer at a time; a killed one leaves nothing behind.

What is hashed, so that anyone can do it again (SHA-256, hexadecimal; a line ends with one line feed):

- a row's `link_hash`: the line of the link before it in its seal (`BEGINNING` for the first), then the line
  `<movement or event> <row id> <row_hash>`;
- a seal's `content_hash`: the `link_hash` of its last row;
- a seal's `chain_hash`: the lines previous_hash, number, sealed_at (UTC, `2020-05-15T08:00:00.000000+00:00`), count
  and content_hash. The first seal's `previous_hash` is `BEGINNING`.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from fund.models import AuditEvent, Movement, Seal, SealedRow

BEGINNING = "0" * 64
MOVEMENT, EVENT = "movement", "event"
ROWS_PER_SEAL = 10_000
SEALS_PER_TICK = 10
_LOCK_CLASS = 7402  # of PostgreSQL's advisory locks; fund/guards.py takes 7401


def link_hash(before: str, kind: str, row_id: int, row_hash: str) -> str:
    return hashlib.sha256(f"{before}\n{kind} {row_id} {row_hash}\n".encode()).hexdigest()


def chain_hash(*, previous_hash: str, number: int, sealed_at: datetime, count: int, content_hash: str) -> str:
    at = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    lines = (previous_hash, str(number), at, str(count), content_hash)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def seal_pending(*, limit: int = ROWS_PER_SEAL, seals: int | None = None) -> list[Seal]:
    """Seals what is in no seal yet: at most `limit` rows each, and at most `seals` of them (None: until all is).

    Each seal is a transaction of its own; nothing to seal makes none. Inside a caller's transaction it works too, but
    then the sealer's turn is held until that one ends.
    """
    if limit < 1:
        raise ValueError("A seal holds at least one row.")
    made: list[Seal] = []
    while seals is None or len(made) < seals:
        seal = _seal_once(limit)
        if seal is not None:
            made.append(seal)
        if seal is None or seal.count < limit:
            break
    return made


def head() -> Seal | None:
    """The last seal: its number and chain hash, kept outside of this database, hold everything before it."""
    return Seal.objects.order_by("-number").first()


def sealed_movements(up_to: int) -> QuerySet[Movement]:
    """The movements in seals 1 to `up_to`: the same rows whenever it is asked."""
    return Movement.objects.filter(sealed_row__seal__number__lte=up_to)


def seal_in_time() -> str:
    """Timed work. A backlog is worked off over several minutes, so that other jobs have their turn."""
    made = seal_pending(seals=SEALS_PER_TICK)
    return f"{sum(seal.count for seal in made)} rows in {len(made)} seals"


def _seal_once(limit: int) -> Seal | None:
    with transaction.atomic():
        _wait_for_turn()
        pending = list(_pending(limit))
        if not pending:
            return None
        links, link = [], BEGINNING
        for kind, row_id, row_hash in pending:
            link = link_hash(link, kind, row_id, row_hash)
            links.append(link)
        seal = _append(count=len(pending), content_hash=link)
        SealedRow.objects.bulk_create(
            (
                SealedRow(
                    seal=seal,
                    position=position,
                    movement_id=row_id if kind == MOVEMENT else None,
                    event_id=row_id if kind == EVENT else None,
                    link_hash=link,
                )
                for position, ((kind, row_id, _hash), link) in enumerate(
                    zip(pending, links, strict=True), start=1
                )
            ),
            batch_size=2_000,
        )
        return seal


def _wait_for_turn() -> None:
    """One sealer at a time, until the transaction ends. SQLite has one writer anyway (BEGIN IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK_CLASS])


def _pending(limit: int) -> Iterator[tuple[str, int, str]]:
    """Up to `limit` rows that are in no seal: (kind, id, row hash), movements first, each kind by id."""
    movements = Movement.objects.filter(sealed_row=None).order_by("pk")
    events = AuditEvent.objects.filter(sealed_row=None).order_by("pk")
    taken = 0
    for row_id, row_hash in movements.values_list("pk", "row_hash")[:limit]:
        taken += 1
        yield MOVEMENT, row_id, row_hash
    for row_id, row_hash in events.values_list("pk", "row_hash")[: limit - taken]:
        yield EVENT, row_id, row_hash


def _append(*, count: int, content_hash: str) -> Seal:
    last = head()
    seal = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=timezone.now(),
        count=count,
        content_hash=content_hash,
        previous_hash=last.chain_hash if last else BEGINNING,
    )
    seal.chain_hash = chain_hash_of(seal)
    seal.save(force_insert=True)
    return seal


def chain_hash_of(seal: Seal) -> str:
    """What the chain hash of this seal must be, by its other columns."""
    return chain_hash(
        previous_hash=seal.previous_hash,
        number=seal.number,
        sealed_at=seal.sealed_at,
        count=seal.count,
        content_hash=seal.content_hash,
    )
