from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0011_allocations")]

    operations: list[migrations.operations.base.Operation] = []
