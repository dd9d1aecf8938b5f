"""Files that the committee put off by a vote: nobody decides them before the day that the letter tells, unless the
student answers. In the queue they stand behind the others until then, and are stalled only after it.
"""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, DateField, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.translation import gettext as _

from aid_requests.models import Adjournment, AidRequest, Message
from aid_requests.models.correspondence import Party, Side
from fund import clock
from fund.roles import Refusal
from fund.templatetags.fund_format import short_day


def with_put_off(files: QuerySet[Any]) -> QuerySet[Any]:
    """The files with `put_off_until`, the day from which the last adjournment of their round has them read again, and
    `is_put_off`, 1 until that day.

    It is the day of the student's first message to the committee where that came before; None without an adjournment,
    once the file was corrected, or once another adjournment followed.
    """
    here = {name: OuterRef(name) for name in ("round", "revision")}
    rows = Adjournment.objects.filter(request=OuterRef("pk"), turn=OuterRef("turn") - Value(1), **here)
    answers = Message.objects.filter(
        request=OuterRef("request"),
        party=Party.COMMITTEE,
        side=Side.STUDENT,
        sent_at__gt=OuterRef("adjourned_at"),
    ).order_by("sent_at")
    answered_on = Subquery(
        answers.values(on=TruncDate("sent_at", tzinfo=clock.PARIS))[:1], output_field=DateField()
    )
    # Least of one date and nothing is nothing in SQLite, the date in PostgreSQL.
    until = Least(Coalesce(answered_on, F("read_again_on")), F("read_again_on"))
    later = When(put_off_until__gt=clock.today(), then=Value(1))
    return files.annotate(put_off_until=Subquery(rows.values(until=until)[:1])).annotate(
        is_put_off=Case(later, default=Value(0), output_field=IntegerField())
    )


def refusal(request: AidRequest, on: date | None = None) -> Refusal | None:
    """Why nobody decides the file on a day (today without one): it was put off until later, as `with_put_off` says."""
    if request.turn == 1:
        return None
    files = with_put_off(AidRequest.objects.filter(pk=request.pk))
    until = files.values_list("put_off_until", flat=True).get()
    if until is None or until <= (on or clock.today()):
        return None
    told = {"day": short_day(until)}
    return Refusal("put_off", _("Ce dossier est ajourné : il se relit à partir du %(day)s.") % told)


def waits_since(file: AidRequest) -> datetime:
    """Since when an annotated file waits for the committee: never before the day to which it was put off."""
    since: datetime = file.waits_since  # type: ignore[attr-defined]  # annotated
    until: date | None = file.put_off_until  # type: ignore[attr-defined]  # annotated
    return max(since, datetime.combine(until, time.min, tzinfo=clock.PARIS)) if until else since


def not_put_off(files: QuerySet[Any], before: datetime) -> QuerySet[Any]:
    """Without those that were put off to that moment or later."""
    return files.exclude(put_off_until__isnull=False, put_off_until__gt=clock.paris_date(before))
