"""Checkpoints of the ledger: sums up to one movement, to which a balance only adds what came after.

Ids are drawn before their transaction commits, so a lower id can appear after a higher one. A statement trigger makes
each insertion hold a shared advisory lock to the end of its transaction (`fund/guards.py`); whoever holds the
exclusive one knows that every id drawn so far is committed or lost. It is held for one question only, and given up
when it is not had at once: money coming in never waits for a checkpoint. SQLite has one writer: its transaction is
enough.
"""

from collections import Counter
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from fund.guards import IN_FLIGHT_LOCK
from fund.models import Checkpoint, CheckpointSum, Movement

# A shorter tail is read as quickly as it is summed up.
WORTH_ONE = 200
KEPT_FOR = timedelta(hours=1)  # a reader that found a checkpoint still finds its sums
PATIENCE = "300ms"

Sums = Counter[tuple[str, int]]


def make_checkpoint(*, least: int = WORTH_ONE) -> Checkpoint | None:
    """A new checkpoint when at least `least` movements came since the last one; None when there is none to make.

    None too when movements were being written all the while, or when another process was first: next time then.
    """
    last = Checkpoint.objects.order_by("-up_to").first()
    start = last.up_to if last else 0
    if Movement.objects.filter(pk__gt=start)[:least].count() < least:
        return None
    try:
        end = _settled_end()
        if end is None or end <= start:
            return None
        with transaction.atomic():
            return _write(last, start, end)
    except (OperationalError, IntegrityError):
        return None


def _settled_end() -> int | None:
    """The highest id of a movement below which nothing can appear any more. Raises OperationalError when busy."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IN_FLIGHT_LOCK])
        highest: int | None = Movement.objects.aggregate(highest=Max("pk"))["highest"]
        return highest


def _write(last: Checkpoint | None, start: int, end: int) -> Checkpoint:
    sums = sums_of(start, end)
    for row in last.sums.order_by("pk") if last else ():
        sums[row.account_id, row.pocket_id] += row.net_cents
    made = Checkpoint.objects.create(up_to=end, made_at=timezone.now())
    CheckpointSum.objects.bulk_create(
        CheckpointSum(checkpoint=made, account_id=account, pocket_id=pocket, net_cents=cents)
        for (account, pocket), cents in sorted(sums.items())
    )
    return made


def sums_of(start: int, end: int) -> Sums:
    """Debits − credits in cents by (account, pocket) of the movements with start < id ≤ end."""
    sums: Sums = Counter()
    rows = Movement.objects.filter(pk__gt=start, pk__lte=end)
    for side, sign in (("debit_id", 1), ("credit_id", -1)):
        grouped = rows.values(side, "pocket_id").annotate(total=Sum("amount_cents"))
        for row in grouped.order_by(side, "pocket_id"):
            sums[row[side], row["pocket_id"]] += sign * row["total"]
    return sums


def checkpoint_in_time() -> str:
    """Timed work: a checkpoint when it is worth one; those that nobody reads any more go."""
    made = make_checkpoint()
    newest = Checkpoint.objects.order_by("-up_to").values_list("pk", flat=True).first()
    old = Checkpoint.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).exclude(pk__in=[newest])
    with transaction.atomic():
        gone = list(old.values_list("pk", flat=True))
        CheckpointSum.objects.filter(checkpoint__in=gone).delete()
        Checkpoint.objects.filter(pk__in=gone).delete()
    return f"up to {made.up_to}" if made else "none needed"
