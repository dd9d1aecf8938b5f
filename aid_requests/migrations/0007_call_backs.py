import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0006_correspondence"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                ("through_school", models.BooleanField(default=True)),
                ("person_sealed", models.TextField(blank=True)),
                ("phone_fingerprint", models.CharField(blank=True, max_length=64)),
                (
                    "part_of_day",
                    models.CharField(
                        choices=[
                            ("any", "N’importe quand"),
                            ("morning", "Le matin"),
                            ("noon", "Entre midi et 14 h"),
                            ("afternoon", "L’après-midi"),
                            ("evening", "Après 17 h"),
                        ],
                        default="any",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "À rappeler"), ("taken", "Pris en charge"), ("done", "Terminé")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("request", "Une demande est commencée"),
                            ("oriented", "Orienté·e vers une autre aide"),
                            ("not_needed", "Plus besoin"),
                            ("unreachable", "Injoignable"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note_sealed", models.TextField(blank=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_backs",
                        to="aid_requests.aidrequest",
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
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "due_at"], name="call_back_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), ("taken_at", None), ("taken_by", None)),
                            models.Q(
                                ("state__in", ["taken", "done"]),
                                ("taken_at__isnull", False),
                                ("taken_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="call_back_taken_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("done_by__isnull", False),
                                ("state", "done"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                ("done_at", None),
                                ("done_by", None),
                                ("outcome", ""),
                                ("state__in", ["waiting", "taken"]),
                            ),
                            _connector="OR",
                        ),
                        name="call_back_done_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tries__lte", 3)), name="call_back_three_tries"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("asked_at"))),
                        name="call_back_due_after_it_was_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("erased_at", None),
                                models.Q(("person_sealed", ""), _negated=True),
                                models.Q(("phone_fingerprint", ""), _negated=True),
                            ),
                            models.Q(
                                ("erased_at__isnull", False),
                                ("note_sealed", ""),
                                ("person_sealed", ""),
                                ("phone_fingerprint", ""),
                                ("request", None),
                                ("state", "done"),
                            ),
                            _connector="OR",
                        ),
                        name="call_back_is_there_or_erased",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "taken"])),
                        fields=("phone_fingerprint", "school", "through_school"),
                        name="one_open_call_back_a_phone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolDoor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40)),
                ("label_fr", models.CharField(max_length=80)),
                ("label_en", models.CharField(max_length=80)),
                ("hint_fr", models.CharField(max_length=240)),
                ("hint_en", models.CharField(max_length=240)),
                ("url", models.URLField(blank=True)),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doors",
                        to="fund.school",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["school", "position"], name="door_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label_fr", ""), _negated=True),
                            models.Q(("label_en", ""), _negated=True),
                            models.Q(("hint_fr", ""), _negated=True),
                            models.Q(("hint_en", ""), _negated=True),
                        ),
                        name="door_speaks_both_languages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url", ""), ("url__startswith", "https://"), _connector="OR"),
                        name="door_leads_to_https",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("school", "code"),
                        name="one_door_a_school_and_code",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None), ("school", None)),
                        fields=("code",),
                        name="one_door_of_all_a_code",
                    ),
                ],
            },
        ),
    ]
