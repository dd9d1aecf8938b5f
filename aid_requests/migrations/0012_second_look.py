import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0011_committee_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondLookMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True)),
                ("one_in", models.PositiveIntegerField()),
                ("from_cents", models.BigIntegerField()),
                ("seed_sealed", models.TextField()),
                ("commitment", models.CharField(max_length=64)),
                ("committed_at", models.DateTimeField()),
                ("seed", models.CharField(blank=True, max_length=64)),
                ("revealed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_cents__gte", 0), ("one_in__gt", 0)),
                        name="second_look_month_is_a_rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revealed_at", None), ("seed", "")),
                            models.Q(models.Q(("seed", ""), _negated=True), ("revealed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="second_look_seed_is_revealed_with_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "À relire"),
                            ("confirmed", "Confirmée"),
                            ("reported", "À revoir"),
                            ("maintained", "Maintenue"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("drawn_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("case", "Le cas ne correspond pas à ce qui est raconté"),
                            ("amount", "Le montant est à revoir"),
                            ("papers", "Une pièce manque ou ne convient pas"),
                            ("tie", "Une personne qui a voté avait peut-être un lien"),
                            ("other", "Autre chose, dit dans la note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note_sealed", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answer_sealed", models.TextField(blank=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_look",
                        to="aid_requests.decision",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="aid_requests.secondlookmonth",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "drawn_at"], name="second_look_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("read_at", None), ("read_by", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("read_at__isnull", False),
                                ("read_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="second_look_read_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("state__in", ["open", "confirmed"])),
                            models.Q(
                                ("state__in", ["reported", "maintained"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="second_look_reported_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("state", "maintained"),
                            ),
                            models.Q(
                                models.Q(("state", "maintained"), _negated=True),
                                ("answered_at", None),
                                ("answered_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="second_look_maintained_by_someone",
                    ),
                ],
            },
        ),
    ]
