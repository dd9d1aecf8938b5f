"""The provider's library, speaking to the stand-in."""

import pytest
import stripe

from config.demo.stripe_client import StandInClient


@pytest.fixture
def provider() -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_x", http_client=StandInClient(), max_network_retries=0)
