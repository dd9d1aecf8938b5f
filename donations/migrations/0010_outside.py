from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0009_monthly_changes")]

    operations: list[migrations.operations.base.Operation] = []
