"""The payment stand-in in tests: what is asked of it, the events it announced, and their way to our endpoint."""

import json

from config.demo.models import StandInDelivery
from tests.donations.factories import post_raw

PRICE = {"currency": "eur", "unit_amount": 5_000}
PAGE = {"mode": "payment", "success_url": "http://testserver/ok", "cancel_url": "http://testserver/no"}
ONCE = {**PAGE, "line_items": [{"quantity": 1, "price_data": PRICE}]}


def events() -> list[str]:
    """The types of every event announced so far, delivered or not."""
    return [json.loads(row.payload)["type"] for row in StandInDelivery.objects.order_by("pk")]


def deliver() -> None:
    """Posts every event that was not delivered yet to the endpoint, which must take it."""
    for delivery in StandInDelivery.objects.filter(delivered_at=None).order_by("pk"):
        assert post_raw(delivery.payload.encode()).status_code == 200
        StandInDelivery.objects.filter(pk=delivery.pk).update(delivered_at="2026-01-01T00:00Z")
