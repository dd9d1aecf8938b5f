"""A payment made at the stand-in."""

import pytest
import stripe

from config.demo import payments
from tests.standin import ONCE


@pytest.fixture
def paid(provider: stripe.StripeClient) -> dict:
    """A session of 50 € paid by card; another one of 50 € keeps the balance above zero."""
    payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)
    return payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)
