import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0007_call_backs"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="aidrequest",
            name="typed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="aidrequest",
            name="typed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="aidrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("typed_at", None), ("typed_by", None)),
                    models.Q(("typed_at__isnull", False), ("typed_by__isnull", False)),
                    _connector="OR",
                ),
                name="request_typed_by_someone",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="declaration",
            name="one_declaration_a_revision",
        ),
        migrations.AlterField(
            model_name="declaration",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("declaration", "Declaration"),
                    ("bank_details", "Bank Details"),
                    ("guardian", "Guardian"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "guardian"), _negated=True),
                fields=("request", "revision", "purpose", "bank_details"),
                name="one_declaration_a_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "guardian")),
                fields=("request", "content_hash"),
                name="one_guardian_declaration_a_text",
            ),
        ),
        migrations.AlterField(
            model_name="signaturecode",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("declaration", "Declaration"),
                    ("bank_details", "Bank Details"),
                    ("guardian", "Guardian"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Representative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_sealed", models.TextField()),
                ("named_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representatives",
                        to="aid_requests.aidrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person_sealed", ""), _negated=True),
                        name="representative_is_named",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("request",),
                        name="one_representative_a_request",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RepresentativeLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("revision", models.PositiveSmallIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="aid_requests.representative",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="representative_link_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_at", None), ("ended_at__isnull", False), _connector="OR"),
                        name="representative_link_signed_ends",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("representative",),
                        name="one_open_link_a_representative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TypedRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                ("email_fingerprint", models.CharField(max_length=64)),
                ("content_sealed", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("claimed", "Claimed"),
                            ("declined", "Declined"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("typed_at", models.DateTimeField()),
                ("lapses_on", models.DateField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "call_back",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.callback",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="typed_requests",
                        to="aid_requests.aidrequest",
                    ),
                ),
                (
                    "scheme_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_requests.schemeversion",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.school"
                    ),
                ),
                (
                    "subject_key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.subjectkey"
                    ),
                ),
                (
                    "typed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "lapses_on"], name="typed_request_lapse")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None),
                                ("request", None),
                                ("state", "waiting"),
                                models.Q(("content_sealed", ""), _negated=True),
                            ),
                            models.Q(
                                ("content_sealed", ""),
                                ("ended_at__isnull", False),
                                ("request__isnull", False),
                                ("state", "claimed"),
                            ),
                            models.Q(
                                ("content_sealed", ""),
                                ("ended_at__isnull", False),
                                ("request", None),
                                ("state__in", ["declined", "lapsed"]),
                            ),
                            _connector="OR",
                        ),
                        name="typed_request_waits_or_ended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("email_fingerprint", "scheme_version", "typed_by"),
                        name="one_typed_request_waits",
                    ),
                ],
            },
        ),
    ]
