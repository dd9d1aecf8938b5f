"""What a page sends while it is typed in: every field of the step as it stands, good or not."""

from django.http import QueryDict

from aid_requests import unfinished
from aid_requests.forms.questions import PREFIX
from aid_requests.forms.steps import AccountForm, IdentityForm
from aid_requests.unfinished import Typed

MOST_FIELDS = 400
LONGEST = 100_000  # characters, all fields together


def typed_in(step: str, data: QueryDict) -> Typed | None:
    """The fields of the step out of `data`, nothing else; None when it is more than anybody types."""
    names = sorted(name for name in data if _belongs(step, name))
    typed = {name: data.getlist(name) for name in names}
    length = sum(len(name) + sum(map(len, values)) for name, values in typed.items())
    return None if len(typed) > MOST_FIELDS or length > LONGEST else typed


def _belongs(step: str, name: str) -> bool:
    if step == unfinished.YOU:
        return name in IdentityForm.base_fields
    if step == unfinished.ACCOUNT:
        return name in AccountForm.base_fields
    return name.startswith(f"{PREFIX}-")


def first_values(typed: Typed | None) -> dict[str, str]:
    """One text per field, to be shown again."""
    return {name: values[-1] for name, values in (typed or {}).items() if values}
