"""What all one-time codes share: six digits by mail, fifteen minutes of real time, five tries, three unused at most."""

import secrets
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from fund.roles import Refusal

VALIDITY = timedelta(minutes=15)
MAX_TRIES = 5
MAX_CODES = 3  # unused ones within VALIDITY: neither a mailbox nor six digits can be exhausted


class Code(Protocol):
    expires_at: datetime
    tries: int


def new_digits() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def too_many_refusal(unused: int) -> Refusal | None:
    """Why no further code goes out while `unused` ones were sent within VALIDITY; or None."""
    if unused < MAX_CODES:
        return None
    sentence = _("Trois codes sont déjà partis. Attendez un quart d’heure avant d’en demander un autre.")
    return Refusal("too_many_codes", sentence)


def spent_refusal(code: Code) -> Refusal | None:
    """Why this code proves nothing any more, whatever is typed: it is late, or its tries are used up; or None."""
    if timezone.now() >= code.expires_at:
        return Refusal("late", _("Ce code ne vaut plus : il servait quinze minutes. Demandez-en un autre."))
    return five_tries() if code.tries >= MAX_TRIES else None


def five_tries() -> Refusal:
    return Refusal("five_tries", _("Cinq essais ont été faits avec ce code. Demandez-en un autre."))
