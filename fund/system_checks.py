"""`manage.py check --deploy`: what must be there before real money passes through."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


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
    """Keys made for the environment, not left empty."""
    if settings.FIELD_KEYS and settings.BLIND_INDEX_KEY:
        return []
    return [Error("FIELD_KEYS and BLIND_INDEX_KEY must be set.", id="fund.E004")]


def register_checks() -> None:
    """Called from `ready()`: an import for its side effect would look unused, and be taken away."""
    for check in (check_stripe_keys, check_vault_keys):
        register(check, Tags.security, deploy=True)
