"""Two browsers at one step: a page carries the mark of what it showed, so that nothing unseen is overwritten.

A mark is a keyed hash of the step's values: it says nothing about them, and equal values have equal marks.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from aid_requests import schemes, sealed, unfinished
from aid_requests.declarations import open_account
from aid_requests.identity import Identity, identity_of
from aid_requests.models import AidRequest
from aid_requests.schemes import Scheme, Value
from fund import vault
from fund.roles import Refusal, Refused

_LENGTH = 16
CHANGED_ELSEWHERE = "changed_elsewhere"


def demand_seen(seen: str, *, now: str, wanted: str) -> None:
    """Raises Refused when the page showed `seen`, another state is kept `now`, and it is not the one `wanted`.

    A form without a mark is taken as it comes. The caller holds the request.
    """
    if seen and seen != now and now != wanted:
        sentence = _("Cette étape a été changée dans un autre onglet : relisez, puis continuez.")
        raise Refused(Refusal(CHANGED_ELSEWHERE, sentence))


def identity_mark(identity: Identity | None, *, through_school: bool) -> str:
    return _mark("you", {**(vars(identity) if identity else {}), "through_school": through_school})


def answers_mark(scheme: Scheme, answers: Mapping[str, Value], story: str) -> str:
    return _mark("situation", {"answers": schemes.pack_answers(scheme, answers), "story": story})


def account_mark(iban: str, holder: str) -> str:
    """`iban` without spaces; both "" while there is none."""
    return _mark("account", {"iban": iban, "holder": holder})


def kept_identity_mark(request: AidRequest) -> str:
    kept = identity_mark(identity_of(request.applicant), through_school=request.through_school)
    return _with_typed(request, unfinished.YOU, kept)


def kept_answers_mark(request: AidRequest) -> str:
    scheme = sealed.scheme_of(request.scheme_version)
    kept = answers_mark(scheme, sealed.answers_of(request), sealed.story_of(request))
    return _with_typed(request, unfinished.SITUATION, kept)


def kept_account_mark(request: AidRequest) -> str:
    kept = account_mark("", "")
    if request.bank_details is not None:
        account, holder = open_account(request.bank_details)
        kept = account_mark(account.compact, holder)
    return _with_typed(request, unfinished.ACCOUNT, kept)


def _with_typed(request: AidRequest, step: str, kept: str) -> str:
    """What a page of this step shows: what is kept, and over it what was typed since."""
    typed = unfinished.typed_of(request, step)
    return kept if typed is None else _mark(step, {"kept": kept, "typed": typed})


def _mark(step: str, values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, default=str)
    return vault.blind_index(f"seen-{step}", text)[:_LENGTH]
