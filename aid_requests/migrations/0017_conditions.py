import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0016_sittings"),
        ("fund", "0007_advances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjournment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField()),
                ("turn", models.PositiveSmallIntegerField()),
                ("reason_codes", models.JSONField()),
                ("vote_ids", models.JSONField()),
                ("adjourned_at", models.DateTimeField()),
                ("read_again_on", models.DateField()),
                ("letter_sealed", models.BinaryField()),
                ("letter_sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="BroughtPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("code", models.SlugField(max_length=60)),
                ("brought_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField()),
                ("turn", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("granted", "Accordée"),
                            ("conditional", "Accordée sous réserve d’une pièce"),
                            ("unfunded", "Favorable, en attente d’argent"),
                            ("refused", "Refusée"),
                            ("redirected", "Réorientée"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason_codes", models.JSONField(blank=True, default=list)),
                ("door_codes", models.JSONField(blank=True, default=list)),
                ("paper_codes", models.JSONField(blank=True, default=list)),
                ("vote_ids", models.JSONField()),
                ("given_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PaperRuling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_accepted", models.BooleanField()),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "unreadable",
                                "Le fichier ne se lit pas\xa0: une photo nette de toute la page suffit.",
                            ),
                            ("other_paper", "Ce n’est pas la pièce demandée."),
                            ("other_person", "Cette pièce n’est pas à votre nom."),
                            ("other_period", "Cette pièce ne porte pas sur la bonne période."),
                            ("incomplete", "Il manque une partie de cette pièce."),
                        ],
                        max_length=16,
                    ),
                ),
                ("ruled_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="aidrequest",
            name="request_decided_with_a_date",
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="decision_says_why",
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="only_a_grant_follows",
        ),
        migrations.RemoveConstraint(
            model_name="vote",
            name="one_vote_a_member",
        ),
        migrations.RemoveConstraint(
            model_name="vote",
            name="vote_says_what_it_asks",
        ),
        migrations.AddField(
            model_name="aidrequest",
            name="turn",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="decision",
            name="delegation",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="decision",
            name="departure_code",
            field=models.SlugField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="decision",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="paper_codes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="decision",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="paper_codes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="vote",
            name="turn",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="aidrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Brouillon"),
                    ("submitted", "Signée, inscription à confirmer"),
                    ("in_review", "Au comité"),
                    ("conditional", "Accordée sous réserve d’une pièce"),
                    ("granted", "Accordée"),
                    ("waitlisted", "Favorable, en attente d’argent"),
                    ("refused", "Refusée"),
                    ("redirected", "Réorientée"),
                    ("paid", "Payée"),
                    ("returned", "Revenue"),
                    ("withdrawn", "Retirée"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("granted", "Accordée"),
                    ("conditional", "Accordée sous réserve d’une pièce"),
                    ("unfunded", "Favorable, en attente d’argent"),
                    ("refused", "Refusée"),
                    ("redirected", "Réorientée"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="choice",
            field=models.CharField(
                choices=[
                    ("grant", "J’accorde"),
                    ("fund_later", "J’accorde, même s’il faut attendre l’argent"),
                    ("grant_subject", "J’accorde, sous réserve d’une pièce"),
                    ("refuse", "Je refuse"),
                    ("redirect", "Je réoriente"),
                    ("adjourn", "J’ajourne\xa0: il manque quelque chose"),
                    ("abstain", "Je m’abstiens"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="aidrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        (
                            "state__in",
                            (
                                "conditional",
                                "granted",
                                "waitlisted",
                                "refused",
                                "redirected",
                                "paid",
                                "returned",
                            ),
                        ),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "state__in",
                                (
                                    "conditional",
                                    "granted",
                                    "waitlisted",
                                    "refused",
                                    "redirected",
                                    "paid",
                                    "returned",
                                ),
                            ),
                            _negated=True,
                        ),
                        ("decided_at", None),
                    ),
                    _connector="OR",
                ),
                name="request_decided_with_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("agenda_item", None)),
                fields=("request", "revision", "round", "turn", "member"),
                name="one_vote_a_member",
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
                    models.Q(("choice", "grant_subject"), ("door_code", ""), ("reason_code", "")),
                    models.Q(
                        ("choice__in", ["refuse", "adjourn"]),
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
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice", "grant_subject"), models.Q(("paper_codes", []), _negated=True)),
                    models.Q(models.Q(("choice", "grant_subject"), _negated=True), ("paper_codes", [])),
                    _connector="OR",
                ),
                name="vote_names_the_papers_it_asks",
            ),
        ),
        migrations.AddField(
            model_name="adjournment",
            name="last_vote_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="adjournment",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adjournments",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddField(
            model_name="adjournment",
            name="rules",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="aid_requests.rulesversion",
            ),
        ),
        migrations.AddField(
            model_name="broughtpaper",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="brought",
                to="aid_requests.decision",
            ),
        ),
        migrations.AddField(
            model_name="broughtpaper",
            name="document",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="brought",
                to="aid_requests.document",
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="last_vote",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid_requests.vote"
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opinions",
                to="aid_requests.aidrequest",
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="rules",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid_requests.rulesversion"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="opinion",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="aid_requests.opinion",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["granted", "conditional", "unfunded"]),
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
                condition=models.Q(
                    ("follows", None), ("outcome__in", ["granted", "conditional", "refused"]), _connector="OR"
                ),
                name="only_what_was_awaited_follows",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_on__isnull", False),
                        ("outcome", "conditional"),
                        models.Q(("paper_codes", []), _negated=True),
                    ),
                    models.Q(("due_on", None), ("outcome", "unfunded")),
                    models.Q(
                        ("due_on", None),
                        ("outcome__in", ["granted", "refused", "redirected"]),
                        ("paper_codes", []),
                    ),
                    _connector="OR",
                ),
                name="papers_are_asked_until_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("departure_code", ""), ("opinion", None), ("signed_by", None)),
                    models.Q(("opinion__isnull", False), ("signed_by__isnull", False)),
                    _connector="OR",
                ),
                name="opinion_is_signed_by_someone",
            ),
        ),
        migrations.AddField(
            model_name="paperruling",
            name="paper",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ruling",
                to="aid_requests.broughtpaper",
            ),
        ),
        migrations.AddField(
            model_name="paperruling",
            name="ruled_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="adjournment",
            constraint=models.UniqueConstraint(fields=("request", "turn"), name="one_adjournment_a_turn"),
        ),
        migrations.AddConstraint(
            model_name="adjournment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason_codes", []), _negated=True),
                name="adjournment_says_what_is_missing",
            ),
        ),
        migrations.AddConstraint(
            model_name="broughtpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="brought_paper_is_for_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="paperruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fault", ""), ("is_accepted", True)),
                    models.Q(("is_accepted", False), models.Q(("fault", ""), _negated=True)),
                    _connector="OR",
                ),
                name="paper_that_does_not_do_says_why",
            ),
        ),
        migrations.AddField(
            model_name="votebatchitem",
            name="turn",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="agendaitem",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_quorum", "Quorum non atteint"),
                    ("nobody", "Personne n’a voté ou ne pouvait voter"),
                    ("votes", "Le vote n’a rien décidé"),
                    ("no_money", "L’argent manque"),
                    ("blocked", "Le barème ou un plafond s’y oppose"),
                    ("changed", "Le dossier a changé ou a été retiré"),
                    ("discussed", "Le comité veut y revenir"),
                    ("not_reached", "La séance a été levée avant"),
                    ("cancelled", "La séance a été annulée"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="votebatch",
            name="choice",
            field=models.CharField(
                choices=[
                    ("grant", "J’accorde"),
                    ("fund_later", "J’accorde, même s’il faut attendre l’argent"),
                    ("grant_subject", "J’accorde, sous réserve d’une pièce"),
                    ("refuse", "Je refuse"),
                    ("redirect", "Je réoriente"),
                    ("adjourn", "J’ajourne\xa0: il manque quelque chose"),
                    ("abstain", "Je m’abstiens"),
                ],
                max_length=16,
            ),
        ),
    ]
