"""Receipts made: facts read, number taken, page drawn, row and frozen bytes written, in one transaction.

Whoever told a complete name and address wants a receipt (decision 0014). A single gift has its own as soon as the
worker comes to it; the months of a monthly gift stand on one receipt of the year, made by a run.
Locks are taken in one order: gifts by number, then a receipt, then the counter.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django_tasks import task

from donations.givers import Giver, giver_of
from donations.models import Gift, Instalment, Receipt, ReceiptLine, ReceiptRun
from donations.models.gifts import GiverKind
from donations.receipts import drawing, letters, queries, typeface
from donations.receipts.facts import Body, Facts, Payment, form_of, means_of, to_json
from donations.receipts.numbering import next_number
from donations.receipts.reasons import ISSUED, NoReceipt
from fund import audit, clock, vault
from fund.models import Foundation, LegalBasis, User

TOKEN_BYTES = 32  # 256 bits: nobody guesses an address
KEY_KIND = "receipt"


@dataclass(frozen=True)
class Issuer:
    """Who certifies now, and under which text."""

    body: Body
    basis: LegalBasis


@dataclass(frozen=True)
class Circumstances:
    """How a receipt comes to be: by whom, in which run, instead of which void one."""

    by: User | None = None
    run: ReceiptRun | None = None
    replaces: Receipt | None = None


ALONE = Circumstances()


def issuer_now() -> Issuer | None:
    """None while no text lets the foundation give receipts, or before the foundation is described."""
    basis, foundation = queries.standing_basis(), Foundation.objects.filter(pk=1).first()
    if basis is None or foundation is None:
        return None
    body = Body(
        name=foundation.legal_name,
        siren=foundation.siren,
        street=foundation.street,
        postcode=foundation.postcode,
        town=foundation.town,
        object_text=basis.object_text,
    )
    return Issuer(body, basis)


def lock_gifts(ids: Iterable[int]) -> list[Gift]:
    """The gifts by number, locked, then read with their donors."""
    wanted = Gift.objects.filter(pk__in=list(ids)).order_by("pk")
    list(wanted.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    return list(wanted.select_related("donor__subject_key"))


def ask_for_receipt(gift: Gift) -> None:
    """The worker will see whether this received gift has a receipt to be given now; nothing while receipts are off."""
    if not gift.monthly_id and queries.standing_basis() is not None:
        give_receipt.enqueue(gift.pk)


@task()
def give_receipt(gift_id: int) -> str:
    """The receipt of one gift, when there is one to give; a second run finds it given. Returns what became of it."""
    with transaction.atomic():
        issuer = issuer_now()
        if issuer is None:
            return "off"
        (gift,) = lock_gifts([gift_id])
        had_one = gift.receipt_lines.exists()
        if gift.monthly_id and not had_one:
            return "with the year"
        if not queries.certifiable_cents(gift) or queries.live_receipt_of(gift) is not None:
            return "nothing to certify"
        try:
            receipt = issue(issuer, checked_giver([gift]), [gift])
        except NoReceipt as reason:
            return reason.code
        letters.tell_receipt(receipt)
        return ISSUED


def checked_giver(gifts: Sequence[Gift]) -> Giver:
    """Whom a receipt that nobody asked anew for names. Raises NoReceipt, set_aside too."""
    giver = named_giver(gifts)
    if queries.set_aside_of(gifts):
        raise NoReceipt("set_aside")
    return giver


def named_giver(gifts: Sequence[Gift]) -> Giver:
    """Whom a receipt for these gifts of one giver names: as told last. Raises NoReceipt."""
    try:
        giver = giver_of(gifts[-1])
    except vault.Erased as error:
        raise NoReceipt("erased") from error
    if not giver.can_have_a_receipt:
        raise NoReceipt("no_address")
    return giver


def issue(
    issuer: Issuer, giver: Giver, gifts: Sequence[Gift], circumstances: Circumstances = ALONE
) -> Receipt:
    """One receipt for what stands of these locked gifts of one donor and one Paris year, none on a live receipt.

    Raises NoReceipt: a name that the typeface cannot write, or nothing to certify.
    """
    payments = [(gift, _payment(gift)) for gift in gifts if queries.certifiable_cents(gift)]
    if not payments:
        raise NoReceipt("disputed")
    if not all(typeface.can_write(text) for text in _texts_of(giver)):
        raise NoReceipt("unwritable")
    days = [payment.received_on for _gift, payment in payments]
    year, issued_on = days[0].year, max(clock.today(), *days)
    number, check_token = next_number(issuer.body.siren, year), secrets.token_urlsafe(TOKEN_BYTES)
    replaced = circumstances.replaces
    facts = Facts(
        reference=f"{year}-{number:06d}",
        form=form_of(giver),
        body=issuer.body,
        giver=giver,
        payments=tuple(payment for _gift, payment in payments),
        issued_on=issued_on,
        signer_name=issuer.basis.signer_name,
        signer_quality=issuer.basis.signer_quality,
        check_url=settings.SITE_URL + reverse("check_receipt", args=[check_token]),
        replaces=replaced.reference if replaced else "",
        is_written_deed=any(_is_of_an_agreement(gift) for gift, _payment in payments),
    )
    receipt = _write(issuer, facts, number, check_token, gifts[0], circumstances)
    lines = [
        ReceiptLine(
            receipt=receipt, gift=gift, amount_cents=payment.amount_cents, received_on=payment.received_on
        )
        for gift, payment in payments
    ]
    ReceiptLine.objects.bulk_create(lines)
    return receipt


def _payment(gift: Gift) -> Payment:
    assert gift.succeeded_at is not None  # noqa: S101 - a received gift has its instant (constraint)
    return Payment(
        received_on=clock.paris_date(gift.succeeded_at),
        amount_cents=queries.certifiable_cents(gift),
        reference=gift.reference,
        means=means_of(gift),
    )


def _is_of_an_agreement(gift: Gift) -> bool:
    """Whether a signed agreement stands behind a company's gift, paid as it was promised or by another amount."""
    promised = Q(expected__gift=gift) | Q(expected__ties__gift=gift)
    return gift.giver_kind == GiverKind.COMPANY and Instalment.objects.filter(promised).exists()


def _texts_of(giver: Giver) -> tuple[str, ...]:
    address = giver.address
    names = (giver.first_name, giver.last_name, giver.company_name, giver.legal_form)
    return (*names, address.street, address.postcode, address.town)


def _write(
    issuer: Issuer, facts: Facts, number: int, check_token: str, gift: Gift, circumstances: Circumstances
) -> Receipt:
    """The row with the sealed facts and the frozen bytes, under a key of its own."""
    key, pdf = vault.make_subject_key(KEY_KIND), drawing.draw_receipt(facts)
    receipt = Receipt.objects.create(
        issuer=facts.body.siren,
        year=facts.first_on.year,
        number=number,
        form=facts.form,
        donor=gift.donor,
        basis=issuer.basis,
        amount_cents=facts.amount_cents,
        first_on=facts.first_on,
        last_on=facts.last_on,
        issued_on=facts.issued_on,
        issued_at=clock.moment(),
        issued_by=circumstances.by,
        run=circumstances.run,
        replaces=circumstances.replaces,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        check_token=check_token,
        key=key,
        facts_sealed=vault.seal_json_for(key, to_json(facts)),
        pdf_sealed=vault.seal_for(key, pdf),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
    )
    audit.record(
        "receipt.issued", receipt, by=circumstances.by, number=receipt.reference, amount_cents=receipt.amount_cents,
        sha256=receipt.pdf_sha256,
    )  # fmt: skip
    return receipt
