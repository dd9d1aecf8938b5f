"""What this database is, and whether it may be opened: the checks every process makes before it serves anything."""

import base64

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from fund import clock, vault
from fund.models import Installation

_PROBE = "one known sentence"
_BLIND_INDEX_KEY_BYTES = 32


class WrongStart(ImproperlyConfigured):
    """The process must not start: wrong or malformed keys, or demo money next to real settings."""


def mark_installation(*, is_demo: bool) -> Installation:
    """Writes the one row that says what this database is, the first time; afterwards checks it."""
    with transaction.atomic():
        row, made = Installation.objects.get_or_create(
            id=1,
            defaults={
                "is_demo": is_demo,
                "field_key_check": vault.seal_text(_PROBE),
                "blind_key_check": vault.blind_index("installation", _PROBE),
                "created_at": timezone.now(),
            },
        )
    if not made and row.is_demo != is_demo:
        raise WrongStart("This database is already of the other sort: demo and real data never share one.")
    return row


def refuse_wrong_start() -> None:
    """Raises WrongStart when this database must not be opened with these settings; sets the demo's clock.

    A database without its row yet (never migrated, or empty) is let through. One that cannot be reached raises
    Django's own error: a process that started without it would never be judged.
    """
    if settings.DEMO and settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
        raise WrongStart("DEMO=1 with a live Stripe key: fake and real money would mix. Unset one of them.")
    refuse_malformed_keys()
    connection.ensure_connection()
    try:
        row = Installation.objects.filter(id=1).first()
    except DatabaseError:
        return
    if row is None:
        return
    _refuse_wrong_keys(row)
    if row.is_demo and not settings.DEMO:
        raise WrongStart("This database holds demo rows: start it with DEMO=1, or use another DATABASE_URL.")
    if settings.DEMO and not row.is_demo:
        raise WrongStart("This database holds real rows: it cannot be opened with DEMO=1.")
    clock.set_shift(row.created_at if row.is_demo else None)


def refuse_malformed_keys() -> None:
    """Raises WrongStart, with the name and never the value, when a key is missing or cannot be one."""
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
        if not _value_of(name):
            raise WrongStart(f"{name} is missing: set it in the environment or put var/keys.env back.")
    try:
        for key in settings.FIELD_KEYS:
            Fernet(key.encode())
    except ValueError:
        raise WrongStart(
            "FIELD_KEYS is malformed: each key, separated by commas, is 32 bytes in URL-safe base64."
        ) from None
    try:
        too_short = len(base64.urlsafe_b64decode(settings.BLIND_INDEX_KEY)) < _BLIND_INDEX_KEY_BYTES
    except ValueError:
        too_short = True
    if too_short:
        raise WrongStart("BLIND_INDEX_KEY is malformed: it is 32 bytes or more in URL-safe base64.")


def _value_of(name: str) -> object:
    """The setting, or None when Django itself refuses to give it (an empty SECRET_KEY)."""
    try:
        return getattr(settings, name)
    except ImproperlyConfigured:
        return None


def _refuse_wrong_keys(row: Installation) -> None:
    try:
        vault.open_text(row.field_key_check)
    except vault.VaultError:
        raise WrongStart("FIELD_KEYS is not what this database was written under.") from None
    if vault.blind_index("installation", _PROBE) != row.blind_key_check:
        raise WrongStart("BLIND_INDEX_KEY is not what this database was written under.")
