"""What `check_ledger` proves about the shares of gifts: to the cent, in the order of the gifts, each month once."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from django.db.models import Sum

from donations.allocation import queue
from donations.allocation.closing import given_by_scheme
from donations.allocation.queue import Scope, month_after
from donations.models import Allocation, MonthClosing
from fund import registry
from fund.models import Pocket

SAID_PER_POCKET = 5


def register() -> None:
    registry.register_check("closed_months", months_follow_each_other)
    registry.register_check("allocations", shares_are_what_was_given)
    registry.register_check("allocation_order", the_oldest_gifts_pay_first)


def months_follow_each_other() -> Iterator[str]:
    """Each month of a pocket is closed once, after the one before it, by as many seals or more."""
    for pocket in Pocket.objects.order_by("pk"):
        closings = MonthClosing.objects.filter(pocket=pocket).order_by("month", "pk")
        for one, other in pairwise(closings):
            if other.month != month_after(one.month):
                yield f"pocket {pocket.pk}: {other.month:%Y-%m} was closed after {one.month:%Y-%m}."
            if other.seal_number < one.seal_number:
                yield f"closing {other.pk}: it counts fewer seals than the month before."


def shares_are_what_was_given() -> Iterator[str]:
    """By pocket, month and scheme, the shares are the aid given until then, less what no gift stands for."""
    for pocket in Pocket.objects.order_by("pk"):
        paid: Counter[str] = Counter()
        for closing in MonthClosing.objects.filter(pocket=pocket).order_by("month"):
            rows = Allocation.objects.filter(closing=closing).values("scheme").annotate(cents=Sum("cents"))
            for row in rows.order_by("scheme"):
                paid[row["scheme"]] += row["cents"]
            given = given_by_scheme(_scope(closing))
            if given.total() - paid.total() != closing.uncovered_cents:
                yield (
                    f"closing {closing.pk}: {given.total()} cents given, {paid.total()} paid by gifts, "
                    f"{closing.uncovered_cents} said to be uncovered."
                )
            for scheme in sorted(given.keys() | paid.keys()):
                too_much = paid[scheme] > given[scheme]
                if too_much or (not closing.uncovered_cents and paid[scheme] != given[scheme]):
                    yield f"closing {closing.pk}: gifts pay {paid[scheme]} cents of {given[scheme]} for « {scheme} »."
    below = Allocation.objects.values("gift", "scheme").annotate(cents=Sum("cents")).filter(cents__lt=0)
    for row in below.order_by("gift", "scheme")[:SAID_PER_POCKET]:
        yield f"gift {row['gift']}: its shares for « {row['scheme']} » are below zero."


def the_oldest_gifts_pay_first() -> Iterator[str]:
    """At the last closing of each pocket every gift pays what its place in the queue says: never more than stands of
    it, and nothing while an older one has something unspent."""
    for pocket in Pocket.objects.order_by("pk"):
        closing = MonthClosing.objects.filter(pocket=pocket).order_by("-month").first()
        if closing is None:
            continue
        scope = _scope(closing)
        need = given_by_scheme(scope).total()
        wrong = [*queue.too_full(scope, need), *queue.not_full(scope, need)]
        for place in wrong[:SAID_PER_POCKET]:
            yield (
                f"gift {place.gift_id}: it pays {place.paid} cents, of {place.standing} that stand, "
                f"and should pay {place.target}."
            )


def _scope(closing: MonthClosing) -> Scope:
    """What the closing counted, its own shares among what is paid."""
    return Scope(closing.pocket, closing.month, closing.seal_number, paid_before=month_after(closing.month))
