import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0007_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: list[migrations.operations.base.Operation] = [
        migrations.CreateModel(
            name="RefundOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("form_token", models.UUIDField(unique=True)),
                ("amount_cents", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("donor_asked", "La personne le demande"),
                            ("paid_twice", "Payé deux fois"),
                            ("wrong_amount", "Montant donné par erreur"),
                            ("not_donor", "Moyen de paiement utilisé par quelqu’un d’autre"),
                        ],
                        max_length=12,
                    ),
                ),
                ("risk_accepted", models.BooleanField(default=False)),
                ("payment_id", models.CharField(max_length=120)),
                ("idempotency_key", models.CharField(max_length=80, unique=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Demandé, sans réponse"),
                            ("sent", "Accepté par le prestataire"),
                            ("booked", "Écrit dans le grand livre"),
                            ("refused", "Refusé par le prestataire"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=24)),
                ("stripe_id", models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_orders",
                        to="donations.gift",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="donations.refund",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="refund_order_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("gift", "number"), name="refund_order_number_is_one"),
                    models.UniqueConstraint(
                        condition=Q(state__in=["asked", "sent"]),
                        fields=("gift",),
                        name="one_refund_order_under_way_a_gift",
                    ),
                    models.CheckConstraint(
                        condition=Q(amount_cents__gt=0) & ~Q(payment_id=""),
                        name="refund_order_has_an_amount_and_a_payment",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="asked", stripe_id=None, refund=None, answered_at=None)
                        | Q(
                            state="sent",
                            stripe_id__isnull=False,
                            refund=None,
                            answered_at__isnull=False,
                            problem="",
                        )
                        | Q(
                            state="booked",
                            stripe_id__isnull=False,
                            refund__isnull=False,
                            answered_at__isnull=False,
                            problem="",
                        )
                        | Q(state="refused", stripe_id=None, refund=None, answered_at__isnull=False)
                        & ~Q(problem=""),
                        name="refund_order_answered_as_its_state_says",
                    ),
                ],
            },
        ),
    ]
