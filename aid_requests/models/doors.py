"""Doors elsewhere: who else can help, as a school's referents keep it."""

from django.db import models
from django.db.models import Q

from fund.models import School, User


class SchoolDoor(models.Model):
    """One place to turn to, in both languages; of one school, or of all when `school` is null.

    A door with the `code` of a scheme's own door stands in its place. `phone` is E.164, `url` begins with https.
    It is retired, never deleted: who was sent there stays explained.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="doors")
    code = models.SlugField(max_length=40)
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    hint_fr = models.CharField(max_length=240)
    hint_en = models.CharField(max_length=240)
    url = models.URLField(max_length=200, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(label_fr="") & ~Q(label_en="") & ~Q(hint_fr="") & ~Q(hint_en=""),
                name="door_speaks_both_languages",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"), name="door_leads_to_https"
            ),
            models.UniqueConstraint(
                fields=["school", "code"], condition=Q(retired_at=None), name="one_door_a_school_and_code"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(retired_at=None, school=None), name="one_door_of_all_a_code"
            ),
        ]
        indexes = [models.Index(fields=["school", "position"], name="door_school")]

    def __str__(self) -> str:
        return f"door {self.code}"
