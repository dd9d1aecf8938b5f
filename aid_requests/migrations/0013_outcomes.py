import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("draft", "Brouillon"),
    ("submitted", "Signée, inscription à confirmer"),
    ("in_review", "Au comité"),
    ("granted", "Accordée"),
    ("waitlisted", "Favorable, en attente d’argent"),
    ("refused", "Refusée"),
    ("redirected", "Réorientée"),
    ("paid", "Payée"),
    ("returned", "Revenue"),
    ("withdrawn", "Retirée"),
]
DECIDED = ("granted", "waitlisted", "refused", "redirected", "paid", "returned")


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0012_second_look"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="aidrequest", name="request_decided_with_a_date"),
        migrations.RemoveConstraint(model_name="decision", name="one_decision_a_round"),
        migrations.RemoveConstraint(model_name="decision", name="refusal_is_reasoned"),
        migrations.RemoveConstraint(model_name="vote", name="refusing_vote_has_a_reason"),
        migrations.AlterField(
            model_name="aidrequest",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=10),
        ),
        migrations.AddField(
            model_name="decision",
            name="door_codes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="decision",
            name="follows",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="aid_requests.decision",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("granted", "Accordée"),
                    ("unfunded", "Favorable, en attente d’argent"),
                    ("refused", "Refusée"),
                    ("redirected", "Réorientée"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="door_code",
            field=models.SlugField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="vote",
            name="choice",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="aidrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("state__in", DECIDED)),
                    models.Q(models.Q(("state__in", DECIDED), _negated=True), ("decided_at", None)),
                    _connector="OR",
                ),
                name="request_decided_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows", None)),
                fields=("request", "round"),
                name="one_decision_a_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["granted", "unfunded"]),
                    models.Q(("outcome", "refused"), models.Q(("reason_codes", []), _negated=True)),
                    models.Q(
                        ("outcome", "redirected"),
                        models.Q(("reason_codes", []), _negated=True),
                        models.Q(("door_codes", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="decision_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("follows", None), ("outcome", "granted"), _connector="OR"),
                name="only_a_grant_follows",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("choice__in", ["grant", "fund_later", "abstain"]),
                        ("door_code", ""),
                        ("reason_code", ""),
                    ),
                    models.Q(
                        ("choice", "refuse"),
                        ("door_code", ""),
                        models.Q(("reason_code", ""), _negated=True),
                    ),
                    models.Q(
                        ("choice", "redirect"),
                        models.Q(("reason_code", ""), _negated=True),
                        models.Q(("door_code", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="vote_says_what_it_asks",
            ),
        ),
    ]
