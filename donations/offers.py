"""What is asked about matching offers: which ones a gift is in, what they promised, what was paid, who may act.

Promised is not raised: nothing here is a sum of the ledger, and no figure of the fund reads it.
"""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from donations import givers
from donations.givers import Giver
from donations.models import Dispute, Gift, MatchingOffer, MatchingShare, OfferPayment, Team
from donations.models.gifts import GiftState, GiverKind
from donations.models.matching import OfferState
from donations.models.reversals import DisputeState
from donations.queries import FEWEST_GIFTS
from fund import clock, vault
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role

READERS = (Role.TREASURER, Role.ADMINISTRATOR, Role.SIGNATORY, Role.AUDITOR)
RECORDERS = (Role.TREASURER, Role.ADMINISTRATOR)
CONFIRMERS = (Role.TREASURER, Role.ADMINISTRATOR, Role.SIGNATORY)
CONFIRMED_STATES = (OfferState.ACTIVE, OfferState.ENDED)


def kept() -> Coalesce:
    """Cents kept of each gift of a queryset: its amount without what was refunded or lost in a dispute.

    Of gifts that stand this is what « raised » of the ledger holds: money under an open dispute is still in it.
    """
    of_gift = Dispute.objects.filter(gift=OuterRef("pk"), state=DisputeState.LOST).order_by().values("gift")
    lost = Coalesce(Subquery(of_gift.annotate(sum=Sum("amount_cents")).values("sum")), 0)
    left = F("amount_cents") - F("refunded_cents") - lost
    return Coalesce(left, 0, output_field=BigIntegerField())


def kept_cents(gift: Gift) -> int:
    """Cents of one gift that were not refunded, lost in a dispute or taken back by the bank."""
    if gift.state != GiftState.SUCCEEDED:
        return 0
    lost = 0
    if gift.disputed_cents:
        lost = sum(gift.disputes.filter(state=DisputeState.LOST).values_list("amount_cents", flat=True))
    return gift.amount_cents - gift.refunded_cents - lost


def part_of(offer: MatchingOffer, cents: int) -> int:
    """What an offer promises for so many cents, its cap aside: rounded down to the cent."""
    return cents * offer.numerator // offer.denominator


def offers_of(gift: Gift) -> QuerySet[MatchingOffer]:
    """The offers that a counted gift is in, by their number: what decides is when it was paid, however late we heard.

    Paid between the confirmation and the end of the offer, on one of its Paris days, for its pocket or team. The
    sponsor's own gifts are still among them (`is_of_sponsor`). `intake.py` asks the same in one clause of its SQL.
    """
    paid_at = gift.succeeded_at
    if paid_at is None:
        return MatchingOffer.objects.none()
    day = clock.paris_date(paid_at)
    in_time = Q(confirmed_at__lte=paid_at, starts_on__lte=day, ends_on__gte=day)
    not_ended = Q(ended_at=None) | Q(ended_at__gt=paid_at)
    in_scope = (Q(pocket=None) | Q(pocket=gift.pocket_id)) & (Q(team=None) | Q(team=gift.team_id))
    return MatchingOffer.objects.filter(in_time, not_ended, in_scope, state__in=CONFIRMED_STATES).order_by(
        "pk"
    )


def sponsor_index(siren: str) -> str:
    """The keyed hash a sponsor is recognised by. Raises ValueError for a blank one."""
    return vault.blind_index("sponsor", siren.replace(" ", ""))


def index_of_giver(gift: Gift) -> str:
    """The sponsor's hash of whoever gave; empty for a person, a company without SIREN, or a donor who was erased."""
    if gift.giver_kind != GiverKind.COMPANY:
        return ""
    try:
        siren = givers.giver_of(gift).siren
    except vault.Erased:
        return ""
    return sponsor_index(siren) if siren.strip() else ""


def sponsor_of(offer: MatchingOffer) -> Giver:
    """Raises vault.Erased."""
    return givers.read_with(offer.sponsor_key, offer.sponsor_sealed)


@dataclass(frozen=True)
class OfferSums:
    """Cents that an offer promised for gifts that stand, and cents of the sponsor's gifts that pay for it.

    `donors` are those whose gifts it promised something for.
    """

    promised_cents: int
    paid_cents: int
    donors: int

    @property
    def debt_cents(self) -> int:
        """What the sponsor still owes."""
        return max(self.promised_cents - self.paid_cents, 0)


