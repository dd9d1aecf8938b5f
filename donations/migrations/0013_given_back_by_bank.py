"""Gifts by cheque or transfer that went back by the bank: a refund known by a bank line instead of by the provider."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0012_matching"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="line",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund",
                to="fund.bankline",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="stripe_id",
            field=models.CharField(blank=True, max_length=120, null=True, unique=True),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line", None), ("stripe_id__isnull", False)),
                    models.Q(("line__isnull", False), ("state", "succeeded"), ("stripe_id", None)),
                    _connector="OR",
                ),
                name="refund_by_the_provider_or_a_bank_line",
            ),
        ),
        migrations.CreateModel(
            name="ReturnTie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("recalled", "La banque du donateur a rappelé son virement"),
                            ("given_back", "Nous l’avons rendu par un virement"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "À confirmer"),
                            ("agreed", "Confirmé"),
                            ("counted", "Compté"),
                            ("refused", "Refusé"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_ties",
                        to="donations.gift",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_ties",
                        to="fund.bankline",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_tie",
                        to="donations.refund",
                    ),
                ),
                (
                    "tied_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("line",),
                        name="one_return_tie_a_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="return_tie_decided_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            ("state", "refused"),
                            models.Q(("decided_by", models.F("tied_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="return_tie_has_two_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refund__isnull", False), ("state", "counted")),
                            models.Q(
                                models.Q(("state", "counted"), _negated=True),
                                ("refund", None),
                            ),
                            _connector="OR",
                        ),
                        name="return_tie_counted_with_its_refund",
                    ),
                ],
            },
        ),
    ]
