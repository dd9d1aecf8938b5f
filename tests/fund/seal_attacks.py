"""What an attacker with the database's own rights can do: the guards taken away, rows written below the code."""

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import connection, models, transaction

from fund import audit, chart, guards, ledger
from fund.models import Movement, Pocket, Seal, SealedRow
from fund.models.ledger import Kind

DAY = date(2020, 5, 15)


def add_gift(pocket: Pocket, cause: str, cents: int = 5_000) -> Movement:
    with transaction.atomic():
        return ledger.post(
            cause_key=cause,
            debit=chart.STRIPE,
            credit=chart.GIFTS,
            amount_cents=cents,
            kind=Kind.GIFT,
            entry_ref=cause,
            occurred_on=DAY,
            pocket=pocket,
            subject=ledger.Subject("gift", cause),
        )


def add_rows(pocket: Pocket, name: str, count: int = 3) -> None:
    """`count` movements and as many audit events."""
    for number in range(count):
        add_gift(pocket, f"{name}-{number}")
        audit.record("test.done", pocket, by=None, run=f"{name}-{number}")


def row_at(seal: Seal, position: int) -> SealedRow:
    return SealedRow.objects.select_related("movement", "event").get(seal=seal, position=position)


@contextlib.contextmanager
def rights_of_the_owner() -> Iterator[None]:
    """Triggers gone and foreign keys asleep inside the block; both back afterwards, as if nothing had happened."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = DEFAULT")
            else:
                cursor.execute("PRAGMA foreign_keys = ON")
            guards.install(connection)


def change(row: models.Model, **values: Any) -> None:
    with rights_of_the_owner():
        assert type(row)._default_manager.filter(pk=row.pk).update(**values) == 1


def take_away(rows: models.QuerySet[Any]) -> None:
    with rights_of_the_owner():
        assert rows._raw_delete(rows.db) > 0


def proof(*arguments: str) -> dict[str, Any]:
    """What `check_ledger --json` answers."""
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("check_ledger", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def complaints(*arguments: str) -> list[str]:
    """Every sentence of every proof."""
    return [sentence for said in proof(*arguments)["broken"].values() for sentence in said]
