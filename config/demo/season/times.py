"""Acts of the season and when they happen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from fund import clock

Act = Callable[[], object]
YEAR = 2020


@dataclass(frozen=True, order=True)
class Timed:
    """One act at its instant; acts of the same instant keep the order in which they were told."""

    moment: datetime
    act: Act = field(compare=False)

    @property
    def day(self) -> date:
        return clock.paris_date(self.moment)


def at(moment: datetime, act: Act) -> Timed:
    return Timed(moment, act)


def on(month: int, day: int, hour: int, act: Act, minute: int = 0) -> Timed:
    """At this hour of Paris, in 2020."""
    return Timed(datetime(YEAR, month, day, hour, minute, tzinfo=clock.PARIS), act)


def when(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=clock.PARIS)


def day_of(text: str) -> date:
    """« 04-03 » → 3 April 2020."""
    return date.fromisoformat(f"{YEAR}-{text}")
