"""What donors change by themselves: their monthly gift, what they want to be written, and their being known here."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Donor, MonthlyGift


class ChangeKind(models.TextChoices):
    AMOUNT = "amount", _("Nouveau montant")
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Reprise")
    STOP = "stop", _("Arrêt")


class ChangeState(models.TextChoices):
    ASKED = "asked", _("Demandé")
    DONE = "done", _("Fait")
    REFUSED = "refused", _("Non abouti")
    SUPERSEDED = "superseded", _("Remplacé par l’arrêt")


class AskedFrom(models.TextChoices):
    LINK = "link", _("Lien d’un courriel")
    SPACE = "space", _("Espace donateur")


class MonthlyChange(models.Model):
    """One change of a monthly gift as the donor asked for it; written before the provider is called.

    `once` is the form it was asked by: the same form twice is one change. `idempotency_key` is stored before the call
    and renewed only when the provider broke, which it would repeat under the same key (`tries`). What was ever asked
    as an amount (euro cents) tells which invoices are good money, with the first gift's amount.
    """

    monthly = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    amount_cents = models.BigIntegerField(null=True, blank=True)
    resumes_on = models.DateField(null=True, blank=True)
    once = models.UUIDField(unique=True)
    asked_from = models.CharField(max_length=8, choices=AskedFrom)
    tries = models.PositiveSmallIntegerField(default=1)
    idempotency_key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="amount", amount_cents__gt=0) | ~Q(kind="amount") & Q(amount_cents=None),
                name="change_of_amount_has_one",
            ),
            models.CheckConstraint(
                condition=Q(kind="pause") | Q(resumes_on=None), name="change_resumes_only_a_pause"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None) | ~Q(state="asked") & Q(settled_at__isnull=False),
                name="change_settled_with_a_date",
            ),
            models.UniqueConstraint(
                fields=["monthly"], condition=Q(state="asked"), name="one_monthly_change_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of monthly gift {self.monthly_id}"


class PreferenceChoice(models.Model):
    """What a donor chose to be written, once per choice: the newest tells, the others prove (law.md §5).

    `wording` names the sentence that stood beside the box, in `language`.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="preference_choices")
    wants_news = models.BooleanField()
    wording = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    chosen_from = models.CharField(max_length=12, choices=[("space", "space"), ("one_click", "one_click")])
    chosen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["donor", "-id"], name="preference_newest")]

    def __str__(self) -> str:
        return f"choice {self.pk} of donor {self.donor_id}"


class DonorErasure(models.Model):
    """That a donor was forgotten, and how many receipts remain: these have keys of their own, kept as the law wants
    (LPF L. 102 B), and the donor's key went at once."""

    donor = models.OneToOneField(Donor, on_delete=models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField()
    receipts_kept = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"erasure of donor {self.donor_id}"
