"""« Send me the link »: the same answer for every address, the mail only for one with a monthly gift to open.

What is queued names the mailbox by its keyed hash, and the worker looks it up: a known address takes the page no
longer than an unknown one (failure 11: no mail to strangers).
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django_tasks import task

from donations import notifications
from donations.actions.pledging import fingerprint_of
from donations.models import MonthlyGift
from donations.models.gifts import MonthlyState
from fund import limits

# What one mailbox gets at most in an hour, whoever asks from wherever.
LINKS_PER_HOUR = 5


def ask_for_links(*, email: str) -> None:
    """Has the links of this address' monthly gifts sent to it, if it has any."""
    with transaction.atomic():
        send_links.enqueue(fingerprint_of(email), uuid.uuid4().hex)


@task()
def send_links(fingerprint: str, once: str) -> str:
    """One mail per monthly gift that is not stopped; `once` is the asking, so that twice sends nothing more."""
    with transaction.atomic():
        rows = MonthlyGift.objects.filter(
            donor__email_fingerprint=fingerprint, subscription_id__isnull=False
        ).exclude(state=MonthlyState.STOPPED)
        found = list(rows.select_related("donor__subject_key").order_by("pk"))
        within = timedelta(hours=1)
        if not found or limits.take("monthly-link", fingerprint, most=LINKS_PER_HOUR, within=within):
            return "nothing sent"
        for monthly in found:
            notifications.send_monthly_link(monthly, once=once)
        return f"{len(found)} sent"
