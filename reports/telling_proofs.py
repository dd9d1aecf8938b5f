"""What `check_ledger` proves about what donors are told: whole windows, inside a release, to the cent."""

from collections.abc import Iterator

from django.db.models import Sum

from donations.models import Allocation, Telling
from fund import registry
from reports import queries
from reports.telling import Window, holds, read_transfers


def register() -> None:
    registry.register_check("tellings", tellings_stand)


def tellings_stand() -> Iterator[str]:
    """Each window begins where the one before ended, lies inside the release it names, and what the gifts of its
    months paid together is what was given in it."""
    rows = list(Telling.objects.select_related("since", "closing").order_by("pocket", "closing__month"))
    if not rows:
        return
    transfers = read_transfers()
    releases = {publication.number: publication for publication in queries.with_own_aid()}
    ends: dict[int, int] = {}
    for row in rows:
        name = f"telling {row.pk}"
        if row.since_id != ends.get(row.pocket_id):
            yield f"{name}: it does not begin where the one before ended."
        ends[row.pocket_id] = row.closing_id
        release = releases.get(row.publication)
        if release is None or not holds(release, row.closing):
            yield f"{name}: publication {row.publication} does not hold closing {row.closing_id}."
        window = Window(row.since, row.closing, row.by_scheme)
        given = sum(transfer.cents for transfer in transfers if window.cell_of(transfer) is not None)
        paid = _paid_cents(row)
        if given != paid:
            yield f"{name}: {given} cents given, {paid} paid by gifts."


def _paid_cents(row: Telling) -> int:
    shares = Allocation.objects.filter(closing__pocket=row.pocket_id, closing__month__lte=row.closing.month)
    if row.since is not None:
        shares = shares.filter(closing__month__gt=row.since.month)
    return int(shares.aggregate(cents=Sum("cents"))["cents"] or 0)
