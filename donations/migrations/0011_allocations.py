from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0010_outside")]

    operations: list[migrations.operations.base.Operation] = []
