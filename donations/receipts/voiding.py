"""Receipts voided: by what became of the money, or by a person; their numbers never come back.

A void is written in the transaction of its cause, so that no receipt ever certifies what is not there. The donor is
told, and what still stands is put on a new receipt, by a task of the same transaction: it draws a page and locks the
other gifts of the receipt, which an event that holds one gift must not wait for.
"""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from donations import givers
from donations.givers import Giver
from donations.models import Gift, Receipt, ReceiptLine, ReceiptVoid
from donations.models.gifts import GiftState
from donations.models.receipts import BY_A_PERSON, VoidReason
from donations.receipts import copies, issuing, letters, queries
from donations.receipts.issuing import Circumstances
from donations.receipts.reasons import ISSUED, NoReceipt
from fund import audit, clock, roles, vault, workflow
from fund.models import SubjectKey, User
from fund.models.people import Role
from fund.roles import Refusal

_NOT_A_REASON = Refusal("reason", gettext_lazy("Choisissez pourquoi ce reçu est annulé."))
_INCOMPLETE = Refusal("incomplete", gettext_lazy("Il faut un nom et une adresse complets."))
_NOT_ASIDE = Refusal("not_aside", gettext_lazy("Les dons de ce reçu n’attendent aucun nouveau reçu."))
_ERASED = Refusal("erased", gettext_lazy("Ce donateur a été effacé : son reçu ne peut plus être corrigé."))


def void_receipt(*, by: User, receipt: Receipt, reason: str) -> ReceiptVoid:
    """A treasurer's decision, without a replacement. Raises Refused, AlreadyDone."""
    roles.demand(roles.needs_role(by, Role.TREASURER))
    if reason not in BY_A_PERSON or reason == VoidReason.IDENTITY:
        raise roles.Refused(_NOT_A_REASON)
    with transaction.atomic():
        return _void(_lock(receipt), reason, by)


def correct_receipt(*, by: User, receipt: Receipt, giver: Giver) -> ReceiptVoid:
    """The name or the address was wrong: the gifts keep the right one, and a new receipt is made.

    The kind of giver stays. Raises Refused (not a treasurer, incomplete, erased donor), AlreadyDone.
    """
    roles.demand(roles.needs_role(by, Role.TREASURER))
    with transaction.atomic():
        gifts = _lock_gifts_of(receipt)
        locked = _lock(receipt)
        right = replace(giver, kind=gifts[0].giver_kind)
        if not right.can_have_a_receipt:
            raise roles.Refused(_INCOMPLETE)
        for gift in gifts:
            try:
                gift.giver_sealed = givers.seal(right, gift.donor)
            except vault.Erased as error:
                raise roles.Refused(_ERASED) from error
            gift.save(update_fields=["giver_sealed"])
        return _void(locked, VoidReason.IDENTITY, by)


def can_issue_anew(user: User, receipt: Receipt) -> roles.Refusal | None:
    """Whether a treasurer may ask for another receipt of what this one had: its gifts are set aside."""
    aside = queries.set_aside_of(line.gift for line in receipt.lines.select_related("gift"))
    return roles.needs_role(user, Role.TREASURER) or (None if aside else _NOT_ASIDE)


def ask_anew(*, by: User, receipt: Receipt) -> None:
    """A treasurer's decision: what still stands of a receipt that a person ended is certified again. Raises Refused."""
    with transaction.atomic():
        workflow.lock(SubjectKey, receipt.key_id)
        roles.demand(can_issue_anew(by, receipt))
        audit.record("receipt.asked_anew", receipt, by=by, number=receipt.reference)
        issue_anew.enqueue(receipt.pk, by.pk)


