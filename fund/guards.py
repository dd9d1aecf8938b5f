"""Triggers that make the database refuse what the code promises never to do.

Installed again after every migration (`post_migrate`), because SQLite drops the triggers of a table that a
migration rebuilds, silently. Append-only tables refuse UPDATE, DELETE and, on PostgreSQL, TRUNCATE. Frozen columns
refuse a change once they were written. `check_ledger` proves them by trying.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Frozen:
    """Columns of a table that never change once `when` (SQL about OLD) is true."""

    table: str
    columns: tuple[str, ...]
    when: str = "1=1"


_append_only: set[str] = {
    "fund_movement",
    "fund_auditevent",
    "fund_transitionlog",
    "fund_seal",
    "fund_sealedrow",
}
_frozen: list[Frozen] = [
    Frozen(
        "fund_paymentbatch",
        ("file_sealed", "file_sha256", "message_id", "total_cents", "count"),
        "OLD.state = 'signed'",
    ),
    Frozen(
        "fund_paymentorder",
        (
            "reference_kind",
            "reference_id",
            "payee_id",
            "attempt",
            "end_to_end_id",
            "amount_cents",
            "iban_sealed",
            "iban_fingerprint",
            "pocket_id",
        ),
    ),
    Frozen(
        "fund_bankstatement",
        ("account", "statement_id", "file_sha256", "file_sealed", "opening_cents", "closing_cents"),
    ),
    Frozen(
        "fund_bankline",
        ("statement_id", "entry_index", "detail_index", "amount_cents", "booked_on", "end_to_end_id"),
    ),
]


def keep_append_only(*tables: str) -> None:
    """Declares tables whose rows are only ever added; called from an app's `ready()`."""
    _append_only.update(tables)


def keep_frozen(frozen: Frozen) -> None:
    """Declares columns that never change; called from an app's `ready()`."""
    if frozen not in _frozen:
        _frozen.append(frozen)


def append_only_tables() -> list[str]:
    return sorted(_append_only)


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    return set(connection.introspection.table_names())


def install(connection: BaseDatabaseWrapper) -> None:
    """Puts every trigger in place; doing it twice changes nothing."""
    present = _present(connection)
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for sql in statements(present):
            cursor.execute(sql)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that `install` makes and that are not there, are switched off, or (SQLite) say something else."""
    present = _present(connection)
    is_postgresql = connection.vendor == "postgresql"
    statements = (_postgresql if is_postgresql else _sqlite)(present)
    wanted = {sql.split()[2]: sql for sql in statements if sql.startswith("CREATE TRIGGER")}
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
            found = {name for (name,) in cursor.fetchall()}
            return sorted(wanted.keys() - found)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        said = dict(cursor.fetchall())
    return sorted(name for name, sql in wanted.items() if said.get(name) != sql)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Takes the append-only triggers away: only for a test's flush, which `post_migrate` undoes."""
    present = _present(connection)
    with connection.cursor() as cursor:
        for table in append_only_tables():
            if table not in present:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


def _sqlite(present: set[str]) -> list[str]:
    statements = []
    for table in append_only_tables():
        if table in present:
            for verb in ("update", "delete"):
                statements.append(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
                statements.append(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            # INSERT OR REPLACE deletes the row it meets without asking the trigger above.
            statements.append(f"DROP TRIGGER IF EXISTS {table}_no_replace")
            statements.append(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own names
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for number, frozen in enumerate(_frozen):
        if frozen.table in present:
            changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in frozen.columns)
            name = f"{frozen.table}_frozen_{number}"
            statements.append(f"DROP TRIGGER IF EXISTS {name}")
            statements.append(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {frozen.table} WHEN ({frozen.when}) AND ({changed}) "
                f"BEGIN SELECT RAISE(ABORT, '{frozen.table} is frozen'); END"
            )
    if "fund_rolegrant" in present:
        for verb in ("insert", "update"):
            statements.append(f"DROP TRIGGER IF EXISTS fund_rolegrant_one_power_{verb}")
            statements.append(
                f"CREATE TRIGGER fund_rolegrant_one_power_{verb} BEFORE {verb.upper()} ON fund_rolegrant "
                f"WHEN NEW.revoked_at IS NULL AND EXISTS ({_OTHER_POWER}) "
                "BEGIN SELECT RAISE(ABORT, 'one person holds one power'); END"
            )
    return statements


_OTHER_POWER = (
    "SELECT 1 FROM fund_rolegrant g "
    "WHERE g.user_id = NEW.user_id AND g.revoked_at IS NULL AND g.power <> NEW.power"
)


# Held shared by every transaction that writes a movement, to its end (`fund/checkpoints.py`).
IN_FLIGHT_LOCK = 7402


_PG_FUNCTIONS = [
    "CREATE OR REPLACE FUNCTION fund_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION fund_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% is frozen', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION fund_one_power() RETURNS trigger LANGUAGE plpgsql AS $$ "
    # The advisory lock makes two grants to one person queue, so that neither misses the other.
    "BEGIN PERFORM pg_advisory_xact_lock(7401, NEW.user_id::int); "
    f"IF NEW.revoked_at IS NULL AND EXISTS ({_OTHER_POWER}) THEN "
    "RAISE EXCEPTION 'one person holds one power' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
    "RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION fund_in_flight() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN PERFORM pg_advisory_xact_lock_shared({IN_FLIGHT_LOCK}); RETURN NULL; END $$",
]
# Triggers of single tables: table, what is added to its name, event, scope, function.
_PG_SINGLE = (
    ("fund_movement", "in_flight", "BEFORE INSERT", "FOR EACH STATEMENT", "fund_in_flight"),
    ("fund_rolegrant", "one_power", "BEFORE INSERT OR UPDATE", "FOR EACH ROW", "fund_one_power"),
)


def _postgresql(present: set[str]) -> list[str]:
    statements = [*_PG_FUNCTIONS]
    for table in append_only_tables():
        if table in present:
            statements += _pg_trigger(
                f"{table}_append_only", table, "BEFORE UPDATE OR DELETE", "FOR EACH ROW", "fund_append_only"
            )
            statements += _pg_trigger(
                f"{table}_no_truncate", table, "BEFORE TRUNCATE", "FOR EACH STATEMENT", "fund_append_only"
            )
    for number, frozen in enumerate(_frozen):
        if frozen.table in present:
            changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in frozen.columns)
            name = f"{frozen.table}_frozen_{number}"
            scope = f"FOR EACH ROW WHEN (({frozen.when}) AND ({changed}))"
            statements += _pg_trigger(name, frozen.table, "BEFORE UPDATE", scope, "fund_frozen")
    for table, name, event, scope, function in _PG_SINGLE:
        if table in present:
            statements += _pg_trigger(f"{table}_{name}", table, event, scope, function)
    return statements


def _pg_trigger(name: str, table: str, event: str, scope: str, function: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} {event} ON {table} {scope} EXECUTE FUNCTION {function}()",
    ]
