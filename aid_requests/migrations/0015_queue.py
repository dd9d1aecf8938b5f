import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0014_advances"),
        ("fund", "0007_advances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Unmasking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("tie", "Je crois connaître cette personne"),
                            ("duplicate", "Je crois que la demande existe déjà"),
                            ("safety", "Quelqu’un est peut-être en danger"),
                            ("authority", "Un juge ou un contrôle le demande"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note_sealed", models.TextField()),
                ("form_token", models.UUIDField(unique=True)),
                ("unmasked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="VoteBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("form_token", models.UUIDField(unique=True)),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("grant", "J’accorde"),
                            ("fund_later", "J’accorde, même s’il faut attendre l’argent"),
                            ("refuse", "Je refuse"),
                            ("redirect", "Je réoriente"),
                            ("abstain", "Je m’abstiens"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason_code", models.SlugField(blank=True, max_length=40)),
                ("language", models.CharField(default="fr", max_length=2)),
                ("made_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "vote batches",
            },
        ),
        migrations.CreateModel(
            name="VoteBatchItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("revision", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("voted", "Voted"),
                            ("decided", "Decided"),
                            ("left", "Left"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=300)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="aidrequest",
            index=models.Index(fields=["-decided_at", "-id"], name="request_decided"),
        ),
        migrations.AddField(
            model_name="unmasking",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="unmasking",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unmaskings",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddField(
            model_name="votebatch",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="votebatchitem",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="aid_requests.votebatch"
            ),
        ),
        migrations.AddField(
            model_name="votebatchitem",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid_requests.aidrequest"
            ),
        ),
        migrations.AddIndex(
            model_name="unmasking",
            index=models.Index(fields=["by", "unmasked_at"], name="unmasking_by"),
        ),
        migrations.AddIndex(
            model_name="unmasking",
            index=models.Index(fields=["-unmasked_at", "-id"], name="unmasking_newest"),
        ),
        migrations.AddConstraint(
            model_name="unmasking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("note_sealed", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                ),
                name="unmasking_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="votebatch",
            index=models.Index(fields=["by", "-made_at"], name="vote_batch_by"),
        ),
        migrations.AddConstraint(
            model_name="votebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice__in", ["grant", "fund_later", "abstain"]), ("reason_code", "")),
                    models.Q(("choice", "refuse"), models.Q(("reason_code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="vote_batch_says_what_it_asks",
            ),
        ),
        migrations.AddIndex(
            model_name="votebatchitem",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")),
                fields=["batch", "position"],
                name="batch_item_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="votebatchitem",
            constraint=models.UniqueConstraint(fields=("batch", "request"), name="file_is_once_in_a_batch"),
        ),
        migrations.AddConstraint(
            model_name="votebatchitem",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="one_place_a_batch_item"),
        ),
        migrations.AddConstraint(
            model_name="votebatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("outcome", "waiting")),
                    models.Q(models.Q(("outcome", "waiting"), _negated=True), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="batch_item_done_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="votebatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "left"), models.Q(("said", ""), _negated=True)),
                    models.Q(models.Q(("outcome", "left"), _negated=True), ("said", "")),
                    _connector="OR",
                ),
                name="batch_item_left_says_why",
            ),
        ),
    ]
