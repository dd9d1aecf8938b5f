"""Mails about a sitting to whoever has a seat: a day and how many files, behind a link; no name, no reference."""

from django.conf import settings
from django.urls import reverse

from aid_requests.models import Sitting
from fund import mail


def tell_seats(sitting: Sitting, event: str) -> None:
    """`event`: convened or cancelled; once each a seat. Inside the act's transaction."""
    number = sitting.items.count()
    for seat in sitting.seats.select_related("member").order_by("pk"):
        mail.send_mail(
            key=f"sitting:{sitting.pk}:{event}:{seat.member_id}",
            to=seat.member.email,
            template="sitting_news",
            language=seat.member.language,
            context={
                "event": event,
                "is_consultation": sitting.is_consultation,
                "when": sitting.ends_at if sitting.is_consultation else sitting.scheduled_at,
                "files": number,
                "is_second_call": sitting.call > 1,
                "link": f"{settings.SITE_URL}{reverse('sitting_page', args=[sitting.token])}",
            },
        )
