import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0013_outcomes"),
        ("fund", "0007_advances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdvanceRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cap_cents", models.BigIntegerField()),
                ("month_cap_cents", models.BigIntegerField()),
                ("ratify_days", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField()),
                (
                    "pocket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.pocket"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "advance rules",
            },
        ),
        migrations.CreateModel(
            name="Advance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                ("amount_cents", models.BigIntegerField()),
                (
                    "as_role",
                    models.CharField(
                        choices=[
                            ("member", "Membre du comité"),
                            ("chair", "Présidence du comité"),
                            ("treasurer", "Trésorerie"),
                            ("signatory", "Signataire habilité·e"),
                            ("referent", "Référent·e d’école"),
                            ("communication", "Communication"),
                            ("auditor", "Commissaire aux comptes"),
                            ("administrator", "Administration"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("food", "De quoi manger"),
                            ("housing", "Le logement, ou l’énergie"),
                            ("health", "La santé"),
                            ("travel", "Un trajet qui ne peut pas attendre"),
                            ("other", "Autre chose, dit dans la note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note_sealed", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("ratify_by", models.DateField()),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pocket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.pocket"
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advance",
                        to="aid_requests.aidrequest",
                    ),
                ),
                (
                    "rules",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.advancerules",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdvanceOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ratified", "Ratifiée"),
                            ("not_ratified", "Non ratifiée"),
                            ("withdrawn", "Demande retirée avant la décision"),
                        ],
                        max_length=12,
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                (
                    "advance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="aid_requests.advance",
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.decision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", None)),
                        fields=("advance",),
                        name="advance_withdrawn_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", None), ("outcome", "withdrawn")),
                            models.Q(
                                ("decision__isnull", False), ("outcome__in", ["ratified", "not_ratified"])
                            ),
                            _connector="OR",
                        ),
                        name="advance_ratified_by_a_decision",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="advancerules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cap_cents__gt", 0),
                    models.Q(
                        ("month_cap_cents", 0),
                        ("month_cap_cents__gte", models.F("cap_cents")),
                        _connector="OR",
                    ),
                ),
                name="advance_caps_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="advancerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("ratify_days__gte", 1), ("ratify_days__lte", 60)),
                name="advance_is_ratified_soon",
            ),
        ),
        migrations.AddIndex(
            model_name="advance",
            index=models.Index(fields=["given_at"], name="advance_given_at"),
        ),
        migrations.AddConstraint(
            model_name="advance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="advance_amount_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="advance",
            constraint=models.CheckConstraint(
                condition=models.Q(("as_role__in", ["referent", "chair"])),
                name="advance_given_by_referent_or_chair",
            ),
        ),
        migrations.AddConstraint(
            model_name="advance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["food", "housing", "health", "travel", "other"]),
                    models.Q(("note_sealed", ""), _negated=True),
                ),
                name="advance_says_why",
            ),
        ),
    ]
