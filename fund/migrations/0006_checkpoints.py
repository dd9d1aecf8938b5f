from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fund", "0005_legal_bases")]

    operations: list[migrations.operations.base.Operation] = []
