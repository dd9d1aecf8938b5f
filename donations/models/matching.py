"""Matching: a sponsor promises some cents for each cent given, up to a cap. Promised money is not raised money."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift
from donations.models.teams import Team
from fund.models import Pocket, SubjectKey, User


class OfferState(models.TextChoices):
    RECORDED = "recorded", _("À confirmer")
    ACTIVE = "active", _("En vigueur")
    ENDED = "ended", _("Terminée avant l’heure")
    DROPPED = "dropped", _("Abandonnée")


class MatchingOffer(models.Model):
    """A sponsor's offer: floor(amount × numerator / denominator) cents for each gift in scope, until the cap.

    `public_name` is what the public reads; who the sponsor is stands sealed (`givers.Giver`) under a key of its own,
    with a keyed hash of its SIREN, so that its own gifts are known and not matched. `starts_on` and `ends_on` are
    Paris dates, both included. The scope is one pocket, one team, or every gift. `consumed_cents` is the sum of the
    shares, kept on the row that a gift locks.
    """

    sponsor_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    sponsor_sealed = models.TextField()
    sponsor_index = models.CharField(max_length=64)
    public_name = models.CharField(max_length=80)
    numerator = models.PositiveSmallIntegerField()
    denominator = models.PositiveSmallIntegerField()
    cap_cents = models.BigIntegerField()
    consumed_cents = models.BigIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="matching_offers"
    )
    state = models.CharField(max_length=8, choices=OfferState, default=OfferState.RECORDED)
    form_token = models.UUIDField(unique=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    numerator__gte=1,
                    numerator__lte=10,
                    denominator__gte=1,
                    denominator__lte=10,
                    cap_cents__gt=0,
                ),
                name="offer_ratio_and_cap_are_positive",
            ),
            models.CheckConstraint(
                condition=Q(consumed_cents__gte=0, consumed_cents__lte=F("cap_cents")),
                name="offer_never_over_its_cap",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="offer_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(pocket=None) | Q(team=None), name="offer_has_one_scope"),
            models.CheckConstraint(
                condition=Q(state__in=["recorded", "dropped"], confirmed_by=None, confirmed_at=None)
                & Q(consumed_cents=0)
                | Q(state__in=["active", "ended"], confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("recorded_by")),
                name="offer_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["recorded", "active"], ended_by=None, ended_at=None)
                | Q(state__in=["ended", "dropped"], ended_by__isnull=False, ended_at__isnull=False),
                name="offer_ended_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="offer_state")]

    def __str__(self) -> str:
        return f"matching offer {self.pk}"

    @property
    def left_cents(self) -> int:
        return self.cap_cents - self.consumed_cents


class MatchingShare(models.Model):
    """What one offer promised for one gift, once. `cents` is what stands of it, `granted_cents` what it was at first:
    it falls with the gift and never rises above."""

    offer = models.ForeignKey(MatchingOffer, on_delete=models.PROTECT, related_name="shares")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="matching_shares")
    granted_cents = models.BigIntegerField()
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "gift"], name="one_share_of_an_offer_a_gift"),
            models.CheckConstraint(
                condition=Q(granted_cents__gt=0, cents__gte=0, cents__lte=F("granted_cents")),
                name="share_stays_within_what_was_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk} of offer {self.offer_id}"


class ShareCause(models.TextChoices):
    GIFT_CAME = "gift_came", _("Le don est arrivé")
    GIFT_CHANGED = "gift_changed", _("Le don a changé")
    PAYS_AN_OFFER = "pays_an_offer", _("Le don paie une promesse")


class MatchingChange(models.Model):
    """One change of a share, only ever added: the cents of a share are the sum of its changes."""

    share = models.ForeignKey(MatchingShare, on_delete=models.PROTECT, related_name="changes")
    cents = models.BigIntegerField()
    cause = models.CharField(max_length=14, choices=ShareCause)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(cents=0), name="matching_change_changes")]

    def __str__(self) -> str:
        return f"change {self.pk} of share {self.share_id}"


class OfferPayment(models.Model):
    """A gift of the sponsor that pays what an offer promised: tied by the treasurer, untied when it was a mistake."""

    offer = models.ForeignKey(MatchingOffer, on_delete=models.PROTECT, related_name="payments")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="offer_payments")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift"], condition=Q(undone_at=None), name="a_gift_pays_one_offer"
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="offer_payment_undone_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} of offer {self.offer_id}"
