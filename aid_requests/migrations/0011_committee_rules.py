import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def make_the_national_committee(apps, schema_editor):
    committees = apps.get_model("aid_requests", "Committee").objects.using(schema_editor.connection.alias)
    committees.get_or_create(
        slug="national", defaults={"name": "Comité d’attribution", "created_at": timezone.now()}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0010_look_alikes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Committee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="scheme",
            name="committee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="schemes",
                to="aid_requests.committee",
            ),
        ),
        migrations.CreateModel(
            name="RulesVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("definition", models.TextField()),
                ("definition_hash", models.CharField(max_length=64)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                        default="draft",
                        max_length=6,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules_versions",
                        to="aid_requests.committee",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("committee", "number"), name="rules_version_is_one"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("committee",),
                        name="one_open_rules_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("committee",),
                        name="one_rules_draft_a_committee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at", None),
                                ("opened_at", None),
                                ("opened_by", None),
                                ("state", "draft"),
                            ),
                            models.Q(
                                ("closed_at", None),
                                ("opened_at__isnull", False),
                                ("opened_by__isnull", False),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("opened_by__isnull", False),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="rules_version_opened_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="rules",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="aid_requests.rulesversion",
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="rules",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="aid_requests.rulesversion",
            ),
        ),
        migrations.RunPython(make_the_national_committee, migrations.RunPython.noop, elidable=False),
    ]
