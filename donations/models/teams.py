"""Teams: a student society or a group of alumni that raises gifts for the fund on a page of its own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.models import Pocket, School, User


class TeamState(models.TextChoices):
    PROPOSED = "proposed", _("À relire")
    OPEN = "open", _("Ouverte")
    CLOSED = "closed", _("Terminée")
    HIDDEN = "hidden", _("Masquée")


class Team(models.Model):
    """One team page. Its words are public once a person of the communication team has read them.

    `name`, `story` and `goal_cents` are those last approved (the proposed ones while it is « proposed »); what the
    team writes later waits as a `TeamText` beside them. `goal_cents` is what the team hopes to raise. Its totals are
    sums over the ledger, never kept here. `made_by` may change the words; `decided_by` opened or hid the page last,
    and `hidden_because` is the sentence its maker reads.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    story = models.TextField(max_length=2000)
    goal_cents = models.BigIntegerField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=TeamState, default=TeamState.PROPOSED)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal_cents__gt=0), name="team_goal_is_positive"),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="team_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="hidden") & ~Q(hidden_because="")
                | ~Q(state="hidden") & Q(hidden_because=""),
                name="team_hidden_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class TextState(models.TextChoices):
    WAITING = "waiting", _("À relire")
    APPROVED = "approved", _("Publié")
    REFUSED = "refused", _("Refusé")
    REPLACED = "replaced", _("Remplacé")


class TeamText(models.Model):
    """What a team wants its page to say, read before it is shown: one waits at a time, the former ones are kept.

    `refused_because` is the sentence the maker reads.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="texts")
    name = models.CharField(max_length=80)
    story = models.TextField(max_length=2000)
    goal_cents = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=TextState, default=TextState.WAITING)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal_cents__gt=0), name="team_text_goal_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "replaced"], decided_by=None, decided_at=None)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="team_text_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refused_because="")
                | ~Q(state="refused") & Q(refused_because=""),
                name="team_text_refused_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(state="waiting"), name="one_team_text_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"text {self.pk} of team {self.team_id}"
