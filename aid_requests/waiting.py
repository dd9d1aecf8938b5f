"""Whom a file waits for, and since when; stalled is what waits longer than the setting STALLED_DAYS.

`submitted_at` says how old a file is; these lines say who has had it in hand, and for how long.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import ngettext_lazy

from aid_requests.actions.certification import NOT_FOUND
from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from fund import clock
from fund.models import AuditEvent, TransitionLog

_KIND = AidRequest._meta.label_lower
_SENTENCES = {
    "enrolment": ngettext_lazy(
        "attend l’inscription depuis %(days)s jour", "attend l’inscription depuis %(days)s jours", "days"
    ),
    "student": ngettext_lazy(
        "attend l’étudiant·e depuis %(days)s jour", "attend l’étudiant·e depuis %(days)s jours", "days"
    ),
    "signature": ngettext_lazy(
        "attend une nouvelle signature depuis %(days)s jour",
        "attend une nouvelle signature depuis %(days)s jours",
        "days",
    ),
    "correction": ngettext_lazy(
        "attend une correction depuis %(days)s jour", "attend une correction depuis %(days)s jours", "days"
    ),
    "committee": ngettext_lazy(
        "attend le comité depuis %(days)s jour", "attend le comité depuis %(days)s jours", "days"
    ),
    "second_vote": ngettext_lazy(
        "attend un autre vote depuis %(days)s jour", "attend un autre vote depuis %(days)s jours", "days"
    ),
    "other_members": ngettext_lazy(
        "attend d’autres membres depuis %(days)s jour",
        "attend d’autres membres depuis %(days)s jours",
        "days",
    ),
}


@dataclass(frozen=True)
class Waiting:
    """`code` says for whom: a key of the sentences. `days` are whole Paris days."""

    code: str
    since: datetime
    days: int

    @property
    def is_stalled(self) -> bool:
        return self.days > settings.STALLED_DAYS

    @property
    def sentence(self) -> str:
        """« attend l’inscription depuis 12 jours », in the active language."""
        return str(_SENTENCES[self.code] % {"days": self.days})


def waiting(code: str, since: datetime) -> Waiting:
    return Waiting(code, since, max(0, (clock.today() - clock.paris_date(since)).days))


def stalled_before() -> datetime:
    """The Paris midnight before which a stalled file came to whom it waits for."""
    oldest = clock.today() - timedelta(days=settings.STALLED_DAYS)
    return datetime.combine(oldest, time.min, tzinfo=clock.PARIS)


def with_waits_since(files: QuerySet[AidRequest]) -> QuerySet[Any]:
    """The files with `waits_since`: when they came into the state they are in."""
    moves = TransitionLog.objects.filter(
        object_kind=_KIND, object_id=Cast(OuterRef("pk"), CharField()), to_state=OuterRef("state")
    )
    came = Subquery(moves.order_by("-pk").values("at")[:1])
    # A file that lost its signer waits as long as before for the committee.
    moves = moves.exclude(name="drop_opinion")
    return files.annotate(waits_since=Coalesce(came, F("submitted_at"), F("created_at")))


def waiting_of_enrolment(files: Collection[AidRequest]) -> dict[int, Waiting]:
    """By pk, for whom signed files wait before the committee may read them; in one query for all.

    `files` come from `with_waits_since`, signed or taken back for correction; others are left out.
    """
    missing = _not_found_at(files)
    found = {}
    for file in files:
        since: datetime = file.waits_since  # type: ignore[attr-defined]  # annotated
        if file.state == RequestState.DRAFT and file.submitted_at is not None:
            found[file.pk] = waiting("signature", since)
        elif file.state == RequestState.SUBMITTED:
            sought = missing.get((str(file.pk), file.revision))
            found[file.pk] = waiting("student", sought) if sought else waiting("enrolment", since)
    return found


def _not_found_at(files: Collection[AidRequest]) -> dict[tuple[str, object], datetime]:
    """When a referent looked in vain, by (request's id, revision)."""
    ids = [str(file.pk) for file in files if file.state == RequestState.SUBMITTED]
    events = AuditEvent.objects.filter(object_kind=_KIND, object_id__in=ids, action=NOT_FOUND)
    return {(event.object_id, event.details.get("revision")): event.at for event in events.order_by("pk")}
