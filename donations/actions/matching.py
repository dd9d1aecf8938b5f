"""Shares follow the gifts: what each offer promises for a gift that came, and what is left of it when the gift falls.

Called with the gift locked, in the transaction that counted or changed it; offers are locked by their number, after
the gift, so that no two gifts wait for each other. Every offer that a gift is in applies to it, each once. The last
gift gets what is left of the cap; what a gift gives back is there for the gifts that come after, while the offer runs.
No movement is posted: a promise is not money. Rules and reasons: docs/decisions/0019-matching.md.
"""

from donations import offers
from donations.models import Gift, MatchingChange, MatchingOffer, MatchingShare
from donations.models.matching import ShareCause
from fund import audit, clock


def match_gift(gift: Gift) -> None:
    """Takes the gift's part of each offer it is in, never more than is left; doing it again takes nothing more.

    A sponsor's own gift is not matched by its own offer; a gift that pays a promise by none.
    """
    known = set(gift.matching_shares.values_list("offer", flat=True))
    rows = offers.offers_of(gift).exclude(pk__in=known).select_for_update(of=("self",), no_key=True)
    matching = list(rows)
    if not matching or _pays_a_promise(gift):
        return
    giver, kept = offers.index_of_giver(gift), offers.kept_cents(gift)
    for offer in matching:
        cents = min(offers.part_of(offer, kept), offer.left_cents)
        if cents > 0 and offer.sponsor_index != giver:
            share = MatchingShare.objects.create(offer=offer, gift=gift, granted_cents=cents, cents=0)
            _change(offer, share, cents, ShareCause.GIFT_CAME)


def follow_gift(gift: Gift, cause: ShareCause = ShareCause.GIFT_CHANGED) -> None:
    """Brings each share of a locked gift to what its kept cents are worth.

    A share never rises above what it was granted first, nor an offer above its cap: what a failed refund gives back
    finds what is left then.
    """
    if not gift.matching_shares.exists():
        return
    shares = {share.offer_id: share for share in gift.matching_shares.order_by("offer")}
    worth = 0 if _pays_a_promise(gift) else offers.kept_cents(gift)
    locked = MatchingOffer.objects.filter(pk__in=shares).order_by("pk")
    for offer in locked.select_for_update(of=("self",), no_key=True):
        share = shares[offer.pk]
        target = min(share.granted_cents, offers.part_of(offer, worth))
        cents = min(target - share.cents, offer.left_cents)
        if cents:
            _change(offer, share, cents, cause)


def _pays_a_promise(gift: Gift) -> bool:
    return gift.offer_payments.filter(undone_at=None).exists()


def _change(offer: MatchingOffer, share: MatchingShare, cents: int, cause: ShareCause) -> None:
    """`cents` more (less, when negative) of the offer for this share; the offer's row is locked by the caller."""
    MatchingChange.objects.create(share=share, cents=cents, cause=cause, at=clock.moment())
    share.cents += cents
    share.save(update_fields=["cents"])
    offer.consumed_cents += cents
    offer.save(update_fields=["consumed_cents"])
    audit.record("offer.share_changed", offer, by=None, share=share.pk, gift=share.gift_id, cents=cents)
