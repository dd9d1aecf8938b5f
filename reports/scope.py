"""Which movements a figure is computed from: the same ones today and in ten years."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from fund import sealing
from fund.models import Movement


@dataclass(frozen=True)
class Scope:
    """Movements of Paris days up to `up_to` that are in the seals 1 to `seal` (None: sealed or not).

    A fee or a bank line that is booked later for an earlier day is in a later seal: it changes the next publication,
    never this one.
    """

    up_to: date
    seal: int | None = None


def movements_in(scope: Scope | None) -> QuerySet[Movement]:
    """The movements of `scope`; all of them without one."""
    if scope is None:
        return Movement.objects.all()
    movements = Movement.objects.all() if scope.seal is None else sealing.sealed_movements(scope.seal)
    return movements.filter(occurred_on__lte=scope.up_to)
