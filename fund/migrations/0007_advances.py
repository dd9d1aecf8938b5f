from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fund", "0006_checkpoints"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="movement",
            name="movement_kind_is_known",
        ),
        migrations.AlterField(
            model_name="movement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("gift", "Gift"),
                    ("gift_undone", "Gift Undone"),
                    ("deposit_credited", "Deposit Credited"),
                    ("fee", "Fee"),
                    ("refund", "Refund"),
                    ("dispute_opened", "Dispute Opened"),
                    ("dispute_won", "Dispute Won"),
                    ("dispute_lost", "Dispute Lost"),
                    ("payout", "Payout"),
                    ("payout_received", "Payout Received"),
                    ("advance", "Advance"),
                    ("grant", "Grant"),
                    ("grant_withdrawn", "Grant Withdrawn"),
                    ("transfer_debited", "Transfer Debited"),
                    ("transfer_returned", "Transfer Returned"),
                    ("correction", "Correction"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "gift",
                            "gift_undone",
                            "deposit_credited",
                            "fee",
                            "refund",
                            "dispute_opened",
                            "dispute_won",
                            "dispute_lost",
                            "payout",
                            "payout_received",
                            "advance",
                            "grant",
                            "grant_withdrawn",
                            "transfer_debited",
                            "transfer_returned",
                            "correction",
                        ],
                    )
                ),
                name="movement_kind_is_known",
            ),
        ),
    ]
