import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0003_scheme_drafts"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "Nouvelles personnes"),
                            ("changed", "Personnes dont une information change"),
                            ("back", "Personnes de retour dans la liste"),
                            ("same", "Personnes sans changement"),
                            ("refused", "Lignes refusées"),
                            ("parked", "Lignes mises de côté"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("changed", models.CharField(blank=True, max_length=160)),
                ("number_fingerprint", models.CharField(blank=True, max_length=64)),
                ("email_fingerprint", models.CharField(blank=True, max_length=64)),
                ("identity_fingerprint", models.CharField(blank=True, max_length=64)),
                ("facts_fingerprint", models.CharField(blank=True, max_length=64)),
                ("facts_sealed", models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name="aidrequest",
            name="register_sealed",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="enrolmentcertificate",
            name="certified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="RegisterColumns",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("headers_sealed", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "school",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.school"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "register columns",
            },
        ),
        migrations.CreateModel(
            name="RegisterImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("university_year", models.CharField(max_length=9)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Colonnes à vérifier"),
                            ("comparing", "Lecture en cours"),
                            ("compared", "À appliquer"),
                            ("applying", "Application en cours"),
                            ("applied", "En vigueur"),
                            ("replaced", "Remplacée"),
                            ("unreadable", "Illisible"),
                            ("dropped", "Abandonnée"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("form_token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("file_fingerprint", models.CharField(max_length=64)),
                ("storage_name", models.CharField(max_length=80, unique=True)),
                ("size", models.PositiveIntegerField()),
                ("lines", models.PositiveIntegerField()),
                ("encoding", models.CharField(max_length=12)),
                ("delimiter", models.CharField(max_length=1)),
                ("columns", models.JSONField(default=dict)),
                ("lines_done", models.PositiveIntegerField(default=0)),
                ("applied_line", models.BigIntegerField(default=0)),
                ("found", models.JSONField(default=dict)),
                ("values_sealed", models.TextField(blank=True)),
                ("fault", models.CharField(blank=True, max_length=20)),
                ("fault_line", models.PositiveIntegerField(blank=True, null=True)),
                ("uploaded_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("file_removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.registerimport",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.school"
                    ),
                ),
                (
                    "uploaded_by",
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
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("university_year", models.CharField(max_length=9)),
                ("number_fingerprint", models.CharField(max_length=64)),
                ("email_fingerprint", models.CharField(max_length=64)),
                ("identity_fingerprint", models.CharField(blank=True, max_length=64)),
                ("facts_fingerprint", models.CharField(max_length=64)),
                ("facts_sealed", models.TextField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.school"
                    ),
                ),
                (
                    "left_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.registerimport",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="aid_requests.registerimport",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "register entries",
            },
        ),
        migrations.AddField(
            model_name="enrolmentcertificate",
            name="certified_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="aid_requests.registerimport",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("certified_by__isnull", False), ("certified_from", None)),
                    models.Q(("certified_by", None), ("certified_from__isnull", False)),
                    _connector="OR",
                ),
                name="certificate_by_a_person_or_a_list",
            ),
        ),
        migrations.AddField(
            model_name="registerline",
            name="register_import",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="compared",
                to="aid_requests.registerimport",
            ),
        ),
        migrations.AddIndex(
            model_name="registerimport",
            index=models.Index(fields=["school", "-uploaded_at"], name="import_by_school"),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["replaced", "unreadable", "dropped"]), _negated=True),
                fields=("school", "university_year", "file_fingerprint"),
                name="one_standing_import_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "applied")),
                fields=("school", "university_year"),
                name="one_import_in_force_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "applying")),
                fields=("school", "university_year"),
                name="one_import_applied_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)), name="import_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", False), ("state__in", ["applied", "replaced"])),
                    models.Q(
                        models.Q(("state__in", ["applied", "replaced"]), _negated=True), ("applied_at", None)
                    ),
                    _connector="OR",
                ),
                name="import_applied_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "unreadable"), models.Q(("fault", ""), _negated=True)),
                    models.Q(models.Q(("state", "unreadable"), _negated=True), ("fault", "")),
                    _connector="OR",
                ),
                name="unreadable_import_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["email_fingerprint"], name="entry_email"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["identity_fingerprint"], name="entry_identity"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["university_year"], name="entry_year"),
        ),
        migrations.AddConstraint(
            model_name="registerentry",
            constraint=models.UniqueConstraint(
                fields=("school", "university_year", "number_fingerprint"), name="one_entry_a_student_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at", None), ("left_in", None)),
                    models.Q(("left_at__isnull", False), ("left_in__isnull", False)),
                    _connector="OR",
                ),
                name="entry_left_with_a_list",
            ),
        ),
        migrations.AddIndex(
            model_name="registerline",
            index=models.Index(
                fields=["register_import", "number_fingerprint"], name="line_by_student_number"
            ),
        ),
        migrations.AddIndex(
            model_name="registerline",
            index=models.Index(fields=["register_import", "outcome", "id"], name="line_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.UniqueConstraint(
                fields=("register_import", "number"), name="line_is_read_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["refused", "parked"]), models.Q(("reason", ""), _negated=True)),
                    models.Q(models.Q(("outcome__in", ["refused", "parked"]), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="refused_line_says_why",
            ),
        ),
    ]
