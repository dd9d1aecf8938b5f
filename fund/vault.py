"""Encryption of what must not be read from a database dump, and keyed hashes to recognise equal values.

Two layers: FIELD_KEYS (MultiFernet, the first key writes, all read) wrap one key per person (`SubjectKey`); a
person's data is written under that key, so that deleting the key erases it everywhere. Failing is loud: a wrong
key raises, it never returns the ciphertext as if it were the value.
"""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from fund.models import SubjectKey


class VaultError(Exception):
    """The ciphertext cannot be read with the keys at hand."""


class Erased(VaultError):
    """The person was erased: the key is gone on purpose."""


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is missing.")
    return MultiFernet([Fernet(key.encode()) for key in keys])


def _field_ring() -> MultiFernet:
    return _ring(tuple(settings.FIELD_KEYS))


def seal_bytes(data: bytes) -> bytes:
    """Ciphertext under the field keys: for what belongs to the institution (bank files, events, mails)."""
    return _field_ring().encrypt(data)


def open_bytes(sealed: bytes | memoryview) -> bytes:
    """The bytes back. Raises VaultError under a wrong key or on changed bytes."""
    try:
        return _field_ring().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise VaultError("These bytes were not written under the present FIELD_KEYS.") from error


def seal_text(text: str) -> str:
    return seal_bytes(text.encode()).decode()


def open_text(sealed: str) -> str:
    return open_bytes(sealed.encode()).decode()


def make_subject_key(kind: str) -> SubjectKey:
    """A new key for one person, wrapped by the field keys."""
    return SubjectKey.objects.create(kind=kind, wrapped_key=seal_bytes(Fernet.generate_key()).decode())


def _subject_fernet(key: SubjectKey) -> Fernet:
    if key.wrapped_key is None:
        raise Erased(f"Subject {key.pk} was erased.")
    return Fernet(open_bytes(key.wrapped_key.encode()))


def seal_for(key: SubjectKey, data: bytes) -> bytes:
    """Ciphertext under one person's key. Raises Erased when that person was erased."""
    return _subject_fernet(key).encrypt(data)


def open_for(key: SubjectKey, sealed: bytes | memoryview) -> bytes:
    """Raises Erased when the person was erased, VaultError when the bytes are another's or were changed."""
    try:
        return _subject_fernet(key).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise VaultError("These bytes were not written under this person's key.") from error


def seal_text_for(key: SubjectKey, text: str) -> str:
    return seal_for(key, text.encode()).decode()


def open_text_for(key: SubjectKey, sealed: str) -> str:
    return open_for(key, sealed.encode()).decode()


def seal_json_for(key: SubjectKey, value: Any) -> str:
    return seal_text_for(key, json.dumps(value, ensure_ascii=False, sort_keys=True))


def open_json_for(key: SubjectKey, sealed: str) -> Any:
    return json.loads(open_text_for(key, sealed))


def erase_subject(key: SubjectKey) -> None:
    """Deletes the key: everything written under it is unreadable from now on. The act that calls it logs it."""
    key.wrapped_key = None
    key.erased_at = timezone.now()
    key.save(update_fields=["wrapped_key", "erased_at"])


def blind_index(purpose: str, value: str) -> str:
    """HMAC-SHA256 of `value` for one `purpose`: equal values meet, nobody without the key can try values.

    Raises ValueError on a blank value: two blanks must never look alike (failure 14 of the peers' look-alikes).
    """
    if not value.strip():
        raise ValueError("A blank value has no index.")
    if not settings.BLIND_INDEX_KEY:
        raise ImproperlyConfigured("BLIND_INDEX_KEY is missing.")
    key = base64.urlsafe_b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()
