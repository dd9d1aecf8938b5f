"""Mails to applicants: neutral subjects, the content behind a link. Called inside an act's transaction."""

from datetime import date

from django.conf import settings
from django.urls import reverse

from aid_requests.models import AidRequest
from fund import clock, mail
from fund.models import PaymentOrder


def tell(request: AidRequest, event: str, *, key: str, until: date | None = None) -> None:
    """Writes one mail about `event`, once per `key`.

    Events: submitted, certified, enrolment (not found), decided, reexamination (asked for), paid, returned, account
    (another one was given), correction (asked for), correction_reminder, correction_lifted,
    represented (the representative signed), papers (asked for, or one that does not do), paper_reminder: both `until`
    that Paris day, adjourned (read again later).
    """
    user = request.applicant.user
    mail.send_mail(
        key=f"request:{request.pk}:{event}:{key}",
        to=user.email,
        template="request_moved",
        language=user.language,
        context={
            "event": event,
            "reference": request.reference,
            "today": clock.today(),
            "until": until,
            "link": f"{settings.SITE_URL}{reverse('request_page', args=[request.token])}",
        },
    )


def tell_outcome(request: AidRequest, order: PaymentOrder) -> None:
    """The transfer was debited, or came back."""
    event = "paid" if order.state == "debited" else "returned"
    tell(request, event, key=order.end_to_end_id)
