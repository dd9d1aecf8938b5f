"""Idempotency keys as the provider honours them: the first answer again, errors and all.

The key is taken before anything is done: a second call meanwhile is refused (409). What was refused before it began
(wrong parameters, an unknown address) leaves the key free; a key without an answer after a minute was its process's
last and is free again.
"""

import hashlib
import json
import time
from collections.abc import Callable

from django.db import IntegrityError, transaction

from config.demo.models import StandInAnswer
from config.demo.stripe_answers import Answer, error

IN_USE = 0  # no answer yet
ABANDONED_SECONDS = 60
# The call never began: nothing is kept under its key.
NOT_BEGUN = ("parameter_missing", "parameter_invalid", "parameter_unknown", "amount_too_small", "url_invalid")
OTHER_PARAMETERS = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with."
)
SAME_TIME = "There is currently another in-progress request using this idempotency key."


def once(key: str, asked: list[object], act: Callable[[], Answer]) -> Answer:
    """`act`'s answer, now or when the key was first used; an error for other parameters or two calls at a time."""
    content = json.dumps(asked, sort_keys=True)
    asked_hash = hashlib.sha256(content.encode()).hexdigest()
    if not _take(key, asked_hash):
        known = StandInAnswer.objects.filter(key=key).first()
        if known is not None and known.request_hash != asked_hash:
            return error(400, OTHER_PARAMETERS, kind="idempotency_error")
        if known is None or known.status == IN_USE:
            return error(409, SAME_TIME, kind="idempotency_error", code="idempotency_key_in_use")
        return known.status, json.loads(known.body)
    taken = StandInAnswer.objects.filter(key=key)
    try:
        with transaction.atomic():
            status, body = act()
            if body.get("error", {}).get("code") in NOT_BEGUN or status == 404:
                taken.delete()
            else:
                taken.update(status=status, body=json.dumps(body))
            return status, body
    except BaseException:
        taken.filter(status=IN_USE).delete()
        raise


def _take(key: str, asked_hash: str) -> bool:
    """Whether this call is the key's first, or the first since one that never answered."""
    row = {"request_hash": asked_hash, "status": IN_USE, "body": json.dumps({"since": time.time()})}
    try:
        with transaction.atomic():
            StandInAnswer.objects.create(key=key, **row)
            return True
    except IntegrityError:
        pass
    with transaction.atomic():
        known = StandInAnswer.objects.select_for_update(of=("self",)).filter(key=key, status=IN_USE).first()
        is_old = known is not None and json.loads(known.body)["since"] < time.time() - ABANDONED_SECONDS
        if not is_old:
            return False
        StandInAnswer.objects.filter(key=key).update(**row)
        return True
