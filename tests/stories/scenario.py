"""What donors and banks do in a drawn season, played at the stand-in, and what it must come to, added up apart.

Each story moves the stand-in's objects through days of a clock of its own; what it expects is plain arithmetic over
the amounts it drew, which reads neither our ledger nor the stand-in's balance.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import stripe
import time_machine
from django.utils import timezone

from config.demo import payments
from config.demo.models import StandInDelivery
from config.demo.stripe_client import StandInClient
from donations.actions import paying
from donations.actions.pledging import MONTHLY, ONCE
from donations.givers import Giver
from donations.models import Gift
from donations.models.gifts import GiverKind
from fund.models import Pocket
from tests.donations.factories import make_gift

DISPUTE_FEE = 2_000
MONTHS_OF_STORIES = timedelta(days=25)  # all of it lies in the past, and inside what the provider still lists


@dataclass
class Expected:
    """Cents and counts, added up story by story."""

    raised: int = 0
    fees: int = 0
    open_disputes: int = 0
    paid_out: int = 0
    donors: int = 0
    gifts: int = 0
    states: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        left = self.raised - self.fees - self.open_disputes
        return {
            "raised_cents": self.raised,
            "fees_cents": self.fees,
            "open_disputes_cents": self.open_disputes,
            "left_cents": left,
            "stripe_cents": left - self.paid_out,
            "gifts": self.gifts,
            "donors": self.donors,
            "states": dict(sorted(self.states.items())),
        }


class Scenario:
    """Draws stories until their events are `events` or a few more; the same ones for the same seed."""

    def __init__(self, pocket: Pocket, *, events: int, seed: int) -> None:
        self.pocket, self.size = pocket, events
        self.chance = random.Random(seed)
        self.expected = Expected()
        self.told: Counter[str] = Counter()
        self._people = 0
        self._began = timezone.now() - MONTHS_OF_STORIES
        self._minutes = 0
        self._provider = stripe.StripeClient("sk_test_x", http_client=StandInClient(), max_network_retries=0)

    def play(self) -> list[str]:
        """The payloads of all events, in the order in which they happened."""
        stories = [*STORIES]
        while StandInDelivery.objects.count() < self.size:
            # Each kind comes before one comes twice, so that even a small season has them all.
            if not stories:
                stories = [*STORIES]
            story = stories.pop(self.chance.randrange(len(stories)))
            story(self)
            self.told[story.__name__] += 1
        return list(StandInDelivery.objects.order_by("pk").values_list("payload", flat=True))

    # The clock, the donors, the money ---------------------------------------------------------------------------

    @contextmanager
    def later(self, minutes: int = 3) -> Iterator[datetime]:
        """A later moment of the provider's clock: no two acts of one payment share a second."""
        self._minutes += minutes
        now = self._began + timedelta(minutes=self._minutes % (24 * 60 * 24))
        with time_machine.travel(now, tick=False):
            yield now

    def pledge(self, rhythm: str = ONCE) -> tuple[str, int]:
        """A promise of a new donor, a company now and then: the pay page's id and the amount in cents."""
        self._people += 1
        amount = self.chance.randrange(500, 30_000)
        name = f"chaos{self._people}"
        values: dict[str, Any] = {"amount_cents": amount, "rhythm": rhythm, "email": f"{name}@example.org"}
        if rhythm == ONCE and self.chance.random() < 0.15:
            values["giver"] = Giver(
                "Zoé", "Essai", kind=GiverKind.COMPANY, company_name="Essais réunis", siren="732829320"
            )
        with self.later():
            gift: Gift = make_gift(self.pocket, **values)
            return paying.start_payment(gift=gift).rpartition("/")[2], amount

    def comes(self, amount: int) -> None:
        """A payment arrived: the fee is taken whatever becomes of it."""
        self.expected.raised += amount
        self.expected.fees += (amount * 15 + 500) // 1_000 + 25

    def stays(self, state: str = "succeeded", *, gifts: int = 1, donors: int = 1) -> None:
        self.expected.states[state] += gifts
        if state == "succeeded":
            self.expected.gifts += gifts
            self.expected.donors += donors

    def paid_by_card(self) -> tuple[str, int]:
        session, amount = self.pledge()
        with self.later():
            payments.pay_by_card(session)
        self.comes(amount)
        return session, amount

    def paid_by_debit(self) -> tuple[str, int]:
        session, amount = self.pledge()
        with self.later():
            payments.start_debit(session)
        with self.later():
            payments.confirm_debit(session)
        self.comes(amount)
        return session, amount

    def begun_monthly(self) -> tuple[dict[str, Any], int]:
        session, amount = self.pledge(MONTHLY)
        with self.later():
            begun = payments.pay_by_card(session)
        self.comes(amount)
        return begun, amount

    # Stories ----------------------------------------------------------------------------------------------------

    def card(self) -> None:
        self.paid_by_card()
        self.stays()

    def declined_then_paid(self) -> None:
        session, amount = self.pledge()
        for _try in range(self.chance.randrange(1, 3)):
            with self.later():
                payments.decline_card(session)
        with self.later():
            payments.pay_by_card(session)
        self.comes(amount)
        self.stays()

    def left_unpaid(self) -> None:
        session, _amount = self.pledge()
        with self.later():
            self._provider.v1.checkout.sessions.expire(session)
        self.stays("failed")

    def debit(self) -> None:
        self.paid_by_debit()
        self.stays()

    def refused_debit(self) -> None:
        session, _amount = self.pledge()
        with self.later():
            payments.start_debit(session)
        with self.later():
            payments.refuse_debit(session)
        self.stays("failed")

    def undone_debit(self) -> None:
        session, amount = self.paid_by_debit()
        with self.later():
            payments.undo_debit(session)
        self.expected.raised -= amount
        self.stays("undone")

    def refunded(self) -> None:
        session, amount = self.paid_by_card()
        with self.later():
            payments.refund(session)
        self.expected.raised -= amount
        self.stays("refunded")

    def refunded_in_parts(self) -> None:
        session, amount = self.paid_by_debit()
        for part in (amount // 3, amount // 4):
            with self.later():
                made = payments.refund(session, part, status="pending")
            with self.later():
                payments.settle_refund(made["id"])
            self.expected.raised -= part
        self.stays()

    def refund_that_fails(self) -> None:
        session, amount = self.paid_by_card()
        with self.later():
            made = payments.refund(session, amount // 2)
        with self.later():
            payments.fail_refund(made["id"])
        self.stays()

    def disputed(self) -> None:
        session, amount = self.paid_by_card()
        with self.later():
            payments.open_dispute(session)
        self.expected.open_disputes += amount
        self.expected.fees += DISPUTE_FEE
        self.stays()

    def dispute_won(self) -> None:
        session, _amount = self.paid_by_card()
        with self.later():
            made = payments.open_dispute(session)
        with self.later():
            payments.close_dispute(made["id"], "won")
        self.stays()

    def dispute_lost(self) -> None:
        session, amount = self.paid_by_card()
        with self.later():
            payments.refund(session, amount // 5)
        with self.later():
            made = payments.open_dispute(session, amount - amount // 5)
        with self.later():
            payments.close_dispute(made["id"], "lost")
        self.expected.raised -= amount
        self.expected.fees += DISPUTE_FEE
        self.stays("refunded")

    def monthly(self) -> None:
        begun, amount = self.begun_monthly()
        months = self.chance.randrange(1, 4)
        for _month in range(months):
            if self.chance.random() < 0.4:
                with self.later():
                    payments.fail_renewal(begun["subscription"])
            with self.later():
                payments.renew(begun["subscription"])
            self.comes(amount)
        self.stays(gifts=months + 1)

    def monthly_that_ends(self) -> None:
        begun, _amount = self.begun_monthly()
        with self.later():
            payments.end_subscription(begun["subscription"])
        self.stays()

    def month_undone(self) -> None:
        begun, amount = self.begun_monthly()
        with self.later():
            month = payments.renew(begun["subscription"], method="sepa_debit")
        self.comes(amount)
        with self.later():
            payments.undo_debit(month["id"])
        self.expected.raised -= amount
        self.stays()
        self.stays("undone")

    def payout(self) -> None:
        with self.later():
            made = payments.make_payout()
        self.expected.paid_out += made["amount"] if made else 0

    def payout_that_fails(self) -> None:
        with self.later():
            made = payments.make_payout()
        if made:
            with self.later():
                payments.fail_payout(made["id"])


STORIES: tuple[Callable[[Scenario], None], ...] = (
    *[Scenario.card] * 4,
    Scenario.declined_then_paid,
    Scenario.left_unpaid,
    *[Scenario.debit] * 2,
    Scenario.refused_debit,
    Scenario.undone_debit,
    Scenario.refunded,
    Scenario.refunded_in_parts,
    Scenario.refund_that_fails,
    Scenario.disputed,
    Scenario.dispute_won,
    Scenario.dispute_lost,
    *[Scenario.monthly] * 2,
    Scenario.monthly_that_ends,
    Scenario.month_undone,
    Scenario.payout,
    Scenario.payout_that_fails,
)


def type_of(payload: str) -> str:
    return str(json.loads(payload)["type"])
