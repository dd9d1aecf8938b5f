import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

RECEIVED = ["succeeded", "refunded", "undone"]


class Migration(migrations.Migration):
    dependencies = [("donations", "0005_giving")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.RemoveConstraint(model_name="gift", name="gift_succeeded_with_a_date"),
        migrations.AlterField(
            model_name="gift",
            name="state",
            field=models.CharField(
                choices=[
                    ("pledged", "En attente du paiement"),
                    ("pending", "En attente de la banque"),
                    ("succeeded", "Reçu"),
                    ("failed", "Non abouti"),
                    ("refunded", "Rendu"),
                    ("undone", "Repris par la banque"),
                ],
                default="pledged",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=Q(state__in=RECEIVED, succeeded_at__isnull=False)
                | ~Q(state__in=RECEIVED) & Q(succeeded_at=None),
                name="gift_succeeded_with_a_date",
            ),
        ),
        migrations.CreateModel(
            name="DebitFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payment_id", models.CharField(max_length=120, unique=True)),
                ("failed_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ComparisonSwitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField()),
                ("turned_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ComparisonRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("checked", models.PositiveIntegerField(default=0)),
                ("repaired", models.PositiveIntegerField(default=0)),
                ("differing", models.PositiveIntegerField(default=0)),
                ("unreachable", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(checked__gte=F("repaired") + F("differing") + F("unreachable")),
                        name="comparison_counts_what_it_checked",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="ComparisonFinding",
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
                            (
                                "counted",
                                "Compté ici, mais pas payé chez le prestataire : regardez ce paiement.",
                            ),
                            (
                                "parked",
                                "Payé chez le prestataire, mais il n’a pas pu être compté : comparez les deux.",
                            ),
                            ("unknown", "Le prestataire ne connaît pas cette page de paiement."),
                            (
                                "undone",
                                "Repris par la banque ici, mais payé chez le prestataire : regardez ce paiement.",
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("found_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="donations.gift",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(closed_at=None), fields=("gift", "kind"), name="finding_is_open_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(closed_at=None) | Q(closed_at__gte=F("found_at")),
                        name="finding_closed_after_found",
                    ),
                ]
            },
        ),
    ]
