"""What every migration ends with: triggers in place, the chart of accounts written, a real database marked."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from fund import chart, guards
from fund.installation import mark_installation
from fund.models import Account, Installation


def complete(connection: BaseDatabaseWrapper) -> None:
    """Doing it twice changes nothing. A real database is marked with its keys at once; the demo marks its own."""
    guards.install(connection)
    is_there = Installation._meta.db_table in connection.introspection.table_names()
    if is_there and not settings.DEMO and not Installation.objects.using(connection.alias).exists():
        mark_installation(is_demo=False)
    if Account._meta.db_table in connection.introspection.table_names():
        for line in chart.CHART:
            Account.objects.using(connection.alias).update_or_create(
                code=line.code, defaults={"label": line.label, "figure": line.figure}
            )
