"""A long list read piece by piece: each next piece begins after the last row shown, so that the last one costs what
the first one did, and a file decided meanwhile moves nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from aid_requests.models import AidRequest

_MARK = "~"


@dataclass(frozen=True)
class Piece:
    """`after` is what the next piece begins after, "" at the end of the list."""

    files: list[AidRequest]
    after: str


def piece_of(files: QuerySet[Any], *, by: str, after: str, length: int) -> Piece:
    """`length` files at most in the order of the instants `by` (« -decided_at » for the newest first), then of pk.

    An `after` that says nothing known begins the list.
    """
    name, is_down = by.removeprefix("-"), by.startswith("-")
    began = _read(after)
    if began is not None:
        at, pk = began
        side, bound = ("lt", "lte") if is_down else ("gt", "gte")
        # The bound alone lets an index begin where the list goes on; the rest leaves out what was shown.
        beyond = Q(**{f"{name}__{side}": at}) | Q(**{name: at, f"pk__{side}": pk})
        files = files.filter(beyond, **{f"{name}__{bound}": at})
    # First which rows, then what they say: a database asked for both sorts all that every row of the list would say.
    ordered = files.order_by(by, "-pk" if is_down else "pk")
    found = list(ordered.values_list("pk", name)[: length + 1])
    shown = found[:length]
    rows = {row.pk: row for row in files.order_by().filter(pk__in=[pk for pk, _at in shown])}
    last = f"{shown[-1][1].isoformat()}{_MARK}{shown[-1][0]}" if len(found) > length else ""
    return Piece([rows[pk] for pk, _at in shown if pk in rows], last)


def _read(after: str) -> tuple[datetime, int] | None:
    at, _mark, pk = after.partition(_MARK)
    try:
        moment, number = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
    return (moment, number) if moment.tzinfo is not None and 0 < number < 2**63 else None
