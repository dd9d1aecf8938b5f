"""The test database as it was when it was made: what every test that commits leaves behind it.

Django's flush empties every table, then makes permissions, accounts and triggers anew: half a second each time, most of
it for tables that the test never touched. Here the made database is kept once, and put back.
"""

import sqlite3
import time
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from fund import guards

Restore = Callable[[], None]
TURNS = 50
KEPT = "as_made"  # PostgreSQL's schema of the rows that the tables began with
# Everything that the triggers are and do, in one word: one that a test took away, switched off or made anew is noticed.
_TRIGGERS = """
    SELECT md5(string_agg(pg_get_triggerdef(t.oid) || t.tgenabled::text || f.prosrc, ';' ORDER BY t.oid))
    FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid WHERE NOT t.tgisinternal
"""


def keep() -> Restore:
    """Keeps the database as it is; the function that puts it back, to be called outside any transaction."""
    return _keep_on_postgresql() if connection.vendor == "postgresql" else _keep_on_sqlite()


def _keep_on_sqlite() -> Restore:
    """The file, or the memory, as a whole: rows, counters, triggers."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(kept)

    def restore() -> None:
        connection.ensure_connection()
        for turns_left in reversed(range(TURNS)):
            try:
                return kept.backup(connection.connection, progress=_refuse_to_wait)
            except sqlite3.OperationalError:
                if not turns_left:
                    raise
                time.sleep(0.1)  # a server of the test may still be at its last answer

    return restore


def _refuse_to_wait(status: int, _remaining: int, _pages: int) -> None:
    """Whoever still reads or writes here would be waited for without end."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("the test left a statement or a transaction open")


def _keep_on_postgresql() -> Restore:
    """The rows of the few tables that began with some, in a schema of their own; every other table began empty."""
    tables = sorted(connection.introspection.table_names())
    _empty_what_a_run_left()
    with transaction.atomic(), connection.cursor() as cursor:
        began = _filled(cursor, tables)
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for table in began:
            cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')
    triggers = _triggers()

    def restore() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # No trigger and no foreign key fires in a replica: rows that are only ever added go too.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in sorted({*_filled(cursor, tables), *began}):
                cursor.execute(f'DELETE FROM public."{table}"')  # noqa: S608 - the tables' own names
            for table in began:
                cursor.execute(f'INSERT INTO public."{table}" TABLE {KEPT}."{table}"')
        nonlocal triggers
        if _triggers() != triggers:
            guards.install(connection)
            triggers = _triggers()

    return restore


def _empty_what_a_run_left() -> None:
    """`--reuse-db`: the former run may have been killed in the middle of a test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", [KEPT])
        if cursor.rowcount == 0:
            return
        cursor.execute(f"DROP SCHEMA {KEPT} CASCADE")
    guards.remove(connection)
    call_command("flush", verbosity=0, interactive=False)


def _filled(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """Those of the tables that hold a row."""
    rows = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")"  # noqa: S608
        for table in tables
    )
    cursor.execute(rows)
    return [name for (name,) in cursor.fetchall()]


def _triggers() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS)
        return str(cursor.fetchone()[0])
