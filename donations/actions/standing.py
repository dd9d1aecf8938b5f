"""What follows from a gift that came, or of which something was taken back: in the transaction of that fact.

Called with the gift locked, by whatever counts or undoes money. Each consequence is a function of its own module.
"""

from donations.models import Gift
from donations.models.gifts import GiverKind
from fund import chart


def account_of(gift: Gift) -> str:
    """The account of the chart that this gift is income of: dons manuels, or mécénat for a company's."""
    return chart.COMPANY_GIFTS if gift.giver_kind == GiverKind.COMPANY else chart.GIFTS


def gift_came(gift: Gift) -> None:
    """The whole of `gift` was just counted."""


def gift_changed(gift: Gift) -> None:
    """Something of `gift` was given back, contested or restored: its row and state say what is left."""
