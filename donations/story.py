"""One gift from the promise to today: dated lines built of its rows, and its movements in the ledger.

Each part is a function from a gift to lines; a new kind of row adds one to PARTS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.event_words import event_words
from donations.models import Gift, MatchingChange, RefundOrder
from donations.models.gifts import GiftState, WordsState
from donations.models.inbox import EventState
from donations.models.outside import TieState
from donations.models.staff import RefundOrderState
from donations.reasons import sentence_of
from donations.refund_words import problem_words
from fund.models import Movement, TransitionLog
from fund.models.ledger import Kind


@dataclass(frozen=True)
class Line:
    """What happened and when (UTC), in words; `cents` where an amount tells more, `note` what to know of it."""

    at: datetime
    words: str
    note: str = ""
    cents: int | None = None
    event: int | None = None


GIFT_STEPS: dict[str, Promise] = {
    "wait_for_bank": gettext_lazy(
        "La banque a été chargée du prélèvement : rien n’est compté avant sa réponse."
    ),
    "confirm": gettext_lazy("Le don est arrivé."),
    "fail": gettext_lazy("Cet essai de paiement n’a pas abouti."),
    "give_back": gettext_lazy("Le don a été rendu en entier."),
    "restore": gettext_lazy("Un remboursement n’a pas abouti : le don est de nouveau là."),
    "undo": gettext_lazy("La banque a repris le prélèvement : le don ne compte plus."),
}
DISPUTE_STEPS: dict[str, Promise] = {
    "close": gettext_lazy("La question de la banque est close, sans que l’argent ait bougé."),
    "open": gettext_lazy("Le don est contesté : la banque a repris l’argent pendant qu’elle décide."),
    "win": gettext_lazy("La contestation est gagnée : l’argent est revenu."),
    "lose": gettext_lazy("La contestation est perdue : la banque garde l’argent."),
}
REFUND_STEPS: dict[str, Promise] = {
    "succeed": gettext_lazy("Le remboursement est arrivé."),
    "fail": gettext_lazy("La banque a renvoyé le remboursement : l’argent est de nouveau là."),
}
ORDER_STEPS: dict[str, Promise] = {
    "send": gettext_lazy("Le prestataire a accepté le remboursement."),
    "book": gettext_lazy("Le remboursement demandé est écrit dans le grand livre."),
    "refuse": gettext_lazy("Le prestataire a refusé le remboursement."),
}
KINDS: dict[str, Promise] = {
    Kind.GIFT: gettext_lazy("Don"),
    Kind.GIFT_UNDONE: gettext_lazy("Don repris par la banque"),
    Kind.DEPOSIT_CREDITED: gettext_lazy("Chèque encaissé"),
    Kind.FEE: gettext_lazy("Frais"),
    Kind.REFUND: gettext_lazy("Remboursement"),
    Kind.DISPUTE_OPENED: gettext_lazy("Contestation ouverte"),
    Kind.DISPUTE_WON: gettext_lazy("Contestation gagnée"),
    Kind.DISPUTE_LOST: gettext_lazy("Contestation perdue"),
    Kind.CORRECTION: gettext_lazy("Correction"),
}


def story_of(gift: Gift) -> list[Line]:
    """Everything that happened to a gift: its promise, then the oldest first; of one instant, in the order of PARTS."""
    lines = [line for part in PARTS for line in part(gift)]
    return [*_promise(gift), *sorted(lines, key=lambda line: line.at)]


def movements_of(gift: Gift) -> list[tuple[Movement, str]]:
    """The gift's movements in the ledger, the oldest first, each with its kind in words."""
    rows = Movement.objects.filter(subject_kind="gift", subject_id=str(gift.pk))
    found = rows.select_related("debit", "credit", "reverses").order_by("pk")
    return [(row, str(KINDS.get(row.kind, row.kind))) for row in found]


def _promise(gift: Gift) -> Iterator[Line]:
    if gift.paid_twice_as is not None:
        note = _("Second paiement du don %(reference)s.") % {"reference": gift.paid_twice_as.reference}
        yield Line(
            gift.created_at, _("Ce don est arrivé d’un paiement fait deux fois."), note, gift.amount_cents
        )
        return
    words = (
        _("Le don a été promis, comme un mois d’un don mensuel.")
        if gift.monthly_id
        else _("Le don a été promis.")
    )
    yield Line(gift.created_at, words, cents=gift.amount_cents)


def _attempts(gift: Gift) -> Iterator[Line]:
    for attempt in gift.attempts.order_by("number"):
        if attempt.session_id:
            yield Line(
                attempt.created_at,
                _("Une page de paiement a été ouverte, essai nº %(number)s.") % {"number": attempt.number},
            )