def sums_of(offers: list[MatchingOffer]) -> dict[int, OfferSums]:
    """For each offer, by its number, in three queries."""
    tied = OfferPayment.objects.filter(offer__in=offers, undone_at=None).order_by("pk")
    payments = list(tied.values_list("offer", "gift"))
    paying = Gift.objects.filter(pk__in=[gift for _offer, gift in payments], state=GiftState.SUCCEEDED)
    standing_cents = dict(paying.annotate(kept=kept()).values_list("pk", "kept"))
    paid: dict[int, int] = {}
    for offer_id, gift_id in payments:
        paid[offer_id] = paid.get(offer_id, 0) + standing_cents.get(gift_id, 0)
    standing = MatchingShare.objects.filter(offer__in=offers, cents__gt=0)
    counts = dict(
        standing.values_list("offer").annotate(people=Count("gift__donor", distinct=True)).order_by("offer")
    )
    return {
        offer.pk: OfferSums(offer.consumed_cents, paid.get(offer.pk, 0), counts.get(offer.pk, 0))
        for offer in offers
    }


@dataclass(frozen=True)
class PublicOffer:
    """What anyone may read of an offer. Of fewer than FEWEST_GIFTS donors no amount is told: it would tell theirs."""

    offer: MatchingOffer
    sums: OfferSums

    @property
    def tells_amounts(self) -> bool:
        return self.sums.donors >= FEWEST_GIFTS or self.offer.left_cents == 0

    @property
    def is_doubling(self) -> bool:
        return self.offer.numerator == self.offer.denominator


def offers_now(team: Team | None = None) -> list[PublicOffer]:
    """The offers in force today with something left: those that a team’s gifts are in, or a gift without a team."""
    today = clock.today()
    now = MatchingOffer.objects.filter(
        state=OfferState.ACTIVE, starts_on__lte=today, ends_on__gte=today, consumed_cents__lt=F("cap_cents")
    )
    if team is None:
        return _public(now.filter(team=None))
    return _public(now.filter(Q(team=None) | Q(team=team), Q(pocket=None) | Q(pocket=team.pocket_id)))


def offers_told() -> list[PublicOffer]:
    """Every offer that was confirmed, the newest first: each stays until it was paid, and after."""
    return _public(MatchingOffer.objects.filter(state__in=CONFIRMED_STATES))


def _public(offers: QuerySet[MatchingOffer]) -> list[PublicOffer]:
    rows = list(offers.select_related("pocket", "team").order_by("-starts_on", "-pk"))
    sums = sums_of(rows) if rows else {}
    return [PublicOffer(row, sums[row.pk]) for row in rows]


def promised_for(gift: Gift) -> QuerySet[MatchingShare]:
    """What offers promise for one gift, for whoever gave it."""
    return gift.matching_shares.filter(cents__gt=0).select_related("offer").order_by("offer")


def offers_to_confirm(user: User) -> list[MatchingOffer]:
    """Those that wait for a second person and that `user` may confirm."""
    waiting = MatchingOffer.objects.filter(state=OfferState.RECORDED).order_by("pk")
    return [offer for offer in waiting if can_confirm_offer(user, offer) is None]


def can_record_offer(user: User) -> Refusal | None:
    """The treasurer or an administrator; they end and drop offers as well."""
    return needs_role(user, *RECORDERS)


def can_confirm_offer(user: User, offer: MatchingOffer) -> Refusal | None:
    """Another person than the one who recorded it; not after its last day."""
    refusal = needs_role(user, *CONFIRMERS)
    if refusal is None and offer.recorded_by_id == user.pk:
        return Refusal("own_offer", _("Vous avez saisi cet abondement : une autre personne le confirme."))
    if refusal is None and offer.ends_on < clock.today():
        return Refusal(
            "offer_over", _("Son dernier jour est passé : abandonnez-le, et saisissez-en un autre.")
        )
    return refusal


def can_tie_payment(user: User, offer: MatchingOffer, gift: Gift) -> Refusal | None:
    """The treasurer; a gift that is here, of the sponsor itself (same SIREN), that pays no other offer."""
    refusal = needs_role(user, Role.TREASURER)
    if refusal is not None:
        return refusal
    if offer.state not in CONFIRMED_STATES:
        return Refusal("offer_state", _("Cet abondement n’est pas confirmé."))
    if gift.state != GiftState.SUCCEEDED:
        return Refusal("gift_state", _("Ce don n’est pas reçu : on ne rattache que de l’argent arrivé."))
    if index_of_giver(gift) != offer.sponsor_index:
        return Refusal("not_sponsor", _("Ce don n’est pas de cette entreprise : son SIREN est un autre."))
    if OfferPayment.objects.filter(gift=gift, undone_at=None).exclude(offer=offer).exists():
        return Refusal("pays_another", _("Ce don paie déjà une autre promesse."))
    return None
