"""`manage.py check --deploy`: what must be there before real money passes through."""

import base64
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.http.request import validate_host

_KEY_BYTES = 32
_DIFFERENT_BYTES = 16


def check_stripe_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Without DEMO and without a Stripe key giving is closed: a deployment must say so loudly."""
    errors = []
    if not settings.DEMO and not settings.STRIPE_SECRET_KEY:
        errors.append(Error("STRIPE_SECRET_KEY is missing: giving is closed.", id="fund.E001"))
    if not settings.DEMO and not settings.STRIPE_WEBHOOK_SECRET:
        errors.append(
            Error("STRIPE_WEBHOOK_SECRET is missing: no event of Stripe can be trusted.", id="fund.E002")
        )
    if settings.DEMO:
        errors.append(Error("DEMO=1: the demo is not to be deployed.", id="fund.E003"))
    return errors


def check_vault_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Keys made for the environment: there, made by chance, and one apart from the other."""
    if not settings.FIELD_KEYS or not settings.BLIND_INDEX_KEY:
        return [Error("FIELD_KEYS and BLIND_INDEX_KEY must be set.", id="fund.E004")]
    errors = []
    for name, keys in (("FIELD_KEYS", settings.FIELD_KEYS), ("BLIND_INDEX_KEY", [settings.BLIND_INDEX_KEY])):
        if any(_is_weak(key) for key in keys):
            hint = "Make each with: python -c 'import os, base64; print(base64.urlsafe_b64encode(os.urandom(32)))'"
            errors.append(
                Error(f"{name} holds a key that was not made by chance.", hint=hint, id="fund.E005")
            )
    if (
        len({*settings.FIELD_KEYS, settings.BLIND_INDEX_KEY, settings.SECRET_KEY})
        < len(settings.FIELD_KEYS) + 2
    ):
        errors.append(Error("SECRET_KEY, FIELD_KEYS and BLIND_INDEX_KEY must differ.", id="fund.E006"))
    return errors


def _is_weak(key: str) -> bool:
    """Thirty-two bytes drawn by chance hold some thirty different ones; a pattern holds fewer, a sentence is text."""
    try:
        data = base64.urlsafe_b64decode(key)
    except ValueError:
        return True
    return (
        len(data) < _KEY_BYTES or len(set(data)) < _DIFFERENT_BYTES or all(32 <= byte < 127 for byte in data)
    )


def check_addresses(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Links in mails, passkeys and the proxies' word all hang on these."""
    site, errors = urlsplit(settings.SITE_URL), []
    if site.scheme != "https" or not site.hostname:
        errors.append(Error("SITE_URL must be the public address, with https.", id="fund.E007"))
    if "*" in settings.ALLOWED_HOSTS or not validate_host(site.hostname or "", settings.ALLOWED_HOSTS):
        errors.append(
            Error("ALLOWED_HOSTS must name the host of SITE_URL, and not everything.", id="fund.E008")
        )
    for network in settings.TRUSTED_PROXIES:
        if network != "unix" and not _is_narrow(network):
            errors.append(Error("TRUSTED_PROXIES must list the networks of our own proxies.", id="fund.E009"))
    return errors


def _is_narrow(network: str) -> bool:
    try:
        return ip_network(network).prefixlen > 0
    except ValueError:
        return False


def check_frame(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The two that hold for every page: none opens a role before its second factor, none is sent without end."""
    needed = ("fund.staff_sessions.StaffSessionMiddleware", "fund.limits.PostLimitsMiddleware")
    missing = [name for name in needed if name not in settings.MIDDLEWARE]
    return [Error(f"{name} is missing from MIDDLEWARE.", id="fund.E010") for name in missing]


def check_sign_on(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A school's single sign-on is set whole, over https, or not at all."""
    if not settings.OIDC_ISSUER:
        return []
    missing = [name for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if not getattr(settings, name)]
    errors = [Error(f"{name} is missing beside OIDC_ISSUER.", id="fund.E011") for name in missing]
    if urlsplit(settings.OIDC_ISSUER).scheme != "https":
        errors.append(Error("OIDC_ISSUER must be an https address.", id="fund.E012"))
    return errors


def register_checks() -> None:
    """Called from `ready()`: an import for its side effect would look unused, and be taken away."""
    for check in (check_stripe_keys, check_vault_keys, check_addresses, check_frame, check_sign_on):
        register(check, Tags.security, deploy=True)