def _events(gift: Gift) -> Iterator[Line]:
    for event in gift.events.defer("payload_sealed").order_by("pk"):
        note = sentence_of(event.reason, event.note) if event.state == EventState.PARKED or event.note else ""
        words = _("Le prestataire dit : %(event)s.") % {"event": _small(event_words(event.event_type))}
        yield Line(event.received_at, words, note, event=event.pk)


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _own_steps(gift: Gift) -> Iterator[Line]:
    for row in _log(gift):
        if row.name in GIFT_STEPS:
            cents = (
                gift.amount_cents if row.to_state == GiftState.SUCCEEDED and row.name == "confirm" else None
            )
            yield Line(row.at, str(GIFT_STEPS[row.name]), cents=cents)


def _refunds(gift: Gift) -> Iterator[Line]:
    for refund in gift.refunds.order_by("pk"):
        words = (
            _("Un débit du relevé a rendu ce don.")
            if refund.line_id
            else _("Un remboursement a quitté la cagnotte.")
        )
        yield Line(refund.recorded_at, words, cents=refund.amount_cents)
        yield from _steps(refund, REFUND_STEPS, refund.amount_cents)


def _orders(gift: Gift) -> Iterator[Line]:
    orders = RefundOrder.objects.filter(gift=gift).select_related("asked_by").order_by("number")
    for order in orders:
        words = _("%(name)s a demandé un remboursement.") % {"name": order.asked_by.display_name}
        note = str(order.get_reason_display())
        if order.state == RefundOrderState.ASKED and order.problem:
            note = f"{note}. {problem_words(order.problem)}"
        yield Line(order.asked_at, words, note, order.amount_cents)
        for line in _steps(order, ORDER_STEPS, None):
            refused = line.words == str(ORDER_STEPS["refuse"])
            yield Line(line.at, line.words, problem_words(order.problem) if refused else "")


def _returns(gift: Gift) -> Iterator[Line]:
    """What persons said of debits of the statement."""
    for tie in gift.return_ties.select_related("line", "tied_by", "decided_by").order_by("pk"):
        words = _("%(name)s a dit qu’un débit du relevé rend ce don.") % {"name": tie.tied_by.display_name}
        yield Line(tie.made_at, words, str(tie.get_reason_display()), -tie.line.amount_cents)
        if tie.decided_by is not None and tie.decided_at is not None:
            said = (
                _("%(name)s a dit que ce débit ne rend pas ce don.")
                if tie.state == TieState.REFUSED
                else _("%(name)s l’a confirmé.")
            )
            yield Line(tie.decided_at, said % {"name": tie.decided_by.display_name})


def _disputes(gift: Gift) -> Iterator[Line]:
    for dispute in gift.disputes.order_by("pk"):
        yield from _steps(dispute, DISPUTE_STEPS, dispute.amount_cents)


def _receipts(gift: Gift) -> Iterator[Line]:
    for line in gift.receipt_lines.select_related("receipt", "receipt__void").order_by("pk"):
        values = {"number": line.receipt.reference}
        yield Line(
            line.receipt.issued_at,
            _("Le reçu fiscal nº %(number)s a été établi.") % values,
            cents=line.amount_cents,
        )
        void = getattr(line.receipt, "void", None)
        if void is not None:
            words = _("Le reçu fiscal nº %(number)s a été annulé.") % values
            yield Line(void.voided_at, words, str(void.get_reason_display()))


def _words(gift: Gift) -> Iterator[Line]:
    words = getattr(gift, "words", None)
    if words is not None and words.decided_at is not None:
        shown = words.state == WordsState.APPROVED
        yield Line(
            words.decided_at,
            _("Les mots du donateur ont été publiés.")
            if shown
            else _("Les mots du donateur ont été masqués."),
        )


def _matching(gift: Gift) -> Iterator[Line]:
    changes = MatchingChange.objects.filter(share__gift=gift).select_related("share__offer").order_by("pk")
    for change in changes:
        words = _("L’abondement de %(sponsor)s a suivi ce don.") % {"sponsor": change.share.offer.public_name}
        yield Line(change.at, words, str(change.get_cause_display()), change.cents)


def _steps(row: Any, words: dict[str, Promise], cents: int | None) -> Iterator[Line]:
    for step in _log(row):
        if step.name in words:
            yield Line(step.at, str(words[step.name]), cents=cents)


def _log(row: Any) -> QuerySet[TransitionLog]:
    """The transitions of one object, in order."""
    rows = TransitionLog.objects.filter(object_kind=row._meta.label_lower, object_id=str(row.pk))
    return rows.order_by("pk")


Part = Callable[[Gift], Iterator[Line]]
PARTS: tuple[Part, ...] = (
    _attempts, _orders, _events, _returns, _refunds, _disputes, _own_steps, _receipts, _words, _matching,
)  # fmt: skip
