"""The orders in which a few events may come, tried cheaply: two orders that begin alike share their beginning."""

import itertools
import random
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction

from donations.models import Gift
from fund.models import Movement
from tests.donations.factories import take_event

Order = tuple[int, ...]
SEED = 20_200_515
FOURS = list(itertools.permutations(range(4)))
# Of the 120 orders of five events these are tried: as many as all orders of four, the same in each run.
FIVES = random.Random(SEED).sample(list(itertools.permutations(range(5))), len(FOURS))
BOTH = {*FOURS, *FIVES}


def try_orders(
    sent: list[dict[str, Any]],
    look: Callable[[], Any],
    orders: Collection[Order],
    begun: Order = (),
) -> dict[Order, Any]:
    """What `look` sees after the events `sent` came in each of the `orders`, none of which leaves a trace.

    `begun` are the events already taken: each further one is taken in a savepoint, for all the orders it begins.
    """
    depth = len(begun)
    seen = {begun: look()} if begun in orders else {}
    for number in sorted({order[depth] for order in orders if order[:depth] == begun and len(order) > depth}):
        with transaction.atomic():
            take_event(sent[number])
            seen |= try_orders(sent, look, orders, (*begun, number))
            transaction.set_rollback(True)
    return seen


def ledger_content() -> list[tuple[Any, ...]]:
    """The movements without their order, what they are about by its lasting name.

    Never by a row's number: PostgreSQL gives none twice, not even after a rollback.
    """
    names = {("gift", str(gift.pk)): gift.invoice_id or gift.reference for gift in Gift.objects.all()}
    rows = Movement.objects.values_list(
        "cause_key", "kind", "debit_id", "credit_id", "amount_cents", "pocket__code", "reverses__cause_key"
    )
    about = Movement.objects.values_list("cause_key", "subject_kind", "subject_id")
    named = {cause: names[kind, number] for cause, kind, number in about}
    return sorted((*row, named[row[0]]) for row in rows)


def unlike(seen: dict[Order, Any], orders: list[Order], wanted: Any) -> dict[Order, Any]:
    """What the orders that did not end as `wanted` ended in: nothing, when all is well."""
    return {order: seen[order] for order in orders if seen[order] != wanted}
