"""The moment money reaches the stand-in: the objects that say so, the fee, and the events about it."""

from config.demo import delivery, stripe_objects
from config.demo.stripe_objects import Body

# Stripe's usual price for a European card, taken here for every method; invented for the demo.
FEE_PER_MILLE = 15
FEE_FIXED_CENTS = 25


def fee_cents(amount_cents: int) -> int:
    """1.5 % + 25 cents, rounded half up, in cents."""
    return (amount_cents * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED_CENTS


def collect(intent: Body, *, method: str) -> None:
    """The money is at the provider: charge, balance transaction and intent say so."""
    charge = stripe_objects.charge(intent, method=method, status="succeeded")
    entry = stripe_objects.balance_transaction(
        source=charge["id"],
        kind="charge" if method == "card" else "payment",
        amount_cents=intent["amount"],
        fee_cents=fee_cents(intent["amount"]),
    )
    stripe_objects.keep(entry)
    stripe_objects.keep({**charge, "balance_transaction": entry["id"]})
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
    }
    stripe_objects.keep(intent)


def announce(event_type: str, body: Body, *, previous: Body | None = None) -> None:
    """Writes an event about the object as it is now and queues its delivery, in the caller's transaction."""
    delivery.deliver_event.enqueue(stripe_objects.announce(event_type, body, previous=previous).pk)
