"""Signing in: one form, one answer. A known address gets a code; so does a new one of a school's domain, and one that
an app knows otherwise (a donor's).

Anyone else sees the same page and gets nothing, so that the form tells nobody who has an account (failure 11: no
mail to strangers).
"""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from fund import limits, mail, registry, vault
from fund.models import School, SignInTries, User
from fund.school_domains import has_tag, is_of_domains

# What one mailbox gets at most, whoever asks from wherever; beyond it nothing is sent and the page says the same.
MAILS_PER_HOUR = 30


class AccountAdapter(DefaultAccountAdapter):
    """Mails go out as rows like every other mail; nobody signs up by allauth's own form."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("Ce code n’est pas le bon. Vérifiez les six chiffres."),
        "too_many_login_attempts": _("Trop d’essais. Demandez un autre code, ou attendez dix minutes."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request) or "unknown"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if limits.take("sign-in-mail", email.lower(), most=MAILS_PER_HOUR, within=timedelta(hours=1)):
            return
        code = str(context.get("code", ""))
        key = hashlib.sha256(f"{email}{code}{timezone.now().isoformat()}".encode()).hexdigest()
        mail.send_mail(
            key=f"sign-in:{key}",
            to=email,
            template="sign_in_code",
            language=translation.get_language() or "fr",
            context={"code": code, "site_url": settings.SITE_URL},
        )

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only errors: allauth's other flashes would repeat what the pages already say, and name the address."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)


def take_try(state: dict[str, Any]) -> bool:
    """One of the five tries of the code described by allauth's `state`; False when they are used up.

    allauth counts in the session, where parallel tries overwrite each other's count; here they queue on a row.
    """
    marks = f"{state.get('at')}:{state.get('user_id')}:{state.get('resend_count')}:{state.get('email')}"
    with transaction.atomic():
        key = vault.blind_index("sign-in-code", marks)
        SignInTries.objects.get_or_create(code_key=key)
        row = SignInTries.objects.select_for_update(of=("self",)).get(code_key=key)
        if row.tries >= settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS:
            return False
        row.tries += 1
        row.save(update_fields=["tries"])
    return True


def forget_old_tries() -> str:
    """Timed work: counts of codes that cannot be used any more."""
    deleted, _by_model = SignInTries.objects.filter(
        created_at__lt=timezone.now() - timedelta(days=1)
    ).delete()
    return f"{deleted} forgotten"


def school_of_address(email: str) -> School | None:
    """The open school whose domain (or a sub-domain of it) the address belongs to."""
    schools = School.objects.filter(is_open=True).order_by("pk")
    return next((school for school in schools if is_of_domains(email, school.email_domains)), None)


class SignInForm(RequestLoginCodeForm):
    """Asks for an address. Makes the account of a new student, whose address is one of a school's domain, and of
    whomever an app knows by that mailbox."""

    _user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Votre adresse électronique")
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "placeholder": ""}

    def clean_email(self) -> str:
        email = super().clean_email().strip().lower()
        if email and self._user is None:
            if registry.is_replaced_address(email):
                tell_replaced(email)
            elif _may_have_an_account(email):
                self._user = _account_of(email)
        return email


def tell_replaced(email: str) -> None:
    """Writes to an address that signed in once, at most once an hour: another one does now, and never which.

    The page says what it says to everybody; only who reads that mailbox learns why no code came.
    """
    if limits.take("replaced-address-mail", email, most=1, within=timedelta(hours=1)):
        return
    mail.send_mail(
        key=f"address-replaced:{uuid.uuid4()}",
        to=email,
        template="address_replaced",
        language=translation.get_language() or "fr",
        context={"site_url": settings.SITE_URL},
    )


def _may_have_an_account(email: str) -> bool:
    if registry.is_replaced_address(email):  # its owner chose another one to sign in with
        return False
    is_new_student = school_of_address(email) is not None and not has_tag(email)
    return is_new_student or bool(registry.mailbox_kinds(email))


def may_sign_on(email: str) -> bool:
    """Whether an address that a school's provider vouches for opens an account: one of a school's domain, which its
    owner did not replace, and whose account was not closed."""
    if school_of_address(email) is None or registry.is_replaced_address(email):
        return False
    return not User.objects.filter(email=email, is_active=False).exists()


def sign_on(*, email: str) -> User | None:
    """The account of such an address, made when there is none; None for any other."""
    return _account_of(email) if may_sign_on(email) else None


def _account_of(email: str) -> User | None:
    """The account of an address, made when there is none; None for one that was closed."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, language=translation.get_language() or "fr")
    except IntegrityError:
        return User.objects.filter(email=email, is_active=True).first()


def choose_language(*, by: User, language: str) -> None:
    """Mails follow the language chosen on the screen; an unknown one changes nothing."""
    if language in dict(settings.LANGUAGES) and by.language != language:
        by.language = language
        by.save(update_fields=["language"])


def close_account(*, user: User) -> None:
    """Takes address and name off an account that nobody has a use for any more; its sessions end with it.

    Must run inside the act's transaction. The row stays: what it did in the past points at it.
    """
    EmailAddress.objects.filter(user=user).delete()
    user.email, user.display_name, user.is_active = f"{uuid.uuid4().hex}@closed.invalid", "", False
    user.save(update_fields=["email", "display_name", "is_active"])
