import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0009_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LookAlike",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Mêmes noms et même date de naissance"),
                            ("iban", "Même compte bancaire"),
                            ("phone", "Même téléphone"),
                            ("document", "Même fichier envoyé"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "À regarder"),
                            ("explained", "Expliqué"),
                            ("confirmed", "Confirmé"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.aidrequest",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.aidrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LookAlikeMark",
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
                            ("person", "Mêmes noms et même date de naissance"),
                            ("iban", "Même compte bancaire"),
                            ("phone", "Même téléphone"),
                            ("document", "Même fichier envoyé"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value_hash", models.CharField(max_length=64)),
                ("key_mark", models.CharField(max_length=16)),
                ("noted_at", models.DateTimeField()),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="look_alike_marks",
                        to="aid_requests.applicant",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="look_alike_marks",
                        to="aid_requests.aidrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LookAlikeRuling",
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
                            ("shared_account", "Compte commun ou compte d’un parent"),
                            ("shared_home", "Même logement, papier commun"),
                            ("siblings", "Frères, sœurs, jumeaux"),
                            ("namesakes", "Deux personnes du même nom, nées le même jour"),
                            ("corrected", "Une erreur, corrigée depuis"),
                            ("same_person", "La même personne, avec deux comptes"),
                            ("lent_account", "Un compte bancaire prêté à quelqu’un d’autre"),
                            ("reused_paper", "Le papier d’une autre personne"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note_sealed", models.TextField(blank=True)),
                ("ruled_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.lookalikeruling",
                    ),
                ),
                (
                    "look_alike",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="aid_requests.lookalike",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="lookalike",
            index=models.Index(fields=["state", "noted_at"], name="look_alike_state"),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.UniqueConstraint(
                fields=("first", "second", "kind"), name="one_look_alike_a_pair_and_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalike",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="look_alike_pair_is_ordered"
            ),
        ),
        migrations.AddIndex(
            model_name="lookalikemark",
            index=models.Index(fields=["kind", "value_hash"], name="look_alike_value"),
        ),
        migrations.AddIndex(
            model_name="lookalikemark",
            index=models.Index(fields=["noted_at"], name="look_alike_noted"),
        ),
        migrations.AddConstraint(
            model_name="lookalikemark",
            constraint=models.UniqueConstraint(
                fields=("request", "kind", "value_hash"), name="one_mark_a_value"
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalikemark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("value_hash", ""), _negated=True), models.Q(("key_mark", ""), _negated=True)
                ),
                name="look_alike_mark_is_not_blank",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookalikeruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("by__isnull", False), ("follows__isnull", False), _connector="OR"),
                name="look_alike_ruled_by_someone",
            ),
        ),
    ]
