"""What `check_ledger` proves about matching: shares follow gifts, offers are the sum of their shares, caps hold."""

from collections.abc import Iterator

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from donations import offers
from donations.models import Gift, MatchingOffer, MatchingShare, OfferPayment
from donations.models.gifts import RECEIVED_STATES
from donations.models.matching import OfferState
from fund import clock, registry

_CHUNK = 500


def register() -> None:
    registry.register_check("matching_offers", offers_are_the_sum_of_their_shares)
    registry.register_check("matching_changes", shares_are_the_sum_of_their_changes)
    registry.register_check("matching_shares", shares_follow_their_gifts)
    registry.register_check("offer_payments", promises_are_paid_by_their_sponsor)


def offers_are_the_sum_of_their_shares() -> Iterator[str]:
    """What an offer promised is what its shares say, and never more than its cap."""
    summed = MatchingOffer.objects.annotate(told=Coalesce(Sum("shares__cents"), 0)).order_by("pk")
    for offer in summed:
        if offer.consumed_cents != offer.told:
            yield f"offer {offer.pk}: {offer.consumed_cents} cents promised; its shares say {offer.told}."
        if not 0 <= offer.told <= offer.cap_cents:
            yield f"offer {offer.pk}: {offer.told} cents promised; its cap is {offer.cap_cents}."


def shares_are_the_sum_of_their_changes() -> Iterator[str]:
    """Each share is what its changes add up to."""
    summed = MatchingShare.objects.annotate(told=Coalesce(Sum("changes__cents"), 0))
    for share in summed.exclude(told=F("cents")).order_by("pk"):
        yield f"share {share.pk}: {share.cents} cents; its changes say {share.told}."


def shares_follow_their_gifts() -> Iterator[str]:
    """A share is of a gift that its offer is for, and no more than what was kept of that gift is worth."""
    paying = set(OfferPayment.objects.filter(undone_at=None).values_list("gift", flat=True))
    shares = MatchingShare.objects.select_related("offer", "gift").order_by("pk")
    for share in shares.iterator(chunk_size=_CHUNK):
        if not _is_in_scope(share.offer, share.gift):
            yield f"share {share.pk}: gift {share.gift_id} is not in offer {share.offer_id}."
        kept = 0 if share.gift_id in paying else offers.kept_cents(share.gift)
        worth = min(offers.part_of(share.offer, kept), share.granted_cents)
        if share.cents > worth:
            yield f"share {share.pk}: {share.cents} cents for a gift now worth {worth}."


def _is_in_scope(offer: MatchingOffer, gift: Gift) -> bool:
    if gift.succeeded_at is None or gift.state not in RECEIVED_STATES:
        return False
    if offer.state not in (OfferState.ACTIVE, OfferState.ENDED):
        return False
    in_dates = offer.starts_on <= clock.paris_date(gift.succeeded_at) <= offer.ends_on
    in_pocket = offer.pocket_id in (None, gift.pocket_id)
    return in_dates and in_pocket and offer.team_id in (None, gift.team_id)


def promises_are_paid_by_their_sponsor() -> Iterator[str]:
    """A gift that pays a promise is a company's, received, and pays a confirmed one."""
    payments = OfferPayment.objects.filter(undone_at=None).select_related("offer", "gift").order_by("pk")
    for payment in payments:
        index = offers.index_of_giver(payment.gift)
        if payment.gift.state not in RECEIVED_STATES or payment.offer.state == OfferState.RECORDED:
            yield f"offer payment {payment.pk}: its gift or its offer is not confirmed."
        elif index not in ("", payment.offer.sponsor_index):
            yield f"offer payment {payment.pk}: its gift is not the sponsor's."
