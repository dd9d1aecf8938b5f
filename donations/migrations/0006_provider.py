from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0005_giving")]

    operations: list[migrations.operations.base.Operation] = []
