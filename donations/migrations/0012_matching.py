import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0011_allocations"),
        ("fund", "0005_legal_bases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cents", models.BigIntegerField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("gift_came", "Le don est arrivé"),
                            ("gift_changed", "Le don a changé"),
                            ("pays_an_offer", "Le don paie une promesse"),
                        ],
                        max_length=14,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="MatchingOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sponsor_sealed", models.TextField()),
                ("sponsor_index", models.CharField(max_length=64)),
                ("public_name", models.CharField(max_length=80)),
                ("numerator", models.PositiveSmallIntegerField()),
                ("denominator", models.PositiveSmallIntegerField()),
                ("cap_cents", models.BigIntegerField()),
                ("consumed_cents", models.BigIntegerField(default=0)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recorded", "À confirmer"),
                            ("active", "En vigueur"),
                            ("ended", "Terminée avant l’heure"),
                            ("dropped", "Abandonnée"),
                        ],
                        default="recorded",
                        max_length=8,
                    ),
                ),
                ("form_token", models.UUIDField(unique=True)),
                ("recorded_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MatchingShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("granted_cents", models.BigIntegerField()),
                ("cents", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="OfferPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TeamText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("story", models.TextField(max_length=2000)),
                ("goal_cents", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "À relire"),
                            ("approved", "Publié"),
                            ("refused", "Refusé"),
                            ("replaced", "Remplacé"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refused_because", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="team",
            name="hidden_because",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "hidden"), models.Q(("hidden_because", ""), _negated=True)),
                    models.Q(models.Q(("state", "hidden"), _negated=True), ("hidden_because", "")),
                    _connector="OR",
                ),
                name="team_hidden_for_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="pocket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fund.pocket",
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="sponsor_key",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fund.subjectkey"
            ),
        ),
        migrations.AddField(
            model_name="matchingoffer",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matching_offers",
                to="donations.team",
            ),
        ),
        migrations.AddField(
            model_name="matchingshare",
            name="gift",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matching_shares",
                to="donations.gift",
            ),
        ),
        migrations.AddField(
            model_name="matchingshare",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="donations.matchingoffer",
            ),
        ),
        migrations.AddField(
            model_name="matchingchange",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="donations.matchingshare",
            ),
        ),
        migrations.AddField(
            model_name="offerpayment",
            name="gift",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offer_payments",
                to="donations.gift",
            ),
        ),
        migrations.AddField(
            model_name="offerpayment",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="donations.matchingoffer",
            ),
        ),
        migrations.AddField(
            model_name="offerpayment",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="offerpayment",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teamtext",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teamtext",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="donations.team"
            ),
        ),
        migrations.AddIndex(
            model_name="matchingoffer",
            index=models.Index(fields=["state", "ends_on"], name="offer_state"),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cap_cents__gt", 0),
                    ("denominator__gte", 1),
                    ("denominator__lte", 10),
                    ("numerator__gte", 1),
                    ("numerator__lte", 10),
                ),
                name="offer_ratio_and_cap_are_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("consumed_cents__gte", 0), ("consumed_cents__lte", models.F("cap_cents"))
                ),
                name="offer_never_over_its_cap",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="offer_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("pocket", None), ("team", None), _connector="OR"),
                name="offer_has_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at", None),
                        ("confirmed_by", None),
                        ("state__in", ["recorded", "dropped"]),
                        ("consumed_cents", 0),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("state__in", ["active", "ended"]),
                        models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="offer_confirmed_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None), ("state__in", ["recorded", "active"])),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("state__in", ["ended", "dropped"]),
                    ),
                    _connector="OR",
                ),
                name="offer_ended_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingshare",
            constraint=models.UniqueConstraint(fields=("offer", "gift"), name="one_share_of_an_offer_a_gift"),
        ),
        migrations.AddConstraint(
            model_name="matchingshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cents__gte", 0), ("cents__lte", models.F("granted_cents")), ("granted_cents__gt", 0)
                ),
                name="share_stays_within_what_was_granted",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents", 0), _negated=True), name="matching_change_changes"
            ),
        ),
        migrations.AddConstraint(
            model_name="offerpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("gift",), name="a_gift_pays_one_offer"
            ),
        ),
        migrations.AddConstraint(
            model_name="offerpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="offer_payment_undone_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamtext",
            constraint=models.CheckConstraint(
                condition=models.Q(("goal_cents__gt", 0)), name="team_text_goal_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("state__in", ["waiting", "replaced"])
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", ["approved", "refused"]),
                    ),
                    _connector="OR",
                ),
                name="team_text_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), models.Q(("refused_because", ""), _negated=True)),
                    models.Q(models.Q(("state", "refused"), _negated=True), ("refused_because", "")),
                    _connector="OR",
                ),
                name="team_text_refused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamtext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("team",), name="one_team_text_waits"
            ),
        ),
    ]
