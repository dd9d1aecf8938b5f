from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("demo", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="demoperson",
            name="group",
            field=models.CharField(default="", max_length=16),
            preserve_default=False,
        ),
    ]
