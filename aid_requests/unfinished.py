"""What was typed in a step and not confirmed by « Continuer » yet, out of its ciphertext."""

import json

from django.http import QueryDict

from aid_requests.models import AidRequest, UnfinishedStep
from fund import vault

YOU, SITUATION, ACCOUNT = "you", "situation", "account"
STEPS = (YOU, SITUATION, ACCOUNT)

# A field of the page → what was typed there, as a form sends it.
Typed = dict[str, list[str]]


def row_of(request: AidRequest, step: str) -> UnfinishedStep | None:
    return UnfinishedStep.objects.filter(request=request, step=step).first()


def typed_of(request: AidRequest, step: str) -> Typed | None:
    """What was typed last in this step, or None when it is as it was kept. Raises vault.Erased after an erasure."""
    row = row_of(request, step)
    return None if row is None else open_typed(request, row)


def open_typed(request: AidRequest, row: UnfinishedStep) -> Typed:
    typed: Typed = json.loads(vault.open_text_for(request.applicant.subject_key, row.typed_sealed))
    return typed


def seal_typed(request: AidRequest, typed: Typed) -> str:
    return vault.seal_json_for(request.applicant.subject_key, typed)


def was_typed_on(request: AidRequest, step: str, page: str) -> bool:
    """Whether what is typed in this step came from the shown page `page`, and no other."""
    row = row_of(request, step)
    return bool(page) and row is not None and row.page == page


def as_form_data(typed: Typed) -> QueryDict:
    """As if it had just been sent."""
    data = QueryDict(mutable=True)
    for name, texts in typed.items():
        data.setlist(name, texts)
    return data


def forget(request: AidRequest, *steps: str) -> None:
    """Once a step is kept, or the draft is given up. Must run inside the act's transaction."""
    UnfinishedStep.objects.filter(request=request, step__in=steps).delete()
