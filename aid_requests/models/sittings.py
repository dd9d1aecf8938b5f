"""Sittings and consultations of a committee: who was there, the agenda, what came of it, and the minutes."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import Decision
from aid_requests.models.requests import AidRequest
from aid_requests.models.rules import RulesVersion
from aid_requests.models.schemes import Committee
from fund.models import User


class SittingKind(models.TextChoices):
    ROOM = "room", _("En salle")
    REMOTE = "remote", _("À distance")
    BOTH = "both", _("En salle et à distance")
    CONSULTATION = "consultation", _("Consultation écrite")


class SittingState(models.TextChoices):
    DRAFTED = "drafted", _("En préparation")
    CONVENED = "convened", _("Convoquée")
    OPEN = "open", _("Ouverte")
    CLOSED = "closed", _("Levée, procès-verbal à signer")
    SIGNED = "signed", _("Procès-verbal signé")
    CANCELLED = "cancelled", _("Annulée")


# States in which the agenda binds: its files take votes through it alone.
BINDING = (SittingState.CONVENED, SittingState.OPEN)
_UNOPENED = Q(opened_by=None, opened_at=None)
_OPENED = Q(opened_by__isnull=False, opened_at__isnull=False)
_CONVENED = Q(convened_by__isnull=False, convened_at__isnull=False, secretary__isnull=False)
_UNCLOSED = Q(closed_at=None, closed_by=None)
_STANDS = Q(cancelled_at=None, cancelled_by=None)


class Sitting(models.Model):
    """One meeting, or one written consultation until `ends_at`. `rules` are those of the day of the convocation, none
    the default ones; `opened_by` presides. A second call (`call` 2) follows a `first_call` that had no quorum.

    `place_sealed` (a room, a link) and `urgency_sealed` (why the notice was short) are under the field keys. A
    consultation may be closed by nobody: its end date does.
    """

    READ_WITH_LOCK = ("committee", "rules", "secretary", "opened_by")

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.UUIDField(unique=True, null=True, blank=True)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="sittings")
    kind = models.CharField(max_length=12, choices=SittingKind)
    state = models.CharField(max_length=10, choices=SittingState, default=SittingState.DRAFTED)
    call = models.PositiveSmallIntegerField(default=1)
    first_call = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="second_call"
    )
    scheduled_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    place_sealed = models.TextField(blank=True)
    urgency_sealed = models.TextField(blank=True)
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    secretary = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    convened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    convened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="consultation", ends_at__gt=F("scheduled_at"))
                | ~Q(kind="consultation") & Q(ends_at=None),
                name="consultation_has_an_end_date",
            ),
            models.CheckConstraint(
                condition=Q(call=1, first_call=None) | Q(call=2, first_call__isnull=False),
                name="second_call_follows_a_first",
            ),
            models.CheckConstraint(
                condition=Q(state="drafted", convened_by=None, convened_at=None)
                & _UNOPENED
                & _UNCLOSED
                & _STANDS
                | Q(state="convened") & _CONVENED & _UNOPENED & _UNCLOSED & _STANDS
                | Q(state="open") & _CONVENED & _OPENED & _UNCLOSED & _STANDS
                | Q(state__in=["closed", "signed"], closed_at__isnull=False) & _CONVENED & _OPENED & _STANDS
                | Q(state="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False)
                & _UNOPENED
                & _UNCLOSED,
                name="sitting_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_by__isnull=False) | Q(kind="consultation"),
                name="sitting_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(secretary=None) | Q(opened_by=None) | ~Q(secretary=F("opened_by")),
                name="who_presides_keeps_no_minutes",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_at"], name="sitting_state_ends")]

    def __str__(self) -> str:
        return f"sitting {self.pk}"

    @property
    def is_consultation(self) -> bool:
        return self.kind == SittingKind.CONSULTATION


class SeatKind(models.TextChoices):
    TITULAR = "titular", _("titulaire")
    ALTERNATE = "alternate", _("suppléant·e")


class SittingSeat(models.Model):
    """Who was convened, and in whose place: an alternate sits only while `replaces` is absent. Append-only."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="seats")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SeatKind, default=SeatKind.TITULAR)
    replaces = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "member"], name="one_seat_a_member"),
            models.CheckConstraint(
                condition=Q(kind="titular", replaces=None)
                | Q(kind="alternate", replaces__isnull=False) & ~Q(replaces=F("member")),
                name="alternate_replaces_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class Attended(models.TextChoices):
    ROOM = "room", _("en salle")
    REMOTE = "remote", _("à distance")
    ABSENT = "absent", _("absent·e")


class Attendance(models.Model):
    """Somebody came, left, or went on from afar, at its moment; the last row of a member is what holds. Append-only."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=8, choices=Attended)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"attendance {self.pk}"


class SittingProxy(models.Model):
    """Given in writing, by the giver's own act, before the sitting opened; never taken back. Append-only."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="proxies")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "giver"], name="one_proxy_a_member"),
            models.CheckConstraint(condition=~Q(giver=F("holder")), name="proxy_is_for_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"proxy {self.pk}"


class ItemState(models.TextChoices):
    WAITING = "waiting", _("À venir")
    TAKEN = "taken", _("Au vote")
    DECIDED = "decided", _("Décidé")
    ADVISED = "advised", _("Avis donné")
    ADJOURNED = "adjourned", _("Ajourné")


class Adjourned(models.TextChoices):
    """Why a file left an agenda without a decision; it comes back on the next one."""

    NO_QUORUM = "no_quorum", _("Quorum non atteint")
    NOBODY = "nobody", _("Personne n’a voté ou ne pouvait voter")
    VOTES = "votes", _("Le vote n’a rien décidé")
    NO_MONEY = "no_money", _("L’argent manque")
    BLOCKED = "blocked", _("Le barème ou un plafond s’y oppose")
    CHANGED = "changed", _("Le dossier a changé ou a été retiré")
    DISCUSSED = "discussed", _("Le comité veut y revenir")
    NOT_REACHED = "not_reached", _("La séance a été levée avant")
    CANCELLED = "cancelled", _("La séance a été annulée")


class AgendaItem(models.Model):
    """One file on one agenda; on one that has not ended, at most. `taken_at`: from when a sitting voted on it, on the
    `revision` and `round` of that moment. In a consultation files are never taken: all are voted on until it ends.

    `result` is what the count said, in numbers and sentences that name nobody, and the accounts that were `heard`;
    `why` tells why there is no decision.
    """

    READ_WITH_LOCK = ("sitting__committee", "sitting__rules")

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="items")
    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="agenda_items")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=12, choices=Adjourned, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_item"
    )
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="agenda_number_is_one"),
            models.UniqueConstraint(fields=["sitting", "request"], name="file_is_once_on_an_agenda"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_at=None), name="one_live_agenda_a_file"
            ),
            models.UniqueConstraint(
                fields=["sitting"], condition=Q(state="taken"), name="one_file_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", taken_at=None, ended_at=None, why="", decision=None)
                | Q(state="taken", taken_at__isnull=False, ended_at=None, why="", decision=None)
                | Q(state="decided", ended_at__isnull=False, why="", decision__isnull=False)
                | Q(state="advised", ended_at__isnull=False, why="", decision=None)
                | Q(state="adjourned", ended_at__isnull=False, decision=None) & ~Q(why=""),
                name="agenda_item_state_has_its_reasons",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None, revision=None, round=None)
                | Q(
                    taken_at__isnull=False,
                    taken_by__isnull=False,
                    revision__isnull=False,
                    round__isnull=False,
                ),
                name="agenda_item_taken_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"agenda item {self.pk}"


class Minutes(models.Model):
    """The minutes (procès-verbal) of one sitting, numbered without a gap by committee and year. Append-only.

    `content_sealed` is the JSON that both signatures are given to (`content_sha256` of its bytes), under the field
    keys: it names the members who were there.
    """

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="minutes")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="minutes")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    content_sealed = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"], name="minutes_number_is_one_a_year"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="minutes_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"minutes {self.year}-{self.number}"


class SignedAs(models.TextChoices):
    CHAIR = "chair", _("La présidence de séance")
    SECRETARY = "secretary", _("Le secrétariat de séance")


class MinutesSignature(models.Model):
    """One of the two signatures, by two persons; of the very content it was given to. Append-only."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="signatures")
    signed_as = models.CharField(max_length=10, choices=SignedAs)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "signed_as"], name="minutes_signed_once_as"),
            models.UniqueConstraint(fields=["minutes", "by"], name="minutes_signed_by_two_persons"),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class MinutesPaper(models.Model):
    """The two papers made at the second signature, in bytes that never change, under the field keys. Append-only."""

    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="paper")
    full_sealed = models.BinaryField()
    full_sha256 = models.CharField(max_length=64)
    extract_sealed = models.BinaryField()
    extract_sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"papers of {self.minutes_id}"
