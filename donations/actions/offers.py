"""A sponsor's offer: recorded by one person, confirmed by another, ended early, paid by the sponsor's own gifts."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from donations import givers, offers
from donations.actions.matching import follow_gift
from donations.givers import Giver
from donations.models import Gift, MatchingOffer, OfferPayment, Team
from donations.models.matching import ShareCause
from donations.workflow import OFFER
from fund import audit, clock, vault, workflow
from fund.models import Pocket, User
from fund.models.people import Role
from fund.roles import demand, needs_role


@dataclass(frozen=True)
class OfferTerms:
    """What a sponsor promises: floor(amount × numerator / denominator) cents a gift until `cap_cents`.

    Paris dates, both included; one pocket, or one team, or every gift. Numerator and denominator are 1 to 10.
    """

    sponsor: Giver
    public_name: str
    numerator: int
    denominator: int
    cap_cents: int
    starts_on: date
    ends_on: date
    pocket: Pocket | None = None
    team: Team | None = None


def record_offer(*, by: User, terms: OfferTerms, form_token: uuid.UUID) -> MatchingOffer:
    """An offer that waits for a second person; the same form twice is one offer. Raises Refused.

    Raises ValueError when the sponsor has no SIREN.
    """
    demand(offers.can_record_offer(by))
    known = MatchingOffer.objects.filter(form_token=form_token).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _record(by, terms, form_token)
    except IntegrityError:
        rival = MatchingOffer.objects.filter(form_token=form_token).first()
        if rival is None:
            raise
        return rival


def _record(by: User, terms: OfferTerms, form_token: uuid.UUID) -> MatchingOffer:
    key = vault.make_subject_key("sponsor")
    offer = MatchingOffer.objects.create(
        sponsor_key=key,
        sponsor_sealed=givers.seal_with(key, terms.sponsor),
        sponsor_index=offers.sponsor_index(terms.sponsor.siren),
        public_name=terms.public_name,
        numerator=terms.numerator,
        denominator=terms.denominator,
        cap_cents=terms.cap_cents,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        pocket=terms.pocket,
        team=terms.team,
        form_token=form_token,
        recorded_by=by,
        recorded_at=clock.moment(),
    )
    ratio = f"{terms.numerator}/{terms.denominator}"
    audit.record("offer.recorded", offer, by=by, cap_cents=terms.cap_cents, ratio=ratio)
    return offer


def confirm_offer(*, by: User, offer: MatchingOffer) -> MatchingOffer:
    """From now on the gifts in its scope and dates are matched. Raises Refused, AlreadyDone, WrongState."""
    with transaction.atomic():
        row = workflow.lock(MatchingOffer, offer.pk)
        demand(offers.can_confirm_offer(by, row))
        done = {"confirmed_by": by, "confirmed_at": clock.moment()}
        workflow.move(OFFER, row, "confirm", by=by, fields=done)
        audit.record("offer.confirmed", row, by=by)
        return row


def drop_offer(*, by: User, offer: MatchingOffer) -> MatchingOffer:
    """Gives up an offer that nobody confirmed. Raises Refused, AlreadyDone, WrongState."""
    return _finish(by, offer, "drop")


def end_offer(*, by: User, offer: MatchingOffer) -> MatchingOffer:
    """No gift paid from now on is matched; what was promised stays promised.

    Raises Refused, AlreadyDone, WrongState.
    """
    return _finish(by, offer, "end")


def _finish(by: User, offer: MatchingOffer, step: str) -> MatchingOffer:
    demand(offers.can_record_offer(by))
    with transaction.atomic():
        row = workflow.lock(MatchingOffer, offer.pk)
        workflow.move(OFFER, row, step, by=by, fields={"ended_by": by, "ended_at": clock.moment()})
        audit.record(f"offer.{step}", row, by=by, promised_cents=row.consumed_cents)
        return row


def tie_payment(*, by: User, offer: MatchingOffer, gift: Gift) -> OfferPayment:
    """A gift of the sponsor pays what the offer promised; from now on no offer matches that gift. Once per gift.

    Raises Refused: another's gift, one that did not arrive, one that pays another offer.
    """
    with transaction.atomic():
        paying = workflow.lock(Gift, gift.pk)
        # Not locked: a confirmed offer stays one, and `follow_gift` locks offers by their number.
        row = MatchingOffer.objects.get(pk=offer.pk)
        demand(offers.can_tie_payment(by, row, paying))
        known = OfferPayment.objects.filter(offer=row, gift=paying, undone_at=None).first()
        if known is not None:
            return known
        payment = OfferPayment.objects.create(
            offer=row, gift=paying, recorded_by=by, recorded_at=clock.moment()
        )
        audit.record("offer.payment_tied", row, by=by, gift=paying.pk)
        follow_gift(paying, ShareCause.PAYS_AN_OFFER)
        return payment


def untie_payment(*, by: User, payment: OfferPayment) -> OfferPayment:
    """The gift was tied by mistake: it pays nothing, and finds what is left of its shares.

    Raises Refused, AlreadyDone.
    """
    demand(needs_role(by, Role.TREASURER))
    with transaction.atomic():
        gift = workflow.lock(Gift, payment.gift_id)
        row = workflow.lock(OfferPayment, payment.pk)
        if row.undone_at is not None:
            raise workflow.AlreadyDone(gettext("C’est déjà fait."))
        row.undone_by, row.undone_at = by, clock.moment()
        row.save(update_fields=["undone_by", "undone_at"])
        audit.record("offer.payment_untied", row.offer, by=by, gift=gift.pk)
        follow_gift(gift)
        return row
