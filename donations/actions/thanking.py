"""Thanks, written by the worker: the webhook answers without having drawn a letter."""

from django.db import transaction
from django_tasks import task

from donations import notifications
from donations.models import Gift
from donations.models.gifts import GiftState
from donations.receipts import issuing


@task()
def thank_donor(gift_id: int) -> str:
    """Thanks for a gift that stands; twice does nothing more. One that was given back meanwhile is not thanked for."""
    with transaction.atomic():
        gift = Gift.objects.select_related("donor__subject_key").get(pk=gift_id)
        if gift.state != GiftState.SUCCEEDED:
            return "given back"
        notifications.thank_donor(gift)
        issuing.ask_for_receipt(gift)
        return "thanked"
