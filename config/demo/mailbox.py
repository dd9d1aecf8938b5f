"""The demo's post: every mail lands in a mailbox on this machine, none leaves it."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from config.demo.models import MailboxMail


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
