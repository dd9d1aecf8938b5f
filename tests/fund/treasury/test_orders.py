"""One live attempt per approval (invariant 4; failures 5 and 17)."""

import pytest
from django.db import IntegrityError, transaction

from fund import vault
from fund.models import PaymentOrder
from fund.roles import Refused
from fund.treasury import orders
from tests.fund.treasury.factories import IBANS

pytestmark = pytest.mark.usefixtures("proved")


def test_an_order_holds_its_account_as_ciphertext_and_a_tail(order_of):
    order = order_of(1)
    assert order.end_to_end_id == "CS-2020-000001-1"
    assert order.iban_tail == IBANS[1][-4:]
    assert IBANS[1] not in order.iban_sealed and "Œuvrard" not in order.holder_sealed
    assert vault.open_text_for(order.subject_key, order.iban_sealed) == IBANS[1]
    assert order.iban_fingerprint == vault.blind_index("iban", IBANS[1])


def test_the_same_attempt_asked_for_twice_is_one_order(order_of):
    """Failure 5: the key is the intent and the attempt."""
    assert order_of(1, attempt=1).pk == order_of(1, attempt=1).pk
    assert PaymentOrder.objects.count() == 1


def test_a_known_attempt_with_another_amount_is_a_conflict(order_of):
    order_of(1, attempt=1)
    with pytest.raises(orders.OrderConflict):
        order_of(1, attempt=1, cents=20_000)


def test_a_second_order_is_refused_while_the_first_is_alive(order_of):
    order_of(1)
    with pytest.raises(Refused, match="live_order"):
        order_of(1)


def test_the_database_refuses_two_live_orders_of_one_approval(order_of):
    order = order_of(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        order.pk, order.attempt, order.end_to_end_id = None, 2, "CS-2020-000001-2"
        order.save(force_insert=True)
