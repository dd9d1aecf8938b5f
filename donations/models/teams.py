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

    `goal_cents` is what the team hopes to raise. Its totals are sums over its gifts, never kept here. `made_by` may
    change the words (they are read again); `decided_by` opened or hid the page.
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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal_cents__gt=0), name="team_goal_is_positive"),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="team_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.slug
