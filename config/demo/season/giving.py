"""The donors' acts: promise and pay; later a bank's answer, a refund, a dispute, the next month."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

import stripe
from django.conf import settings
from django.utils import timezone

from config.demo import payments
from config.demo.models import StandInDelivery, StandInObject
from config.demo.season.gifts import PlannedGift, planned_gifts
from config.demo.season.times import Act, Timed, at
from donations import stripe_gateway
from donations.actions.moderating import moderate_words
from donations.actions.paying import start_payment
from donations.actions.pledging import MONTHLY, ONCE, Pledge, Words, pledge_gift
from donations.actions.receiving import receive_event
from donations.models import Gift, GiftWords, MonthlyGift, Team
from fund import clock
from fund.models import Pocket, User
from fund.treasury.business_days import is_business_day

BANK_DAYS = timedelta(days=6)  # how long a direct debit takes until the donor's bank has paid it
READ_AT = time(18)  # when the messages of the day are read


class Giving:
    """The season's gifts as timed acts. `moderator` reads the messages; `teams` are those open so far, by mark."""

    def __init__(self, moderator: User, teams: Mapping[str, Team]) -> None:
        self.moderator = moderator
        self.teams = teams
        self.gifts: dict[int, Gift] = {}
        self.verdicts: dict[int, str] = {}

    def days(self) -> Iterator[Timed]:
        for plan in planned_gifts():
            yield at(plan.moment, partial(self._give, plan))
            yield from self._later(plan)
            if plan.has_words and plan.verdict != "wait":
                evening = datetime.combine(plan.moment.date(), READ_AT, tzinfo=clock.PARIS)
                yield at(max(evening, plan.moment + timedelta(hours=1)), partial(self._read, plan))

    def _later(self, plan: PlannedGift) -> Iterator[Timed]:
        """What the gift of this plan brings with it on later days, as far as they are over when the visitor comes."""
        later: dict[str, list[tuple[timedelta, Act]]] = {
            "debit": [(_bank_days(plan), partial(self._bank_pays, plan))],
            "abandoned": [(timedelta(days=1), partial(self._expire, plan))],
            "twice": [
                (timedelta(minutes=4), partial(self._give, self._again(plan))),
                (timedelta(days=2), partial(self._give_back, plan)),
            ],
            "disputed": [(timedelta(days=7), partial(self._dispute, plan))],
            "won": [
                (timedelta(days=7), partial(self._dispute, plan)),
                (timedelta(days=24), partial(self._win, plan)),
            ],
            "monthly": [(timedelta(days=30), partial(self._renew, plan))],
        }
        for after, act in later.get(plan.what, []):
            if plan.moment + after < clock.DEMO_START:
                yield at(plan.moment + after, act)
            else:
                yield at(plan.moment + timedelta(minutes=1), partial(self._keep_waiting, plan, after))

    def _give(self, plan: PlannedGift) -> None:
        pledge = Pledge(
            amount_cents=plan.amount_cents,
            pocket=Pocket.objects.get(code=Pocket.GENERAL),
            first_name=plan.first_name,
            last_name=plan.last_name,
            email=plan.email,
            language="fr",
            rhythm=MONTHLY if plan.what == "monthly" else ONCE,
            words=Words(name=plan.shown, message=plan.message),
            giver=plan.giver,
            team=self.teams[plan.team] if plan.team else None,
        )
        gift = pledge_gift(pledge=pledge, form_token=plan.form_token)
        self.gifts[plan.number] = gift
        start_payment(gift=gift)
        if plan.what == "debit":
            payments.start_debit(session_of(gift))
        elif plan.what == "failed":
            payments.decline_card(session_of(gift))
        elif plan.what != "abandoned":
            payments.pay_by_card(session_of(gift))
        deliver_here()

    @staticmethod
    def _again(plan: PlannedGift) -> PlannedGift:
        """The same donor and amount, by a second form: the page was opened twice."""
        return replace(plan, number=-plan.number, shown="", message="", what="paid")

    def _bank_pays(self, plan: PlannedGift) -> None:
        payments.confirm_debit(session_of(self.gifts[plan.number]))
        deliver_here()

    def _keep_waiting(self, plan: PlannedGift, after: timedelta) -> None:
        """The bank answers on a day that has not come yet: the stand-in's own clock must not answer for it sooner."""
        left = plan.moment + after - clock.DEMO_START
        rows = StandInObject.objects.filter(pk=session_of(self.gifts[plan.number]))
        for row in rows:
            row.created_at += left
            row.save(update_fields=["created_at"])

    def _expire(self, plan: PlannedGift) -> None:
        stripe_gateway.expire_session(session_of(self.gifts[plan.number]))
        deliver_here()

    def _give_back(self, plan: PlannedGift) -> None:
        payments.refund(session_of(self.gifts[-plan.number]), plan.amount_cents)
        deliver_here()

    def _dispute(self, plan: PlannedGift) -> None:
        payments.open_dispute(session_of(self.gifts[plan.number]))
        deliver_here()

    def _win(self, plan: PlannedGift) -> None:
        gift = self.gifts[plan.number]
        payments.close_dispute(gift.disputes.get().stripe_id, "won")
        deliver_here()

    def _renew(self, plan: PlannedGift) -> None:
        monthly = MonthlyGift.objects.get(gifts=self.gifts[plan.number])
        payments.renew(monthly.subscription_id or "")
        deliver_here()

    def _read(self, plan: PlannedGift) -> None:
        words = GiftWords.objects.get(gift=self.gifts[plan.number])
        moderate_words(by=self.moderator, words=words, decision=plan.verdict)


def _bank_days(plan: PlannedGift) -> timedelta:
    """From the order to the next business day after BANK_DAYS."""
    due = plan.moment.date() + BANK_DAYS
    while not is_business_day(due):
        due += timedelta(days=1)
    return due - plan.moment.date()


def session_of(gift: Gift) -> str:
    """The stand-in's page on which this gift is paid."""
    return str(gift.attempts.get().session_id)


def deliver_here() -> None:
    """The events reach the inbox without a server: same signature check, same action."""
    secret = settings.STRIPE_WEBHOOK_SECRET.split(",")[0].strip()
    waiting = StandInDelivery.objects.filter(delivered_at=None)
    for delivery in waiting.order_by("pk"):
        header = stripe.WebhookSignature.generate_signature_header(delivery.payload, secret)
        raw = delivery.payload.encode()
        receive_event(raw=raw, payload=stripe_gateway.verify_and_parse(raw, header))
    waiting.update(delivered_at=timezone.now(), tries=1, last_status="200")
