"""The chapters of the whole way in order, and what they leave behind: the ledger and the mails.

50 € and 33,33 € by one donor and 100 € by another; fees of 1,00, 0,75 and 1,75 €; an aid of 150 €, whose transfer
comes back once; an aid of 400 €, for which there is too little.
"""

from donations.models import Gift
from fund import chart
from tests.stories import asking, giving, paying

WHOLE_WAY = (
    giving.gift_by_card,
    giving.gift_by_debit,
    giving.gift_of_odd_cents,
    giving.payout_reaches_the_bank,
    asking.ask_for_rent,
    asking.ask_for_a_ticket,
    asking.school_confirms,
    asking.committee_grants,
    asking.committee_cannot_grant_more,
    paying.transfer_comes_back,
    paying.student_gives_another_account,
    paying.student_is_paid,
)

# What the ledger holds at the end, in the order it was written: kind, debit, credit, cents.
LEDGER = [
    ("gift", chart.STRIPE, chart.GIFTS, 5_000),
    ("fee", chart.FEES, chart.STRIPE, 100),
    ("gift", chart.STRIPE, chart.GIFTS, 10_000),
    ("fee", chart.FEES, chart.STRIPE, 175),
    ("gift", chart.STRIPE, chart.GIFTS, 3_333),
    ("fee", chart.FEES, chart.STRIPE, 75),
    ("payout", chart.INTERNAL_TRANSFER, chart.STRIPE, 17_983),
    ("payout_received", chart.BANK, chart.INTERNAL_TRANSFER, 17_983),
    ("grant", chart.AIDS, chart.AIDS_OWED, 15_000),
    ("transfer_debited", chart.AIDS_OWED, chart.BANK, 15_000),
    ("transfer_returned", chart.BANK, chart.AIDS_OWED, 15_000),
    ("transfer_debited", chart.AIDS_OWED, chart.BANK, 15_000),
]

# Each mail of the story once, by its key; {0} and {1} are the emergency and the mobility request, {2} to {4} the gifts.
MAILS = [
    "gift:{2}:thanks",
    "gift:{3}:thanks",
    "gift:{4}:thanks",
    "request:{0}:submitted:1",
    "request:{1}:submitted:1",
    "request:{0}:certified:1",
    "request:{1}:certified:1",
    "request:{0}:decided:1",
    "request:{0}:paid:CS-2020-{0:06d}-1",
    "request:{0}:returned:CS-2020-{0:06d}-1",
    "request:{0}:account:CS-2020-{0:06d}-2",
    "request:{0}:paid:CS-2020-{0:06d}-2",
]


def mails() -> list[str]:
    """The keys that `MAILS` means, with the numbers this database gave."""
    ids = [asking.request_of(slug).pk for slug in (asking.EMERGENCY, asking.MOBILITY)]
    ids += Gift.objects.order_by("pk").values_list("pk", flat=True)
    return [key.format(*ids) for key in MAILS]
