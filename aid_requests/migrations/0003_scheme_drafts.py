import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0002_reexamination"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemeDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                ("tree", models.JSONField()),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("live", "Live"), ("opened", "Opened"), ("discarded", "Discarded")],
                        default="live",
                        max_length=9,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.schemeversion",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "discarded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_as",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="aid_requests.schemeversion",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="aid_requests.scheme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("scheme",),
                        name="one_live_draft_a_scheme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("discarded_at", None),
                                ("discarded_by", None),
                                ("opened_as", None),
                                ("state", "live"),
                            ),
                            models.Q(
                                ("discarded_at", None),
                                ("discarded_by", None),
                                ("opened_as__isnull", False),
                                ("scheme__isnull", False),
                                ("state", "opened"),
                            ),
                            models.Q(
                                ("discarded_at__isnull", False),
                                ("discarded_by__isnull", False),
                                ("opened_as", None),
                                ("state", "discarded"),
                            ),
                            _connector="OR",
                        ),
                        name="scheme_draft_ends_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("based_on", None), ("scheme__isnull", False), _connector="OR"),
                        name="scheme_draft_copies_its_own_scheme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="scheme_draft_revision_from_one"
                    ),
                ],
            },
        ),
    ]
