"""`check_ledger` looks at one moment, and keeps no writer out while it looks."""

import pytest

from tests.fund.other_process import other_database

# Between two proofs somebody else adds an audit event, by a connection of their own.
CHECK_WHILE_SOMEBODY_WRITES = """
import threading
from django.core.management import call_command
from django.db import connection
from fund import audit, registry
from fund.models import Account, AuditEvent

def count():
    yield f"{AuditEvent.objects.count()} events"

def write():
    audit.record("test.done", Account.objects.earliest("pk"), by=None)
    connection.close()

def somebody_writes():
    writer = threading.Thread(target=write)
    writer.start()
    writer.join(timeout=10)
    yield "kept out" if writer.is_alive() else "written"

registry.checks = lambda: {"before": count, "beside": somebody_writes, "after": count}
try:
    call_command("check_ledger")
except SystemExit:
    print(*count())
"""


@pytest.fixture
def elsewhere(transactional_db, tmp_path):
    with other_database(tmp_path) as database:
        yield database


def test_a_writer_is_not_kept_out_and_is_not_seen_half_way(elsewhere):
    said = [line.strip() for line in elsewhere.run(CHECK_WHILE_SOMEBODY_WRITES).splitlines()]
    assert [line for line in said if "events" in line or line in ("written", "kept out")] == [
        "0 events", "written", "0 events", "1 events",
    ]  # fmt: skip
