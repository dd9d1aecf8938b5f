"""Whether a gift may be refunded by the provider, how much of it, and at what risk: each refusal with its sentence.

Money goes back to the payment it came by and to no other means (law.md §6). Never while a bank decides about the same
payment, and a direct debit only at the treasurer's own risk while its bank may still take it back: both would pay the
donor twice (failure 9).
"""

from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.models import Gift, PaymentAttempt, RefundOrder
from donations.models.gifts import Channel, GiftState
from donations.models.reversals import DisputeState
from donations.models.staff import UNDER_WAY
from fund import clock, vault
from fund.models import Movement, TransitionLog, User
from fund.models.ledger import Kind
from fund.models.people import Role
from fund.money import format_euros
from fund.roles import Refusal, needs_role

DEBIT = "sepa_debit"
NO_QUESTIONS = timedelta(weeks=8)  # the payer's bank takes a debit back on demand (law.md §6)


def refundable_cents(gift: Gift) -> int:
    """Cents that no refund, dispute or order under way took."""
    if gift.state != GiftState.SUCCEEDED:
        return 0
    asked = sum(
        RefundOrder.objects.filter(gift=gift, state__in=UNDER_WAY).values_list("amount_cents", flat=True)
    )
    return gift.amount_cents - gift.refunded_cents - gift.disputed_cents - asked


def payment_of(gift: Gift) -> str:
    """The payment intent that paid a received gift; of a month, the one its invoice was tied to. Empty: not known."""
    line = Movement.objects.filter(kind=Kind.GIFT, subject_kind="gift", subject_id=str(gift.pk)).first()
    provider, _colon, rest = (line.cause_key if line else "").partition(":")
    payment_id = rest.removesuffix(":gift") if provider == "stripe" else ""
    if not payment_id.startswith("in_"):
        return payment_id
    tied = (
        PaymentAttempt.objects.filter(gift=gift, payment_intent_id__isnull=False).order_by("-number").first()
    )
    return (tied.payment_intent_id or "") if tied is not None else ""


def is_debit(gift: Gift) -> bool:
    """Whether the gift was paid by a direct debit; when the means was not told, whether it ever waited for a bank."""
    if gift.paid_with:
        return gift.paid_with == DEBIT
    log = TransitionLog.objects.filter(object_kind=gift._meta.label_lower, object_id=str(gift.pk))
    return log.filter(name="wait_for_bank").exists()


def at_risk_until(gift: Gift) -> date | None:
    """The Paris date up to which the bank takes this debit back on demand; None for what bears no such risk now."""
    if gift.succeeded_at is None or not is_debit(gift):
        return None
    until = clock.paris_date(gift.succeeded_at + NO_QUESTIONS)
    return until if clock.today() <= until else None


def can_refund(user: User, gift: Gift) -> Refusal | None:
    """Whether the treasurer may ask for a refund of this gift now, whatever the amount."""
    return needs_role(user, Role.TREASURER) or own_gift(user, gift) or _closed(gift) or _busy(gift)


def own_gift(user: User, gift: Gift) -> Refusal | None:
    """Nobody gives his own gift back."""
    own = gift.donor.email_fingerprint
    if own is not None and own == vault.blind_index("donor-email", user.email.strip().lower()):
        return Refusal("own", _("C’est votre propre don : une autre personne de la trésorerie le rembourse."))
    return None


def _closed(gift: Gift) -> Refusal | None:
    """What no waiting changes: the means, and what became of the gift."""
    if gift.channel != Channel.ONLINE:
        return Refusal(
            "not_online",
            _(
                "Ce don n’est pas venu par le prestataire de paiement. Il se rend au même payeur, "
                "par un virement de la banque que la trésorerie fait elle-même."
            ),
        )
    return gone(gift)


def gone(gift: Gift) -> Refusal | None:
    """Refuses a gift that did not come, or of which nothing is there any more."""
    if gift.state == GiftState.UNDONE:
        return Refusal("undone", _("La banque a déjà repris ce don : il n’y a plus rien à rendre."))
    if gift.state == GiftState.REFUNDED:
        return Refusal("nothing_left", _("Ce don a déjà été rendu en entier."))
    if gift.state != GiftState.SUCCEEDED:
        return Refusal("not_received", _("Ce don n’est pas arrivé : il n’y a rien à rendre."))
    return None


def _busy(gift: Gift) -> Refusal | None:
    """What the next days may change."""
    if gift.disputes.filter(state=DisputeState.OPEN).exists():
        return Refusal(
            "disputed",
            _(
                "Ce don est contesté à la banque, qui a déjà repris l’argent. "
                "Un remboursement le rendrait deux fois : répondez à la contestation."
            ),
        )
    if RefundOrder.objects.filter(gift=gift, state__in=UNDER_WAY).exists():
        return Refusal("under_way", _("Un remboursement de ce don est en route : attendez qu’il soit écrit."))
    if refundable_cents(gift) <= 0:
        return Refusal("nothing_left", _("Il ne reste rien à rendre de ce don."))
    if not payment_of(gift):
        return Refusal(
            "no_payment",
            _("Le prestataire n’a pas encore dit quel paiement a payé ce don : réessayez un peu plus tard."),
        )
    return None


def check_form(known: RefundOrder, gift: Gift) -> Refusal | None:
    """Refuses a form that already asked for a refund of another gift."""
    if known.gift_id == gift.pk:
        return None
    return Refusal("form", _("Ce formulaire a déjà servi pour un autre don : rouvrez la page de celui-ci."))


def check_amount(gift: Gift, cents: int) -> Refusal | None:
    """Refuses more than what is left of the gift."""
    left = refundable_cents(gift)
    if 0 < cents <= left:
        return None
    language = get_language() or "fr"
    sentence = _("Il reste %(left)s à rendre de ce don : %(asked)s, c’est trop.")
    values = {"left": format_euros(left, language), "asked": format_euros(cents, language)}
    return Refusal("too_much", str(sentence) % values)


def check_risk(gift: Gift, *, accepted: bool) -> Refusal | None:
    """Refuses a young direct debit unless the risk was `accepted` by a tick of its own."""
    if accepted or at_risk_until(gift) is None:
        return None
    return Refusal(
        "debit_at_risk",
        _(
            "C’est un prélèvement de moins de huit semaines : sa banque peut encore le reprendre sur simple demande, "
            "et le don serait rendu deux fois. Attendez, ou cochez que vous prenez ce risque."
        ),
    )
