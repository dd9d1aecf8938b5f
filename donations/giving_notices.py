"""Mails to administrators about giving online. Called inside an act's transaction."""

from django.conf import settings
from django.urls import reverse

from fund import mail
from fund.models import User
from fund.models.people import Role


def tell_giving_closed(*, revision: int, declines: int) -> None:
    """To every administrator, once per closing: giving closed by itself, and where it is opened again."""
    link = settings.SITE_URL + reverse("giving_settings")
    administrators = User.objects.filter(
        is_active=True, role_grants__role=Role.ADMINISTRATOR, role_grants__revoked_at=None
    )
    for person in administrators.distinct().order_by("pk"):
        mail.send_mail(
            key=f"giving:closed:{revision}:{person.pk}",
            to=person.email,
            template="giving_closed",
            language=person.language,
            context={"link": link, "declines": declines},
        )
