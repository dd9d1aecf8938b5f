import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_tokens(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """A token of its own to each monthly gift that was there before: the column's default would be one for all."""
    monthly_gift = apps.get_model("donations", "MonthlyGift")
    for monthly in monthly_gift.objects.order_by("pk").iterator(chunk_size=500):
        monthly.token = uuid.uuid4()
        monthly.save(update_fields=["token"])


def drop_old_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The amount of a monthly gift may now change: the trigger of former versions goes, `post_migrate` puts the new
    one. SQLite drops it by itself with the table that is rebuilt."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'donations_monthlygift'::regclass "
            "AND NOT tgisinternal AND tgname LIKE 'donations_monthlygift_frozen_%%'",
            [],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {editor.quote_name(name)} ON donations_monthlygift")


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_staff")]

    operations = [
        migrations.RunPython(drop_old_triggers, migrations.RunPython.noop),
        migrations.AddField(
            model_name="monthlygift", name="paused_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="monthlygift", name="paused_until", field=models.DateField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="monthlygift", name="changed_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="monthlygift", name="token", field=models.UUIDField(null=True)),
        migrations.RunPython(give_tokens, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="monthlygift", name="token", field=models.UUIDField(default=uuid.uuid4, unique=True)
        ),
        migrations.AlterField(
            model_name="monthlygift",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "En attente du premier paiement"),
                    ("active", "En cours"),
                    ("past_due", "Paiement refusé"),
                    ("paused", "En pause"),
                    ("stopped", "Arrêté"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlygift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paused_at__isnull", False), ("state", "paused")),
                    models.Q(
                        models.Q(("state", "paused"), _negated=True),
                        ("paused_at", None),
                        ("paused_until", None),
                    ),
                    _connector="OR",
                ),
                name="monthly_paused_with_a_date",
            ),
        ),
        migrations.CreateModel(
            name="MonthlyChange",
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
                            ("amount", "Nouveau montant"),
                            ("pause", "Pause"),
                            ("resume", "Reprise"),
                            ("stop", "Arrêt"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_cents", models.BigIntegerField(blank=True, null=True)),
                ("resumes_on", models.DateField(blank=True, null=True)),
                ("once", models.UUIDField(unique=True)),
                (
                    "asked_from",
                    models.CharField(
                        choices=[("link", "Lien d’un courriel"), ("space", "Espace donateur")], max_length=8
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=1)),
                ("idempotency_key", models.CharField(max_length=80, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Demandé"),
                            ("done", "Fait"),
                            ("refused", "Non abouti"),
                            ("superseded", "Remplacé par l’arrêt"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "monthly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="donations.monthlygift",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_cents__gt", 0), ("kind", "amount")),
                            models.Q(models.Q(("kind", "amount"), _negated=True), ("amount_cents", None)),
                            _connector="OR",
                        ),
                        name="change_of_amount_has_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "pause"), ("resumes_on", None), _connector="OR"),
                        name="change_resumes_only_a_pause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="change_settled_with_a_date",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("monthly",),
                        name="one_monthly_change_at_a_time",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="PreferenceChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wants_news", models.BooleanField()),
                ("wording", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=2)),
                (
                    "chosen_from",
                    models.CharField(choices=[("space", "space"), ("one_click", "one_click")], max_length=12),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preference_choices",
                        to="donations.donor",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["donor", "-id"], name="preference_newest")]},
        ),
        migrations.CreateModel(
            name="DonorErasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("erased_at", models.DateTimeField()),
                ("receipts_kept", models.PositiveIntegerField(default=0)),
                (
                    "donor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure",
                        to="donations.donor",
                    ),
                ),
            ],
        ),
    ]
