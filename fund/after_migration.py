"""What every migration ends with: the triggers are in place and the chart of accounts is in the database."""

from django.db.backends.base.base import BaseDatabaseWrapper

from fund import chart, guards
from fund.models import Account


def complete(connection: BaseDatabaseWrapper) -> None:
    """Doing it twice changes nothing."""
    guards.install(connection)
    if Account._meta.db_table in connection.introspection.table_names():
        for line in chart.CHART:
            Account.objects.using(connection.alias).update_or_create(
                code=line.code, defaults={"label": line.label, "figure": line.figure}
            )
