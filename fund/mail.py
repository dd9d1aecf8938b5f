"""Mails: a row and a task in the act's own transaction, sent by the worker afterwards, once per key."""

import logging
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_tasks import task

from fund import vault
from fund.models import OutgoingMail
from fund.models.post import MailState

logger = logging.getLogger(__name__)
MAX_TRIES = 8
FORGOTTEN = "forgotten"  # its reader was erased


def send_mail(*, key: str, to: str, template: str, language: str, context: dict[str, object]) -> OutgoingMail:
    """Writes the mail `template` (email/<template>_{subject,body}.txt and an optional .html) to be sent once per `key`.

    The subject is neutral; what is personal stays behind a link. Must run inside the act's transaction.
    """
    known = OutgoingMail.objects.filter(key=key).first()
    if known is not None:
        return known
    with translation.override(language):
        subject = render_to_string(f"email/{template}_subject.txt", context).strip()
        text = render_to_string(f"email/{template}_body.txt", context)
        html = render_to_string(
            "email/letter.html", {**context, "text": text, "subject": subject, "language": language}
        )
    return queue_mail(key=key, to=to, subject=subject, text=text, html=html)


def queue_mail(*, key: str, to: str, subject: str, text: str, html: str = "") -> OutgoingMail:
    """Writes the row and its task. A key that is already there gives the row it has."""
    mail, made = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "to_sealed": vault.seal_text(to),
            "subject": subject,
            "text_sealed": vault.seal_text(text),
            "html_sealed": vault.seal_text(html) if html else "",
        },
    )
    if made:
        deliver_mail.enqueue(mail.pk)
    return mail


@task()
def deliver_mail(mail_id: int) -> str:
    """Sends one row, at least once: running again after it was sent does nothing.

    A crash between sending and noting, or two runs at the same instant, may repeat a mail (the same Message-ID lets
    mailboxes show one); losing one would be worse.
    """
    mail = OutgoingMail.objects.get(pk=mail_id)
    if mail.state == MailState.SENT:
        return "already sent"
    if not mail.to_sealed:
        return FORGOTTEN
    message = EmailMultiAlternatives(
        mail.subject, vault.open_text(mail.text_sealed), to=[vault.open_text(mail.to_sealed)]
    )
    message.extra_headers["Message-ID"] = f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S}@solidarite.invalid>"
    if mail.html_sealed:
        message.attach_alternative(vault.open_text(mail.html_sealed), "text/html")
    try:
        message.send()
    except Exception as error:
        _note_failure(mail_id, type(error).__name__)
        logger.warning("mail %s was not sent: %s", mail_id, type(error).__name__)
        return "failed"
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
        mail.state, mail.sent_at, mail.tries = MailState.SENT, timezone.now(), mail.tries + 1
        mail.save(update_fields=["state", "sent_at", "tries"])
    return "sent"


def _note_failure(mail_id: int, error_code: str) -> None:
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
        mail.tries += 1
        mail.error_code = error_code
        mail.state = MailState.FAILED if mail.tries >= MAX_TRIES else MailState.QUEUED
        mail.save(update_fields=["tries", "error_code", "state"])


def mails_to(address: str, *, since: datetime) -> list[int]:
    """The mails written to an address since an instant (real time): each row must be opened, so call it outside a
    transaction."""
    wanted = address.strip().lower()
    rows = OutgoingMail.objects.filter(created_at__gte=since).exclude(to_sealed="").order_by("pk")
    listed = rows.values_list("pk", "to_sealed").iterator(chunk_size=500)
    return [pk for pk, sealed in listed if vault.open_text(sealed).strip().lower() == wanted]


def forget_mails(pks: list[int]) -> None:
    """Empties mails: who they were for and what they said. One that was not sent yet never will be.

    Their keys stay: what was told once is not told again. Must run inside the act's transaction.
    """
    rows = OutgoingMail.objects.filter(pk__in=pks)
    rows.filter(state=MailState.QUEUED).update(state=MailState.FAILED, error_code=FORGOTTEN)
    rows.update(to_sealed="", text_sealed="", html_sealed="")


def resend_waiting_mails() -> str:
    """Timed work: tries again the mails whose sending failed, and those whose task was lost with its worker."""
    old = timezone.now() - timedelta(minutes=5)
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, created_at__lt=old).order_by("pk")[:200]
    outcomes = [deliver_mail.func(mail.pk) for mail in waiting]
    return f"{outcomes.count('sent')} sent of {len(outcomes)}"
