from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0006_provider")]

    operations: list[migrations.operations.base.Operation] = []
