"""A foundation that may give receipts, gifts that arrived with a whole address, and the worker's turns."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from donations.actions.pledging import MONTHLY
from donations.givers import Address, Giver
from donations.models import Gift, Receipt
from donations.receipts import issuing, runs
from fund import clock, legal_bases
from fund.legal_bases import Basis
from fund.models import LegalBasis, Pocket, User
from fund.models.institution import BasisKind
from tests.donations.factories import event, make_gift, post_event, session_of

HOME = Address("12 rue des Œillets", "69003", "Lyon")
ZOE = Giver("Zoé", "Essai", address=HOME)
COMPANY = Giver(
    "Inès",
    "Essai",
    kind="company",
    company_name="Essais réunis",
    legal_form="SAS",
    siren="732829320",
    address=HOME,
)
COMPLETED = "checkout.session.completed"


def allow_receipts(administrator: User) -> LegalBasis:
    """The text that lets the foundation give them."""
    basis = Basis(
        kind=BasisKind.TAX_RECEIPTS,
        text="Rescrit d’essai\u00a0: la fondation peut émettre des reçus.",
        reference="R-2020-1",
        decided_on=date(2020, 1, 2),
        object_text="Aider les élèves d’écoles d’ingénieurs en difficulté",
        signer_name="Sam Essai",
        signer_quality="La trésorière",
    )
    with clock.at(clock.DEMO_START):
        return legal_bases.record_basis(by=administrator, basis=basis)


def received(pocket: Pocket, *, on: datetime = clock.DEMO_START, giver: Giver = ZOE, **values: Any) -> Gift:
    """A gift paid by card at the instant `on`, told by the provider at that time."""
    with clock.at(on):
        gift = make_gift(pocket, giver=giver, **values)
        post_event(event(COMPLETED, session_of(gift), created=int(on.timestamp())))
    gift.refresh_from_db()
    return gift


def received_month(pocket: Pocket, on: datetime, **values: Any) -> Gift:
    """One month's gift of a monthly gift, as a row: how months arrive is told elsewhere."""
    gift = received(pocket, on=on, **values)
    promise = {"rhythm": MONTHLY, "amount_cents": gift.amount_cents}
    monthly = make_gift(pocket, giver=values.get("giver", ZOE), **promise).monthly
    Gift.objects.filter(pk=gift.pk).update(monthly=monthly)
    gift.refresh_from_db()
    return gift


def run_worker() -> list[str]:
    """What the queued tasks about thanks and receipts returned, those that they queued included, in turn."""
    said: list[str] = []
    while True:
        ready = DBTaskResult.objects.filter(status="READY").order_by("enqueued_at", "pk")
        ours = [row for row in ready if "receipts" in row.task_path or "thank_donor" in row.task_path]
        if not ours:
            return said
        for row in ours:
            DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
            said.append(import_string(row.task_path).func(*row.args_kwargs["args"]))


def receipt_things(administrator: User, pocket: Pocket) -> dict[str, dict[str, object]]:
    """A standing text, a receipt and a run under way, as the addresses name them."""
    basis = allow_receipts(administrator)
    gift = received(
        pocket, giver=replace(ZOE, address=Address("12 quai Neuf", "69003", "Lyon")), email="recu@example.org"
    )
    assert issuing.give_receipt.func(gift.pk) == "issued"
    receipt = Receipt.objects.get()
    with clock.at(clock.DEMO_START):
        run = runs.open_run(by=None, year=2020)
    return {
        "basis": {"pk": basis.pk},
        "receipt": {"pk": receipt.pk},
        "receipt_token": {"token": receipt.token},
        "receipt_check": {"token": receipt.check_token},
        "receipt_run": {"pk": run.pk},
    }
