from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0007_receipts")]

    operations: list[migrations.operations.base.Operation] = []