@task()
def issue_anew(receipt_id: int, by_id: int | None = None) -> str:
    """The receipt that was asked for anew, by a treasurer or (`by_id` None) the donor; a second run finds it given."""
    with transaction.atomic():
        receipt = Receipt.objects.select_related("key", "donor__subject_key").get(pk=receipt_id)
        gifts = _lock_gifts_of(receipt)
        issuer, aside = issuing.issuer_now(), queries.set_aside_of(gifts)
        waiting = [gift for gift in gifts if gift.pk in aside]
        if issuer is None or not waiting:
            return "nothing to certify"
        by = User.objects.get(pk=by_id) if by_id is not None else None
        try:
            giver = issuing.named_giver(waiting)
            new = issuing.issue(issuer, giver, waiting, Circumstances(by=by, replaces=receipt))
        except NoReceipt as reason:
            return reason.code
        letters.tell_receipt(new)
        return ISSUED


def follow_gift(gift: Gift) -> None:
    """Something of this locked gift was given back, contested or restored: its receipt must not say otherwise."""
    cents = queries.certifiable_cents(gift)
    line = ReceiptLine.objects.filter(gift=gift, is_live=True).select_related("receipt").first()
    if line is None:
        if cents and gift.receipt_lines.exists():
            issuing.give_receipt.enqueue(gift.pk)  # it had one, which went with what is now restored
        return
    if line.amount_cents == cents:
        return
    workflow.lock(SubjectKey, line.receipt.key_id)
    if not ReceiptVoid.objects.filter(receipt=line.receipt).exists():
        _void(line.receipt, _reason_of(gift, cents, line.amount_cents), None)


@task()
def follow_void(receipt_id: int) -> str:
    """The replacement, where something still stands, and the donor told; a second run finds both done."""
    with transaction.atomic():
        receipt = Receipt.objects.select_related("void", "key", "donor__subject_key").get(pk=receipt_id)
        gifts = _lock_gifts_of(receipt)
        replacement = receipt.replacements.order_by("pk").first() or _replace(receipt, gifts)
        letters.tell_void(receipt, replacement)
        return "replaced" if replacement else "void"


def _reason_of(gift: Gift, cents: int, certified_cents: int) -> str:
    if cents > certified_cents:
        return VoidReason.RESTORED
    if gift.state == GiftState.UNDONE:
        return VoidReason.UNDONE
    return VoidReason.DISPUTE if gift.disputed_cents else VoidReason.REFUND


def _lock_gifts_of(receipt: Receipt) -> list[Gift]:
    return issuing.lock_gifts(receipt.lines.order_by("gift").values_list("gift", flat=True))


def _lock(receipt: Receipt) -> Receipt:
    """Raises AlreadyDone for a void one. Its key's row stands for it: where rows are only added, none can be locked."""
    workflow.lock(SubjectKey, receipt.key_id)
    if ReceiptVoid.objects.filter(receipt=receipt).exists():
        raise workflow.AlreadyDone(_("Ce reçu est déjà annulé."))
    return receipt


def _void(receipt: Receipt, reason: str, by: User | None) -> ReceiptVoid:
    """The end of a locked receipt: its gifts are free for another one."""
    void = ReceiptVoid.objects.create(receipt=receipt, reason=reason, voided_by=by, voided_at=clock.moment())
    receipt.lines.update(is_live=False)
    audit.record("receipt.voided", receipt, by=by, number=receipt.reference, reason=str(reason))
    follow_void.enqueue(receipt.pk)
    return void


def _replace(receipt: Receipt, gifts: list[Gift]) -> Receipt | None:
    """A receipt with a new number for what still stands of the gifts, and is on no other one."""
    void, issuer = receipt.void, issuing.issuer_now()
    if issuer is None or void.reason in queries.SETS_ASIDE:
        return None
    free = [gift for gift in gifts if queries.live_receipt_of(gift) is None]
    is_corrected = void.reason == VoidReason.IDENTITY
    try:
        giver = issuing.checked_giver(gifts) if is_corrected else copies.facts_of(receipt).giver
        return issuing.issue(issuer, giver, free, Circumstances(by=void.voided_by, replaces=receipt))
    except (NoReceipt, vault.Erased):
        return None
