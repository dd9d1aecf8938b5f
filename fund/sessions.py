"""Sessions sealed under the field keys: neither answers nor a code just sent stand readable in a table."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from fund import vault


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, with their data as ciphertext. Unreadable data is an empty session, as Django's."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return vault.seal_text(super().encode(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return super().decode(vault.open_text(str(session_data)))
        except vault.VaultError:
            return {}


def clear_expired_sessions() -> str:
    """Timed work: sessions that ended are deleted."""
    SessionStore.clear_expired()
    return "cleared"
