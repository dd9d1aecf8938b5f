"""The codes of the second factor: five tries in a quarter of an hour, each code of an app good for one time."""

from datetime import timedelta
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fund import limits

TRIES = 5
WINDOW = timedelta(minutes=15)
_TOO_MANY = _("Cinq essais ont été faits. Attendez un quart d’heure avant d’essayer encore.")
_USED = _("Ce code a déjà servi. Attendez que l’application en montre un autre.")
# Longer than any code is accepted: thirty seconds, and thirty more on either side for a clock that is off.
_CODE_LASTS = timedelta(minutes=5)


def take_try(user: Any) -> None:
    """Counts one try of this person's second factor. Raises ValidationError when the five are used up."""
    if limits.take("second-factor", str(user.pk), most=TRIES, within=WINDOW) is not None:
        raise ValidationError(_TOO_MANY, code="too_many_tries")


def take_code(user: Any, code: str) -> None:
    """Uses up one code of this person's app. Raises ValidationError when it served before.

    It is named as allauth compares it: "123-456" is "123456".
    """
    who = f"{user.pk}:{normalize_user_code(code)}"
    if not limits.take_once("second-factor-code", who, lasting=_CODE_LASTS):
        raise ValidationError(_USED, code="used")


def _describe(form: Any, label: Any) -> None:
    field = form.fields["code"]
    field.label = label
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "12"}


class _CountsTries:
    """Counts under a row before allauth looks, because allauth counts in a cache that rivals overwrite."""

    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, _("Code de l’application, ou code de secours"))

    def clean_code(self) -> str:
        take_try(self.user)
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            take_code(self.user, code)
        limits.give_back("second-factor", str(self.user.pk), within=WINDOW)
        return code


class SignInCodeForm(_CountsTries, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_CountsTries, ReauthenticateForm):
    """The second factor again, in an open session."""


class NewAppForm(ActivateTOTPForm):
    """Proves that the app reads the secret that was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, _("Code à six chiffres de l’application"))

    def clean_code(self) -> str:
        take_try(self.user)
        code: str = super().clean_code()
        take_code(self.user, code)
        limits.give_back("second-factor", str(self.user.pk), within=WINDOW)
        return code


class NewKeyForm(AddWebAuthnForm):
    """A name for the key; what the browser answers comes in a hidden field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nom de cette clé")
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs = {"maxlength": "60", "autocomplete": "off"}
