"""Agreements with companies (conventions de mécénat): a sum promised in instalments, each an expected transfer.

Recorded by one person, confirmed by another; nothing of it counts before the bank shows the money.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from donations import givers
from donations.actions.pledging import donor_told, make_gift
from donations.givers import Giver
from donations.models import Agreement, ExpectedTransfer, Instalment
from donations.models.gifts import Channel
from donations.models.outside import ExpectedState
from donations.outside import permissions
from donations.outside.transfers import expect_for, give_up
from donations.outside.workflow import AGREEMENT
from fund import audit, clock, workflow
from fund.models import Pocket, User
from fund.roles import Refusal, demand


@dataclass(frozen=True)
class AgreementTold:
    """What was signed on `signed_on`: the company, the sum and when each part of it is due (cents, Paris dates)."""

    giver: Giver
    pocket: Pocket
    total_cents: int
    signed_on: date
    instalments: tuple[tuple[date, int], ...]
    email: str = ""


def check_instalments(told: AgreementTold) -> Refusal | None:
    """The parts make the whole, to the cent."""
    if not told.instalments:
        return Refusal("no_instalment", _("Écrivez au moins une échéance, avec sa date et son montant."))
    if sum(cents for _due, cents in told.instalments) != told.total_cents:
        return Refusal("sum", _("La somme des échéances n’est pas le total de la convention."))
    return None


def record_agreement(*, by: User, told: AgreementTold, form_token: uuid.UUID) -> Agreement:
    """The agreement as one person read it, once per form. Raises Refused (role, sum, no_instalment)."""
    try:
        with transaction.atomic():
            demand(permissions.can_record(by))
            demand(check_instalments(told))
            known = Agreement.objects.filter(form_token=form_token).first()
            return known or _record(by, told, form_token)
    except IntegrityError:  # the same form in another thread was first
        return Agreement.objects.get(form_token=form_token)


def _record(by: User, told: AgreementTold, form_token: uuid.UUID) -> Agreement:
    donor, now = donor_told(giver=told.giver, email=told.email, language=""), clock.moment()
    agreement = Agreement.objects.create(
        reference=form_token.hex[:20],  # replaced below, in the same transaction, once the number is known
        form_token=form_token,
        donor=donor,
        giver_sealed=givers.seal(told.giver, donor),
        pocket=told.pocket,
        total_cents=told.total_cents,
        signed_on=told.signed_on,
        recorded_by=by,
        recorded_at=now,
    )
    agreement.reference = f"C-{clock.paris_date(now).year}-{agreement.pk:04d}"
    agreement.save(update_fields=["reference"])
    for position, (due_on, cents) in enumerate(sorted(told.instalments), start=1):
        Instalment.objects.create(agreement=agreement, position=position, due_on=due_on, amount_cents=cents)
    audit.record("agreement.recorded", agreement, by=by, total_cents=told.total_cents)
    return agreement


def company_of(agreement: Agreement) -> Giver:
    """Who signed. Raises vault.Erased."""
    return givers.read_with(agreement.donor.subject_key, agreement.giver_sealed)


def confirm_agreement(*, by: User, agreement: Agreement) -> Agreement:
    """The second person read the signed paper: each instalment is awaited under a reference of its own.

    Raises Refused (recorder, role), AlreadyDone, vault.Erased when the company was erased meanwhile.
    """
    with transaction.atomic():
        agreement = workflow.lock(Agreement, agreement.pk)
        demand(permissions.can_confirm_agreement(by, agreement))
        _decide(agreement, "confirm", by)
        giver = company_of(agreement)
        for instalment in agreement.instalments.order_by("position"):
            _await(agreement, instalment, giver)
        return agreement


def _await(agreement: Agreement, instalment: Instalment, giver: Giver) -> None:
    once = uuid.uuid5(agreement.form_token, str(instalment.position))
    gift = make_gift(
        form_token=once,
        donor=agreement.donor,
        amount_cents=instalment.amount_cents,
        pocket=agreement.pocket,
        created_at=clock.moment(),
        giver=giver,
        channel=Channel.TRANSFER,
    )
    instalment.expected = expect_for(gift, form_token=once, lasting=None)
    instalment.save(update_fields=["expected"])


def drop_agreement(*, by: User, agreement: Agreement) -> Agreement:
    """Not confirmed: nothing is awaited of it. Whoever may confirm says so, or its author."""
    with transaction.atomic():
        agreement = workflow.lock(Agreement, agreement.pk)
        demand(permissions.can_confirm(by))
        _decide(agreement, "drop", by)
        return agreement


def end_agreement(*, by: User, agreement: Agreement) -> Agreement:
    """The company will pay no more: what is still awaited is awaited no longer. Late money still counts."""
    with transaction.atomic():
        agreement = workflow.lock(Agreement, agreement.pk)
        demand(permissions.can_record(by))
        workflow.move(AGREEMENT, agreement, "end", by=by)
        waiting = ExpectedTransfer.objects.filter(
            instalment__agreement=agreement, state=ExpectedState.WAITING
        )
        for pk in waiting.order_by("pk").values_list("pk", flat=True):
            expected = workflow.lock(ExpectedTransfer, pk)
            if expected.state == ExpectedState.WAITING:
                give_up(expected, "cancel", by=by)
        audit.record("agreement.ended", agreement, by=by)
        return agreement


def _decide(agreement: Agreement, step: str, by: User) -> None:
    fields = {"decided_by": by, "decided_at": clock.moment()}
    workflow.move(AGREEMENT, agreement, step, by=by, fields=fields)
    audit.record(f"agreement.{step}", agreement, by=by, total_cents=agreement.total_cents)
