"""A second factor for the staff of a test: an app whose secret is known, and browsers that have already proved it."""

import re
import time
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from fund import vault
from fund.models import OutgoingMail, User
from fund.roles import is_staff

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app_of(user: User) -> Authenticator:
    """The person's authenticator app, installed now if there is none."""
    known = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return known or TOTP.activate(user, SECRET).instance


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or `steps` times thirty seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def mailed_code() -> str:
    """The six digits of the last sign-in code that was written to anybody."""
    sent = OutgoingMail.objects.filter(subject="Votre code de connexion").order_by("-pk").first()
    assert sent is not None
    found = re.search(r"^(\d{6})$", vault.open_text(sent.text_sealed), re.MULTILINE)
    assert found is not None
    return found[1]


def prove(client: Client, user: User) -> None:
    """The open session of `client` has passed the second factor, as after signing in; nothing for who needs none."""
    if is_staff(user):
        session = client.session
        record_authentication(SimpleNamespace(session=session), user, "mfa", id=app_of(user).pk, type="totp")
        session.save()
