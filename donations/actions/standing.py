"""What follows from a gift that came, or of which something was taken back: in the transaction of that fact.

Called with the gift locked, by whatever counts or undoes money. Each consequence is a function of its own module.
"""

from donations.actions import matching
from donations.models import Gift
from donations.models.gifts import Channel, GiverKind
from donations.receipts import issuing, voiding
from fund import chart


def account_of(gift: Gift) -> str:
    """The account of the chart that this gift is income of: dons manuels, or mécénat for a company's."""
    return chart.COMPANY_GIFTS if gift.giver_kind == GiverKind.COMPANY else chart.GIFTS


def gift_came(gift: Gift) -> None:
    """The whole of `gift` was just counted. `intake.py` counts without asking: it must leave every gift from which
    something follows to the plain way."""
    matching.match_gift(gift)
    if gift.channel != Channel.ONLINE:  # an online gift's receipt follows its thanks
        issuing.ask_for_receipt(gift)


def gift_changed(gift: Gift) -> None:
    """Something of `gift` was given back, contested or restored: its row and state say what is left."""
    matching.follow_gift(gift)
    voiding.follow_gift(gift)
