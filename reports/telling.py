"""Which closed months donors are told of, and how finely: rule R3 on the pages that follow a gift (decision 0018).

All donors together add their pages up, month by month and scheme by scheme, and subtract from every release what they
found. So what is told is cut into cells (a pocket, one or more closings, a scheme or all of them), and releases and
cells together cut the transfers into atoms: nobody knows a sum that is not a sum of atoms. A window is told only when
it lies inside a release, when everything in it is paid by gifts, and when behind each atom stands nobody, or at least
`settings.DISCLOSURE_MIN` students. Else it waits and is told together with the month after it. What was told stays.

A page shows nothing finer than its cells: the sums of a gift at two closings depend on the sums given until then and
on the gifts alone (`donations/allocation`). Schemes are told apart only for a single month in which no share was
taken back, because such a share would tell of which scheme an older one was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from donations.allocation.queue import month_after
from donations.models import Allocation, MonthClosing, Telling
from donations.models.allocations import AllocationCause
from fund import audit, chart, clock, workflow
from fund.models import Foundation, Movement, Pocket
from reports import disclosure, queries
from reports.disclosure import Person, Share, Shown
from reports.figures import codes_of
from reports.models import Publication
from reports.scope import Scope

Cell = tuple[int, str]  # a closing and a scheme; "" where schemes are not told apart


class Transfer(NamedTuple):
    """A movement that changed what was given: cents out to a person, or back (below zero)."""

    day: date
    seal: int
    pocket: int
    scheme: str
    person: Person
    cents: int


@dataclass(frozen=True)
class Window:
    """The closings of one pocket after `since` and up to `closing`, told together."""

    since: MonthClosing | None
    closing: MonthClosing
    by_scheme: bool

    def cell_of(self, transfer: Transfer) -> Cell | None:
        """The cell in which this transfer is told; None when it is in none of this window."""
        if transfer.pocket != self.closing.pocket_id or not _counts(self.closing, transfer):
            return None
        if self.since is not None and _counts(self.since, transfer):
            return None
        return (self.closing.pk, transfer.scheme if self.by_scheme else "")


def _counts(closing: MonthClosing, transfer: Transfer) -> bool:
    return transfer.day < month_after(closing.month) and transfer.seal <= closing.seal_number


def tell_closed_months() -> str:
    """Timed work: every window of closed months that may be told now, and was not."""
    if not queries.with_own_aid() or not MonthClosing.objects.filter(telling=None).exists():
        return "nothing to tell"
    told = 0
    with transaction.atomic():
        workflow.lock(Foundation, 1)  # no release is made meanwhile
        public = Public.read()
        for pocket in Pocket.objects.order_by("pk"):
            while (found := public.next_window(pocket)) is not None:
                _tell(*found)
                public.windows.append(found[0])
                told += 1
    return f"{told} windows told"


def _tell(window: Window, release: Publication) -> None:
    telling = Telling.objects.create(
        pocket=window.closing.pocket,
        since=window.since,
        closing=window.closing,
        publication=release.number or 0,
        by_scheme=window.by_scheme,
        told_at=clock.moment(),
    )
    audit.record("months.told", telling, by=None, publication=release.number, by_scheme=window.by_scheme)


@dataclass
class Public:
    """What anyone may know of transfers: releases, and the windows that donors are told of."""

    transfers: Sequence[Transfer]
    releases: Sequence[Publication]
    windows: list[Window] = field(default_factory=list)

    @classmethod
    def read(cls) -> "Public":
        return cls(read_transfers(), queries.with_own_aid(), told_windows())

    def next_window(self, pocket: Pocket) -> tuple[Window, Publication] | None:
        """The smallest window of this pocket that may be told next, and a release that holds it."""
        closings = MonthClosing.objects.filter(pocket=pocket).order_by("month")
        last = closings.exclude(telling=None).last()
        waiting = list(closings if last is None else closings.filter(month__gt=last.month))
        for closing in waiting:
            release = self._release_around(closing)
            if release is None or closing.uncovered_cents:
                continue
            for window in _ways(last, closing, is_single=closing == waiting[0]):
                if self.may_tell(window):
                    return window, release
        return None

    def may_tell(self, window: Window) -> bool:
        windows = [*self.windows, window]
        shown = [queries.shown_by(publication) for publication in self.releases]
        scopes = [queries.scope_of(publication) for publication in self.releases]
        return atoms_are_safe(self.transfers, windows, scopes) and disclosure.may_tell_given(
            shares_told(self.transfers, windows), shown
        )

    def _release_around(self, closing: MonthClosing) -> Publication | None:
        return next((row for row in self.releases if holds(row, closing)), None)


def holds(publication: Publication, closing: MonthClosing) -> bool:
    """Whether everything that the closing counts is in the figures of this release."""
    last_day = month_after(closing.month) - timedelta(days=1)
    seal = publication.seal_number
    return seal is not None and seal >= closing.seal_number and publication.up_to >= last_day


def _ways(since: MonthClosing | None, closing: MonthClosing, *, is_single: bool) -> Iterator[Window]:
    """How these months may be told, the finest way first."""
    rows = Allocation.objects.filter(closing=closing)
    if is_single and rows.exists() and not rows.exclude(cause=AllocationCause.GIVEN).exists():
        yield Window(since, closing, by_scheme=True)
    yield Window(since, closing, by_scheme=False)


def told_windows() -> list[Window]:
    """What donors are told of, in the order in which it was told."""
    rows = Telling.objects.select_related("since", "closing").order_by("pk")
    return [Window(row.since, row.closing, row.by_scheme) for row in rows]


def read_transfers() -> list[Transfer]:
    """Every sealed movement that changed what was given, with the person behind it."""
    codes = [*codes_of(chart.COMMITTED), *codes_of(chart.OWED)]
    one_side = Q(debit__in=codes) & ~Q(credit__in=codes) | Q(credit__in=codes) & ~Q(debit__in=codes)
    movements = Movement.objects.filter(one_side, sealed_row__isnull=False).order_by("pk")
    columns = ("occurred_on", "sealed_row__seal__number", "pocket", "scheme", "debit", "amount_cents")
    rows = list(movements.values_list("subject_kind", "subject_id", *columns))
    persons = disclosure.persons_of((kind, id_) for kind, id_, *_rest in rows)
    return [
        Transfer(day, seal, pocket, scheme, persons[kind, id_], cents if debit in codes else -cents)
        for kind, id_, day, seal, pocket, scheme, debit, cents in rows
    ]


def atoms_are_safe(transfers: Sequence[Transfer], windows: Sequence[Window], scopes: Sequence[Scope]) -> bool:
    """Whether behind each atom that windows and releases cut out stands nobody, or students enough."""
    atoms: dict[tuple[Cell | None, tuple[bool, ...]], Counter[Person]] = {}
    for transfer in transfers:
        cells = (window.cell_of(transfer) for window in windows)
        cell = next((cell for cell in cells if cell is not None), None)
        inside = tuple(_is_in(scope, transfer) for scope in scopes)
        if cell is not None or any(inside):
            atoms.setdefault((cell, inside), Counter())[transfer.person] += transfer.cents
    persons = [sum(cents != 0 for cents in atom.values()) for atom in atoms.values()]
    return not any(0 < number < settings.DISCLOSURE_MIN for number in persons)


def _is_in(scope: Scope, transfer: Transfer) -> bool:
    return transfer.day <= scope.up_to and (scope.seal is None or transfer.seal <= scope.seal)


def shares_told(transfers: Sequence[Transfer], windows: Sequence[Window]) -> dict[Person, Share]:
    """What each person stands for in everything that these windows tell."""
    given: Counter[Person] = Counter()
    for transfer in transfers:
        if any(window.cell_of(transfer) is not None for window in windows):
            given[transfer.person] += transfer.cents
    return {person: Share(given_cents=cents) for person, cents in given.items()}


def may_release_beside(scope: Scope, shares: disclosure.Shares) -> bool:
    """Whether figures about the aid of `scope` may be released beside what donors were told already."""
    windows = told_windows()
    if not windows:
        return True
    transfers = read_transfers()
    told = Shown(shares_told(transfers, windows), with_promised=False)
    scopes = [*(queries.scope_of(publication) for publication in queries.with_own_aid()), scope]
    return disclosure.may_tell_given(shares, [told]) and atoms_are_safe(transfers, windows, scopes)
