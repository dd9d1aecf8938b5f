"""What the outside world would keep: the payment provider's objects, the bank's answers, a mailbox, the cast."""

from django.db import models

from fund.models import User


class StandInObject(models.Model):
    """One object of the payment stand-in, shaped as the provider shapes it."""

    id = models.CharField(primary_key=True, max_length=120)
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class StandInAnswer(models.Model):
    """The first answer given to an idempotency key: the same key gets it again, other parameters get an error."""

    key = models.CharField(max_length=255, unique=True)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()

    def __str__(self) -> str:
        return self.key


class StandInDelivery(models.Model):
    """One event to deliver to the webhook, tried until it is answered by a 2xx."""

    event_id = models.CharField(max_length=120, unique=True)
    payload = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_status = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.event_id


class MailboxMail(models.Model):
    """A mail that the demo would have sent: nothing leaves the machine."""

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["to", "-id"], name="mailbox_to")]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class BankAnswer(models.Model):
    """A statement the demo bank gave: numbered without hole, each opens where the last closed."""

    number = models.PositiveIntegerField(unique=True)
    message_id = models.CharField(max_length=35, blank=True)
    opening_cents = models.BigIntegerField()
    closing_cents = models.BigIntegerField()
    file = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"answer {self.number}"


class DemoPerson(models.Model):
    """Somebody a visitor of the demo can become with a click."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=120)
    does = models.CharField(max_length=240)
    group = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.title
