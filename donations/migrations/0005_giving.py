import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_givers_and_teams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CardAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("one_card", "Une même carte, refusée plusieurs fois"),
                            ("many_cards", "Plusieurs cartes pour une même adresse"),
                            ("declines", "Beaucoup de cartes refusées"),
                            ("closed", "Les dons se sont fermés d’eux-mêmes"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("hour", models.DateTimeField()),
                ("number", models.PositiveIntegerField()),
                ("raised_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "gift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="card_alerts",
                        to="donations.gift",
                    ),
                ),
                (
                    "seen_by",
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
                    models.UniqueConstraint(
                        fields=("kind", "subject", "hour"), name="card_alert_once_an_hour"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at", None), ("seen_by", None)),
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_alert_seen_by_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeSignal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("charge_id", models.CharField(max_length=120, unique=True)),
                ("payment_intent_id", models.CharField(blank=True, max_length=120)),
                ("means", models.CharField(blank=True, max_length=30)),
                ("card", models.CharField(blank=True, max_length=64)),
                ("is_declined", models.BooleanField()),
                ("happened_at", models.DateTimeField()),
                (
                    "gift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_signals",
                        to="donations.gift",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["is_declined", "happened_at"], name="charge_declined_at"),
                    models.Index(
                        condition=models.Q(("card", ""), _negated=True),
                        fields=["card", "happened_at"],
                        name="charge_card_at",
                    ),
                    models.Index(fields=["payment_intent_id"], name="charge_payment"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivingSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("least_cents", models.BigIntegerField()),
                ("most_cents", models.BigIntegerField()),
                ("is_open", models.BooleanField(default=True)),
                (
                    "closed_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pause", "Pause décidée par la fondation"),
                            ("works", "Panne ou travaux chez le prestataire de paiement"),
                            ("card_testing", "Essais de cartes volées"),
                            ("finished", "La collecte est terminée"),
                        ],
                        max_length=12,
                    ),
                ),
                ("declines_told", models.PositiveIntegerField(default=20)),
                ("declines_closing", models.PositiveIntegerField(default=60)),
                ("declines_from", models.DateTimeField(blank=True, null=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
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
                "verbose_name_plural": "giving settings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="giving_settings_are_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_cents__gt", 0), ("most_cents__gte", models.F("least_cents"))
                        ),
                        name="giving_bounds_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_because", ""), ("is_open", True)),
                            models.Q(("is_open", False), models.Q(("closed_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="giving_closed_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declines_closing__gte", models.F("declines_told")), ("declines_told__gt", 0)
                        ),
                        name="giving_told_before_it_closes",
                    ),
                ],
            },
        ),
    ]
