from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_staff")]

    operations: list[migrations.operations.base.Operation] = []
