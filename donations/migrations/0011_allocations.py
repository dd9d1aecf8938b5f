import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0010_outside"),
        ("fund", "0005_legal_bases"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("seal_number", models.PositiveIntegerField()),
                ("uncovered_cents", models.BigIntegerField()),
                ("closed_at", models.DateTimeField()),
                (
                    "pocket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closings", to="fund.pocket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.SlugField(blank=True, db_index=False, max_length=60)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("given", "Given"),
                            ("gift_fell", "Gift Fell"),
                            ("came_back", "Came Back"),
                            ("made_room", "Made Room"),
                        ],
                        max_length=9,
                    ),
                ),
                ("cents", models.BigIntegerField()),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="donations.gift",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="donations.monthclosing",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("publication", models.PositiveIntegerField()),
                ("by_scheme", models.BooleanField()),
                ("told_at", models.DateTimeField()),
                (
                    "closing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="telling",
                        to="donations.monthclosing",
                    ),
                ),
                (
                    "pocket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="fund.pocket"
                    ),
                ),
                (
                    "since",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="telling_after",
                        to="donations.monthclosing",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.UniqueConstraint(fields=("pocket", "month"), name="month_is_closed_once"),
        ),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="closing_names_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(("seal_number__gte", 1)), name="closing_counts_sealed_rows"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(("uncovered_cents__gte", 0)), name="closing_lacks_no_less_than_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                fields=("closing", "gift", "scheme", "cause"), name="allocation_is_written_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "given"), ("cents__gt", 0)),
                    models.Q(("cause__in", ["gift_fell", "came_back", "made_room"]), ("cents__lt", 0)),
                    _connector="OR",
                ),
                name="allocation_sign_says_its_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("since", None)), fields=("pocket",), name="first_telling_of_a_pocket"
            ),
        ),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.CheckConstraint(
                condition=models.Q(("publication__gte", 1)), name="telling_names_a_release"
            ),
        ),
    ]
