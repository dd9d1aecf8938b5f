"""« Rappelez-moi »: somebody asks to be telephoned, a referent does it within the time promised."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.requests import AidRequest
from fund.models import School, SubjectKey, User

MAX_TRIES = 3


class CallBackState(models.TextChoices):
    WAITING = "waiting", _("À rappeler")
    TAKEN = "taken", _("Pris en charge")
    DONE = "done", _("Terminé")


class PartOfDay(models.TextChoices):
    ANY = "any", _("N’importe quand")
    MORNING = "morning", _("Le matin")
    NOON = "noon", _("Entre midi et 14 h")
    AFTERNOON = "afternoon", _("L’après-midi")
    EVENING = "evening", _("Après 17 h")


class CallBackOutcome(models.TextChoices):
    REQUEST = "request", _("Une demande est commencée")
    ORIENTED = "oriented", _("Orienté·e vers une autre aide")
    NOT_NEEDED = "not_needed", _("Plus besoin")
    UNREACHABLE = "unreachable", _("Injoignable")


class CallBack(models.Model):
    """One call to make. `person_sealed` (JSON: name, phone as E.164, words) is written under a key of its own, which is
    deleted some days after the call: then only what is counted stays.

    `through_school` False: only national referents know of it. `due_at` is the time promised on the page, never moved.
    `tries` counts the calls nobody answered. `note_sealed` is a referent's short note, under the same key.
    `form_token` is the form's: the same form sent twice is one call.
    """

    READ_WITH_LOCK = ("subject_key", "school", "request")

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.UUIDField(unique=True)
    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    through_school = models.BooleanField(default=True)
    request = models.ForeignKey(
        AidRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="call_backs"
    )
    person_sealed = models.TextField(blank=True)
    phone_fingerprint = models.CharField(max_length=64, blank=True)
    part_of_day = models.CharField(max_length=10, choices=PartOfDay, default=PartOfDay.ANY)
    state = models.CharField(max_length=8, choices=CallBackState, default=CallBackState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=CallBackOutcome, blank=True)
    note_sealed = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", taken_by=None, taken_at=None)
                | Q(state__in=["taken", "done"], taken_by__isnull=False, taken_at__isnull=False),
                name="call_back_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_by__isnull=False, done_at__isnull=False) & ~Q(outcome="")
                | Q(state__in=["waiting", "taken"], done_by=None, done_at=None, outcome=""),
                name="call_back_done_by_someone",
            ),
            models.CheckConstraint(condition=Q(tries__lte=MAX_TRIES), name="call_back_three_tries"),
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("asked_at")), name="call_back_due_after_it_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) & ~Q(person_sealed="") & ~Q(phone_fingerprint="")
                | Q(
                    erased_at__isnull=False,
                    state="done",
                    person_sealed="",
                    phone_fingerprint="",
                    note_sealed="",
                    request=None,
                ),
                name="call_back_is_there_or_erased",
            ),
            models.UniqueConstraint(
                fields=["phone_fingerprint", "school", "through_school"],
                condition=Q(state__in=["waiting", "taken"]),
                name="one_open_call_back_a_phone",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="call_back_queue")]

    def __str__(self) -> str:
        return f"call back {self.pk}"
