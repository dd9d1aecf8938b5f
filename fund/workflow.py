"""The one engine that changes states: lock, re-read, check, set, write one log row.

Every object with a state has a table of transitions (`<app>/workflow.py`, `fund/treasury/workflow.py`) that fits on
one screen. Nothing else assigns `state`: a test looks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections, models, transaction
from django.utils.translation import gettext as _

from fund import clock
from fund.models import TransitionLog, User

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Step:
    """From any of `sources` to `target`."""

    sources: tuple[str, ...]
    target: str


class Workflow:
    """The transitions of one kind of object, by name."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self.steps = dict(steps)


class WrongState(Exception):
    """The object is not in a state from which this step exists. `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class AlreadyDone(WrongState):
    """The step was made before: the same click, the same file, the same event came twice."""


def lock(model: type[M], pk: Any) -> M:
    """The row, locked until the end of the transaction and read after the lock was had.

    Must be called inside `transaction.atomic`. NO KEY UPDATE: rows that only point at this one are not blocked.
    SQLite has no row locks; there BEGIN IMMEDIATE already holds the only write lock.

    A model names in `READ_WITH_LOCK` what its acts read besides the row; it comes along in one query. Never in the
    locking query itself: PostgreSQL, when it had to wait, joins the new row with the others as they were before.
    """
    rows = model._default_manager.all()
    locked = rows.select_for_update(of=("self",), no_key=True)
    besides: tuple[str, ...] = getattr(model, "READ_WITH_LOCK", ())
    if not besides:
        return locked.get(pk=pk)
    if connections[locked.db].features.has_select_for_update:
        locked.only("pk").get(pk=pk)
    return rows.using(locked.db).select_related(*besides).get(pk=pk)


def move(
    workflow: Workflow,
    obj: M,
    name: str,
    *,
    by: User | None,
    why: str = "",
    fields: Mapping[str, Any] | None = None,
) -> M:
    """Makes the step `name` on a locked `obj`, sets `fields` with it, and logs who, when, from, to and why.

    `why` is a code or an id, never a person's words. Raises AlreadyDone when the object already is where the step
    leads, WrongState when it is anywhere else the step does not start from.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A transition needs a transaction around it.")
    step = workflow.steps[name]
    source = obj.state  # type: ignore[attr-defined]
    if source not in step.sources:
        if source == step.target:
            raise AlreadyDone(_("C’est déjà fait."))
        raise WrongState(_("Cela n’est plus possible : l’état a changé entre-temps."))
    obj.state = step.target  # type: ignore[attr-defined]
    for field, value in (fields or {}).items():
        setattr(obj, field, value)
    obj.save(update_fields=["state", *(fields or {})])
    TransitionLog.objects.create(
        object_kind=obj._meta.label_lower,
        object_id=str(obj.pk),
        name=name,
        from_state=source,
        to_state=step.target,
        by=by,
        at=clock.moment(),
        why=why,
    )
    return obj
