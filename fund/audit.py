"""Writes the audit trail, and the content hash that movements and audit events carry for the seals."""

import hashlib
import json
from typing import Any

from django.db import models

from fund import clock
from fund.models import AuditEvent, Movement, User


def content_hash(values: dict[str, Any]) -> str:
    """SHA-256 of a row's content: canonical JSON, keys sorted, dates in ISO 8601."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def event_content(event: AuditEvent) -> dict[str, Any]:
    """What an audit event's hash covers: everything but its number and its hash."""
    return {
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "by": event.by_id,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "details": event.details,
    }


def movement_content(movement: Movement) -> dict[str, Any]:
    """What a movement's hash covers: everything but its number and its hash."""
    return {
        "cause_key": movement.cause_key,
        "debit": movement.debit_id,
        "credit": movement.credit_id,
        "amount_cents": movement.amount_cents,
        "kind": movement.kind,
        "entry_ref": movement.entry_ref,
        "occurred_on": movement.occurred_on.isoformat(),
        "recorded_at": movement.recorded_at.isoformat(),
        "pocket": movement.pocket_id,
        "scheme": movement.scheme,
        "school": movement.school_id,
        "subject_kind": movement.subject_kind,
        "subject_id": movement.subject_id,
        "reverses": movement.reverses_id,
    }


def record(action: str, obj: models.Model, *, by: User | None, **details: Any) -> AuditEvent:
    """Adds one audit event about `obj`. `details` may hold ids, codes, cents and hashes; never a person's data."""
    event = drawn_up(action, obj, by=by, **details)
    event.save(force_insert=True)
    return event


def drawn_up(action: str, obj: models.Model, *, by: User | None, **details: Any) -> AuditEvent:
    """The audit event of `record`, with its hash, for whoever writes it together with other rows."""
    event = AuditEvent(
        at=clock.moment(),
        by=by,
        action=action,
        object_kind=obj._meta.label_lower,
        object_id=str(obj.pk),
        details=details,
    )
    event.row_hash = content_hash(event_content(event))
    return event
