"""Delivers the stand-in's events to our own webhook, signed, by real HTTP, until one is answered by a 2xx."""

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from config.demo.models import StandInDelivery

MAX_QUICK_TRIES = 6  # after these, about a minute, the timed work goes on trying
MAX_TRIES = 200
TIMEOUT_SECONDS = 10
Post = Callable[[str, bytes, str], int]  # address, body, signature header → HTTP status


@task()
def deliver_event(delivery_id: int) -> str:
    """Delivers one event; a failed try queues the next one, each time twice as late."""
    delivery = StandInDelivery.objects.get(pk=delivery_id)
    if delivery.delivered_at is not None:
        return "already delivered"
    if deliver(delivery, post=post_over_http):
        return "delivered"
    if delivery.tries < MAX_QUICK_TRIES:
        later = timezone.now() + timedelta(seconds=2**delivery.tries)
        deliver_event.using(run_after=later).enqueue(delivery_id)
    return delivery.last_status


def deliver(delivery: StandInDelivery, *, post: Post) -> bool:
    """Posts one event, signed now, and notes the answer. True when it was taken."""
    secret = settings.STRIPE_WEBHOOK_SECRET.split(",")[0].strip()
    header = stripe.WebhookSignature.generate_signature_header(delivery.payload, secret)
    try:
        status = post(settings.SITE_URL + reverse("stripe_webhook"), delivery.payload.encode(), header)
    except OSError as error:
        delivery.last_status = type(error).__name__[:40]
    else:
        delivery.last_status = str(status)
        if 200 <= status < 300:
            delivery.delivered_at = timezone.now()
    delivery.tries += 1
    delivery.save(update_fields=["tries", "last_status", "delivered_at"])
    return delivery.delivered_at is not None


def deliver_waiting_events() -> str:
    """Timed work: what no quick try delivered, and what was lost with its worker."""
    old = timezone.now() - timedelta(seconds=30)
    waiting = StandInDelivery.objects.filter(delivered_at=None, tries__lt=MAX_TRIES, created_at__lt=old)
    done = [deliver(delivery, post=post_over_http) for delivery in waiting.order_by("pk")[:50]]
    return f"{done.count(True)} delivered of {len(done)}"


def post_over_http(address: str, body: bytes, header: str) -> int:
    """The status of the answer, whatever it is. Raises OSError when there is none."""
    request = urllib.request.Request(  # noqa: S310 - the address is our own setting
        address, data=body, headers={"Content-Type": "application/json", "Stripe-Signature": header}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
