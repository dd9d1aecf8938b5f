import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0005_invitations"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                (
                    "party",
                    models.CharField(
                        choices=[("school", "L’équipe de votre école"), ("committee", "Le comité")],
                        max_length=10,
                    ),
                ),
                ("fields", models.JSONField()),
                ("sentences_sealed", models.TextField()),
                ("form_token", models.UUIDField(unique=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Correction demandée"),
                            ("answered", "Corrigée"),
                            ("cancelled", "Correction levée"),
                            ("dropped", "Demande retirée"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        blank=True, choices=[("named", "Named"), ("whole", "Whole")], max_length=6
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistake", "Demandée par erreur"),
                            ("settled", "Réglée autrement"),
                            ("no_answer", "Sans réponse de l’étudiant·e"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[("school", "L’équipe de votre école"), ("committee", "Le comité")],
                        max_length=10,
                    ),
                ),
                ("side", models.CharField(choices=[("student", "Student"), ("team", "Team")], max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[("words", "Words"), ("error", "Error")], default="words", max_length=8
                    ),
                ),
                ("text_sealed", models.TextField()),
                ("form_token", models.UUIDField(unique=True)),
                ("sent_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RequestRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                (
                    "origin",
                    models.CharField(
                        choices=[("first", "First"), ("own", "Own"), ("asked", "Asked")], max_length=5
                    ),
                ),
                ("snapshot_sealed", models.TextField()),
                ("case_code", models.SlugField(max_length=60)),
                ("amount_cents", models.BigIntegerField()),
                ("signed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="declaration",
            name="kept_facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="declaration",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="aid_requests.declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept_facts", {}), ("previous__isnull", False), _connector="OR"),
                name="kept_facts_were_declared_before",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="requestrevision",
            name="bank_details",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid_requests.bankdetails"
            ),
        ),
        migrations.AddField(
            model_name="requestrevision",
            name="declaration",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signed_revision",
                to="aid_requests.declaration",
            ),
        ),
        migrations.AddField(
            model_name="requestrevision",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("request",), name="one_open_correction"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="correction_closed_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), models.Q(("cancel_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancel_reason", "")),
                    _connector="OR",
                ),
                name="correction_cancelled_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at", None), ("scope", "")),
                    models.Q(models.Q(("scope", ""), _negated=True), ("opened_at__isnull", False)),
                    _connector="OR",
                ),
                name="correction_opened_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reminded_at", None), ("reminders", 0)),
                    models.Q(("reminded_at__isnull", False), ("reminders__gt", 0)),
                    _connector="OR",
                ),
                name="correction_reminded_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fields", []), _negated=True), models.Q(("sentences_sealed", ""), _negated=True)
                ),
                name="correction_names_something",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("read_at", None)),
                fields=["request", "party", "side"],
                name="message_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("text_sealed", ""), _negated=True), name="message_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "words"), ("side", "student"), _connector="OR"),
                name="error_is_told_by_the_student",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("settled_by", None)),
                    models.Q(("kind", "error"), ("settled_at__isnull", False), ("settled_by__isnull", False)),
                    _connector="OR",
                ),
                name="message_settled_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("read_at", None), ("read_at__gte", models.F("sent_at")), _connector="OR"),
                name="message_read_after_it_was_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestrevision",
            constraint=models.UniqueConstraint(fields=("request", "revision"), name="one_row_a_revision"),
        ),
        migrations.AddConstraint(
            model_name="requestrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_cents__gt", 0),
                    models.Q(("case_code", ""), _negated=True),
                    models.Q(("snapshot_sealed", ""), _negated=True),
                ),
                name="signed_revision_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("origin", "first"), ("revision", 1)), ("revision__gt", 1), _connector="OR"
                ),
                name="first_revision_is_the_first",
            ),
        ),
    ]
