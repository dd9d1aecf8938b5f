"""The time of the fund. Business dates are Paris dates; in the demo they run from 15 May 2020, 10:00 Paris.

Only domain dates are shifted (`moment`, `today`). Sessions, codes, signatures and `recorded_at` use real time
(`django.utils.timezone.now`), because they prove what happened on this machine.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

PARIS = ZoneInfo("Europe/Paris")
DEMO_START = datetime(2020, 5, 15, 10, 0, tzinfo=PARIS)

_held: ContextVar[datetime | None] = ContextVar("held_moment", default=None)
_shift: dict[str, timedelta] = {}


def moment() -> datetime:
    """The domain's now, in UTC."""
    held = _held.get()
    if held is not None:
        return held
    return timezone.now() - shift()


def today() -> date:
    """The domain's date in Paris: 31 December 23:30 in Paris is still this year (failure 30)."""
    return moment().astimezone(PARIS).date()


def paris_date(when: datetime) -> date:
    """The Paris date of an instant."""
    return when.astimezone(PARIS).date()


def shift() -> timedelta:
    """How far the demo's domain time lags behind real time; zero outside the demo."""
    if not settings.DEMO:
        return timedelta(0)
    return _shift.get("demo", timedelta(0))


def set_shift(loaded_at: datetime | None) -> None:
    """Sets the demo's shift so that `loaded_at` (real time) reads 15 May 2020, 10:00 Paris; None takes it away."""
    if loaded_at is None:
        _shift.pop("demo", None)
    else:
        _shift["demo"] = loaded_at - DEMO_START


@contextlib.contextmanager
def at(when: datetime) -> Iterator[None]:
    """Holds the domain's time still: for replaying past days and for tests. `when` must be aware."""
    token = _held.set(when.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
