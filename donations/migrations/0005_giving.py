from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0004_givers_and_teams")]

    operations: list[migrations.operations.base.Operation] = []
