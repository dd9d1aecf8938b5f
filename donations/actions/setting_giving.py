"""The rules of giving online, changed by an administrator: how little and how much, open or closed and why."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from donations import giving_rules
from donations.models import GivingSettings
from fund import audit, clock, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, demand, needs_role


@dataclass(frozen=True)
class Rules:
    """What may be set. Amounts are in cents; `closed_because` is a ClosedBecause, empty for « open »; the two last are
    numbers of declined cards within an hour."""

    least_cents: int
    most_cents: int
    closed_because: str
    declines_told: int
    declines_closing: int


def lock_giving_settings() -> GivingSettings:
    """The one row, locked and read again; made first when nobody had changed anything yet.

    Must be called inside a transaction.
    """
    known = giving_rules.giving_settings()
    if known._state.adding:
        GivingSettings.objects.bulk_create([known], ignore_conflicts=True)
    return workflow.lock(GivingSettings, GivingSettings.ONLY)


def set_rules(*, by: User, rules: Rules, revision: int) -> GivingSettings:
    """Writes the rules and one audit event, unless they are so already. Only an administrator may.

    `revision` is what the person had read: rules that changed since are not overwritten. Whoever opens giving again has
    judged the cards declined until then. Raises Refused, WrongState.
    """
    demand(needs_role(by, Role.ADMINISTRATOR))
    demand(_inside_the_installation(rules))
    with transaction.atomic():
        row = lock_giving_settings()
        if row.revision != revision:
            raise workflow.WrongState(_("Quelqu’un a changé ces réglages entre-temps : relisez-les d’abord."))
        if rules_of(row) == rules:
            return row
        opens_again = not row.is_open and not rules.closed_because
        if opens_again:
            row.declines_from = timezone.now()
        row.least_cents, row.most_cents = rules.least_cents, rules.most_cents
        row.is_open, row.closed_because = not rules.closed_because, rules.closed_because
        row.declines_told, row.declines_closing = rules.declines_told, rules.declines_closing
        row.changed_by, row.changed_at, row.revision = by, clock.moment(), revision + 1
        row.save()
        audit.record("giving.set", row, by=by, revision=row.revision, **asdict(rules))
        return row


def rules_of(row: GivingSettings) -> Rules:
    return Rules(
        least_cents=row.least_cents,
        most_cents=row.most_cents,
        closed_because=row.closed_because,
        declines_told=row.declines_told,
        declines_closing=row.declines_closing,
    )


def _inside_the_installation(rules: Rules) -> Refusal | None:
    """No row passes the bounds that the installation itself sets."""
    in_order = settings.GIFT_MIN_CENTS <= rules.least_cents <= rules.most_cents <= settings.GIFT_MAX_CENTS
    if in_order and 0 < rules.declines_told <= rules.declines_closing:
        return None
    return Refusal("giving_bounds", _("Ces réglages sortent de ce que cette installation permet."))
