import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0009_monthly_changes"), ("fund", "0006_checkpoints")]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                ("giver_sealed", models.TextField()),
                ("total_cents", models.BigIntegerField()),
                ("signed_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "À confirmer"),
                            ("confirmed", "En cours"),
                            ("dropped", "Abandonnée"),
                            ("ended", "Arrêtée"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
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
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="donations.donor",
                    ),
                ),
                (
                    "pocket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.pocket"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("slip_number", models.CharField(blank=True, max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "En cours de saisie"),
                            ("closed", "À confirmer"),
                            ("confirmed", "Remise confirmée"),
                            ("credited", "Créditée par la banque"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("total_cents", models.BigIntegerField(default=0)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("credited_on", models.DateField(blank=True, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cheque_deposit",
                        to="fund.bankline",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Cheque",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form_token", models.UUIDField(unique=True)),
                ("number", models.CharField(max_length=20)),
                ("bank_sealed", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recorded", "Saisi"),
                            ("removed", "Retiré"),
                            ("received", "Reçu"),
                            ("contested", "Impayé à confirmer"),
                            ("unpaid", "Impayé"),
                        ],
                        default="recorded",
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("received_on", models.DateField(blank=True, null=True)),
                ("contested_at", models.DateTimeField(blank=True, null=True)),
                ("undone_on", models.DateField(blank=True, null=True)),
                ("debited_on", models.DateField(blank=True, null=True)),
                (
                    "contested_by",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cheque",
                        to="donations.gift",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deposit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cheques",
                        to="donations.deposit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExpectedTransfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                ("reference", models.CharField(max_length=12, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Attendu"),
                            ("received", "Reçu"),
                            ("lapsed", "Sans nouvelles"),
                            ("cancelled", "Annulé"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("lapses_on", models.DateField(blank=True, null=True)),
                (
                    "gift",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expected",
                        to="donations.gift",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_cents", models.BigIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="donations.agreement",
                    ),
                ),
                (
                    "expected",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalment",
                        to="donations.expectedtransfer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferTie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "expected",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to="donations.expectedtransfer",
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to="donations.gift",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_ties",
                        to="fund.bankline",
                    ),
                ),
                (
                    "tied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_cents__gt", 0)), name="agreement_total_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="agreement_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["confirmed", "ended"]), _negated=True),
                    models.Q(("decided_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="agreement_has_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("state",), name="one_open_deposit"
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at", None),
                        ("closed_by", None),
                        ("count", 0),
                        ("state", "open"),
                        ("total_cents", 0),
                    ),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("count__gt", 0),
                        ("total_cents__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="deposit_closed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="deposit_confirmed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(
                        models.Q(("confirmed_by", models.F("closed_by")), _negated=True),
                        models.Q(("confirmed_by", models.F("opened_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deposit_has_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_by", None), ("state__in", ["open", "closed"])),
                    models.Q(("confirmed_by__isnull", False), ("state", "confirmed")),
                    ("state", "credited"),
                    _connector="OR",
                ),
                name="deposit_confirmed_in_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credited_on__isnull", False), ("line__isnull", False), ("state", "credited")),
                    models.Q(
                        models.Q(("state", "credited"), _negated=True), ("credited_on", None), ("line", None)
                    ),
                    _connector="OR",
                ),
                name="deposit_credited_by_a_line",
            ),
        ),
        migrations.AddIndex(
            model_name="cheque",
            index=models.Index(fields=["state", "number"], name="cheque_state_number"),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_by", None),
                    models.Q(("received_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="cheque_has_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("received_by", None), ("received_on", None), ("state__in", ["recorded", "removed"])
                    ),
                    models.Q(
                        ("received_on__isnull", False), ("state__in", ["received", "contested", "unpaid"])
                    ),
                    _connector="OR",
                ),
                name="cheque_received_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contested_at", None), ("contested_by", None)),
                    models.Q(
                        ("contested_at__isnull", False),
                        ("contested_by__isnull", False),
                        ("state__in", ["contested", "unpaid"]),
                    ),
                    _connector="OR",
                ),
                name="cheque_contested_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "contested"), _negated=True),
                    ("contested_by__isnull", False),
                    _connector="OR",
                ),
                name="cheque_contested_with_an_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "unpaid"),
                        ("undone_on__isnull", False),
                        models.Q(
                            ("undone_by__isnull", False), ("debited_on__isnull", False), _connector="OR"
                        ),
                    ),
                    models.Q(
                        models.Q(("state", "unpaid"), _negated=True),
                        ("debited_on", None),
                        ("undone_by", None),
                        ("undone_on", None),
                    ),
                    _connector="OR",
                ),
                name="cheque_undone_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_by", None),
                    models.Q(
                        ("contested_by__isnull", False),
                        models.Q(("undone_by", models.F("contested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="cheque_undone_by_two_persons",
            ),
        ),
        migrations.AddIndex(
            model_name="expectedtransfer",
            index=models.Index(fields=["state", "lapses_on"], name="expected_state"),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="instalment_amount_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                fields=("agreement", "position"), name="instalment_position_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("line",),
                name="one_tie_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("gift",),
                name="one_tie_a_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.CheckConstraint(
                condition=models.Q(("gift__isnull", False), ("expected__isnull", False), _connector="OR"),
                name="tie_leads_to_a_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "counted"), _negated=True), ("gift__isnull", False), _connector="OR"
                ),
                name="tie_counted_with_a_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by", None),
                        ("expected__isnull", False),
                        ("state", "counted"),
                        ("tied_by", None),
                    ),
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("state", "proposed"),
                        ("tied_by__isnull", False),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("tied_by__isnull", False),
                        models.Q(("state", "proposed"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tie_by_a_reference_or_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfertie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("state", "refused"),
                    models.Q(("decided_by", models.F("tied_by")), _negated=True),
                    _connector="OR",
                ),
                name="tie_has_two_persons",
            ),
        ),
    ]
