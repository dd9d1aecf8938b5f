"""The demo's post: every mail lands in a mailbox on this machine, none leaves it."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.demo.models import MailboxMail
from fund import vault
from fund.models import OutgoingMail
from fund.models.post import MailState


class MailboxBackend(BaseEmailBackend):
    """Writes one row per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                MailboxMail.objects.create(
                    to=address, subject=str(message.subject), text=str(message.body), html=_html_of(message)
                )
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    parts = [str(content) for content, mimetype in message.alternatives if mimetype == "text/html"]
    return parts[0] if parts else ""


def collect_waiting_mails() -> int:
    """Every mail that waits, into the mailbox at once: as `deliver_mail` does one by one. How many there were."""
    with transaction.atomic():
        waiting = list(OutgoingMail.objects.filter(state=MailState.QUEUED).order_by("pk"))
        MailboxMail.objects.bulk_create(
            MailboxMail(
                to=vault.open_text(mail.to_sealed),
                subject=mail.subject,
                text=vault.open_text(mail.text_sealed),
                html=vault.open_text(mail.html_sealed) if mail.html_sealed else "",
            )
            for mail in waiting
        )
        rows = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in waiting])
        rows.update(state=MailState.SENT, sent_at=timezone.now(), tries=F("tries") + 1)
    return len(waiting)
