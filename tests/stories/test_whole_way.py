"""A story: three gifts, two requests, one transfer that comes back, and every figure to the cent after every step."""

from collections.abc import Callable, Iterable

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import models

from aid_requests.models import AidRequest, SchemeVersion
from donations.models import Gift
from fund.models import (
    AuditEvent,
    BankLine,
    Movement,
    OutgoingMail,
    PaymentBatch,
    PaymentOrder,
    TransitionLog,
    User,
)
from tests.stories import asking, chapters
from tests.stories.world import World, chain

pytestmark = pytest.mark.django_db

# Each act with who did it; money from outside is booked by nobody.
ACTS = [
    ("scheme.opened", "nobody"),
    ("scheme.opened", "nobody"),
    *[("gift.pledged", "nobody"), ("gift.confirmed", "nobody")] * 3,
    ("payout.recorded", "nobody"),
    ("statement.imported", "treasurer"),
    ("request.started", "zelie"),
    ("document.added", "zelie"),
    ("document.added", "zelie"),
    ("signature_code.sent", "zelie"),
    ("request.submitted", "zelie"),
    ("request.started", "milo"),
    ("document.added", "milo"),
    ("signature_code.sent", "milo"),
    ("request.submitted", "milo"),
    ("request.certified", "referent"),
    ("request.certified", "referent"),
    ("vote.cast", "member1"),
    ("vote.cast", "chair"),
    ("request.granted", "chair"),
    ("order.created", "chair"),
    ("vote.cast", "member1"),
    ("batch.prepared", "treasurer"),
    ("batch.signed", "signatory"),
    ("batch.downloaded", "treasurer"),
    ("batch.downloaded", "signatory"),
    ("statement.imported", "treasurer"),
    ("order.debited", "treasurer"),
    ("order.returned", "treasurer"),
    ("signature_code.sent", "zelie"),
    ("order.created", "zelie"),
    ("request.account_changed", "zelie"),
    ("batch.prepared", "treasurer"),
    ("batch.signed", "signatory"),
    ("batch.downloaded", "treasurer"),
    ("batch.downloaded", "signatory"),
    ("statement.imported", "treasurer"),
    ("order.debited", "treasurer"),
]
# Each object's whole way: (step, who), in order.
STEPS_OF_REQUESTS = [
    [
        ("submit", "zelie"),
        ("certify", "referent"),
        ("grant", "chair"),
        ("note_debit", "treasurer"),
        ("note_return", "treasurer"),
        ("give_other_account", "zelie"),
        ("note_debit", "treasurer"),
    ],
    [("submit", "milo"), ("certify", "referent")],
]
STEPS_OF_GIFTS = [
    [("confirm", "nobody")],
    [("wait_for_bank", "nobody"), ("confirm", "nobody")],
    [("confirm", "nobody")],
]
STEPS_OF_ORDERS = [
    [("batch", "treasurer"), ("send", "signatory"), ("debit", "treasurer"), ("return", "treasurer")],
    [("batch", "treasurer"), ("send", "signatory"), ("debit", "treasurer")],
]
STEPS: dict[type[models.Model], list[list[tuple[str, str]]]] = {
    SchemeVersion: [[("open", "nobody")]] * 2,
    Gift: STEPS_OF_GIFTS,
    AidRequest: STEPS_OF_REQUESTS,
    PaymentOrder: STEPS_OF_ORDERS,
    PaymentBatch: [[("sign", "signatory")]] * 2,
    BankLine: [[("match", "treasurer")]] * 4,
}
# Words that may stand in no row that is kept for ever in clear.
MARKS = (
    *["Donnemarque", "Offremarque", "Quintemarque", "Sabliermarque", "Zélie", "Milo", "Agathe", "Barnabé"],
    *["Marquage", "récit-marque", "412,50", "example.org", "nord.example"],
    *[iban.replace(" ", "")[4:] for iban in (asking.IBAN, asking.OTHER_IBAN, asking.MILO_IBAN)],
)


def test_from_three_gifts_to_the_students_account(world: World, who_of: Callable[[int | None], str]) -> None:
    chain(world, *chapters.WHOLE_WAY)
    rows = Movement.objects.order_by("pk")
    assert list(rows.values_list("kind", "debit", "credit", "amount_cents")) == chapters.LEDGER
    assert [(event.action, who_of(event.by_id)) for event in AuditEvent.objects.order_by("pk")] == ACTS
    for model, steps in STEPS.items():
        assert [way_of(row, who_of) for row in model._default_manager.order_by("pk")] == steps
    assert TransitionLog.objects.count() == sum(len(one) for steps in STEPS.values() for one in steps)
    assert_every_mail_went_out_once()
    assert_nobody_is_named(AuditEvent, TransitionLog, Movement)
    call_command("check_ledger")


def way_of(row: models.Model, who_of: Callable[[int | None], str]) -> list[tuple[str, str]]:
    """The steps in the log, each starting where the one before ended, the last one where the object is now."""
    logs = list(
        TransitionLog.objects.filter(object_kind=row._meta.label_lower, object_id=str(row.pk)).order_by("pk")
    )
    assert [log.from_state for log in logs[1:]] == [log.to_state for log in logs[:-1]]
    assert [log.at for log in logs] == sorted(log.at for log in logs)
    assert logs[-1].to_state == row.state  # type: ignore[attr-defined]
    return [(log.name, who_of(log.by_id)) for log in logs]


def assert_every_mail_went_out_once() -> None:
    sent = OutgoingMail.objects.exclude(key__startswith="signature-code:").order_by("pk")
    assert list(sent.values_list("key", "state")) == [(key, "sent") for key in chapters.mails()]
    assert len(mail.outbox) == OutgoingMail.objects.count() == len(chapters.MAILS) + 3  # codes
    assert not [one.subject for one in mail.outbox if any(mark in one.subject for mark in MARKS)]


def assert_nobody_is_named(*tables: type[models.Model]) -> None:
    assert marks_in(User), "the search must be able to find a name"
    for table in tables:
        assert table._default_manager.exists()
        assert marks_in(table) == []


def marks_in(table: type[models.Model]) -> list[str]:
    """The marks that stand in some column of the table."""
    return [mark for mark in MARKS if any(mark in text for text in texts_of(table))]


def texts_of(table: type[models.Model]) -> Iterable[str]:
    """Every value but hashes and numbers of rows, in which any digits may come up."""
    names = [
        field.attname
        for field in table._meta.concrete_fields
        if field.attname not in ("row_hash", "password")
    ]
    return [
        repr(value)
        for row in table._default_manager.values_list(*names)
        for value in row
        if isinstance(value, str | dict)
    ]
