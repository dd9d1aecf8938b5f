import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0006_provider"),
        ("fund", "0005_legal_bases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=9)),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[("11580", "11580 (particuliers)"), ("16216", "16216 (entreprises)")],
                        max_length=5,
                    ),
                ),
                ("amount_cents", models.BigIntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("issued_on", models.DateField()),
                ("issued_at", models.DateTimeField()),
                ("token", models.CharField(max_length=43, unique=True)),
                ("check_token", models.CharField(max_length=43, unique=True)),
                ("facts_sealed", models.TextField()),
                ("pdf_sealed", models.BinaryField()),
                ("pdf_sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=9)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.BigIntegerField()),
                ("received_on", models.DateField()),
                ("is_live", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("donors", models.PositiveIntegerField()),
                ("donors_done", models.PositiveIntegerField(default=0)),
                ("last_donor", models.BigIntegerField(default=0)),
                ("outcomes", models.JSONField(default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptVoid",
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
                            ("refund", "don rendu, en tout ou en partie"),
                            ("dispute", "don contesté à la banque"),
                            ("undone", "paiement repris par la banque"),
                            ("restored", "montant du don rétabli"),
                            ("identity", "nom ou adresse à corriger"),
                            ("mistake", "émis par erreur"),
                            ("asked", "à la demande du donateur"),
                        ],
                        max_length=8,
                    ),
                ),
                ("voided_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="receipt",
            name="basis",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.legalbasis"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="donor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="donations.donor"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="key",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.subjectkey"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacements",
                to="donations.receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptcounter",
            constraint=models.UniqueConstraint(
                fields=("issuer", "year"), name="one_counter_an_issuer_and_year"
            ),
        ),
        migrations.AddField(
            model_name="receiptline",
            name="gift",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipt_lines", to="donations.gift"
            ),
        ),
        migrations.AddField(
            model_name="receiptline",
            name="receipt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="donations.receipt"
            ),
        ),
        migrations.AddField(
            model_name="receiptrun",
            name="started_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="donations.receiptrun",
            ),
        ),
        migrations.AddField(
            model_name="receiptvoid",
            name="receipt",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="void", to="donations.receipt"
            ),
        ),
        migrations.AddField(
            model_name="receiptvoid",
            name="voided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptline",
            constraint=models.UniqueConstraint(fields=("receipt", "gift"), name="gift_once_on_a_receipt"),
        ),
        migrations.AddConstraint(
            model_name="receiptline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)), fields=("gift",), name="gift_on_one_live_receipt"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="receipt_line_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)), fields=("year",), name="one_run_a_year_at_a_time"
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["year", "-id"], name="receipt_year"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("issuer", "year", "number"), name="receipt_number_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0), ("number__gt", 0)),
                name="receipt_has_number_and_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_on__lte", models.F("last_on")), ("last_on__lte", models.F("issued_on"))
                ),
                name="receipt_days_follow_each_other",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptvoid",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reason__in", ["refund", "dispute", "undone", "restored"]), ("voided_by", None)
                    ),
                    models.Q(("reason__in", ["identity", "mistake", "asked"]), ("voided_by__isnull", False)),
                    _connector="OR",
                ),
                name="receipt_voided_by_a_fact_or_a_person",
            ),
        ),
    ]
