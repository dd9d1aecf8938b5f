"""The addresses of what surrounds a request, put together for the sweep: messages, people, lists, the scheme editor."""

from types import SimpleNamespace
from typing import Any

from aid_requests.models import AidRequest
from tests.aid_requests import look_alike_files, people_pages, second_look_files
from tests.aid_requests.committee import outcome_files, rules_pages
from tests.aid_requests.correspondence import addresses as correspondence
from tests.aid_requests.register import pages as register_pages
from tests.aid_requests.scheme_editor import addresses as scheme_pages

MATRIX: dict[str, set[str] | None] = {
    **correspondence.MATRIX,
    **look_alike_files.MATRIX,
    **second_look_files.MATRIX,
    **people_pages.MATRIX,
    **register_pages.MATRIX,
    **outcome_files.MATRIX,
    **rules_pages.MATRIX,
    **scheme_pages.MATRIX,
}
POST_ONLY = (
    correspondence.POST_ONLY
    | outcome_files.POST_ONLY
    | register_pages.POST_ONLY
    | rules_pages.POST_ONLY
    | scheme_pages.POST_ONLY
)
OBJECT_OF = {
    **correspondence.OBJECT_OF,
    **look_alike_files.OBJECT_OF,
    **second_look_files.OBJECT_OF,
    **people_pages.OBJECT_OF,
    **register_pages.OBJECT_OF,
    **outcome_files.OBJECT_OF,
    **rules_pages.OBJECT_OF,
    **scheme_pages.OBJECT_OF,
}


def addresses(people: SimpleNamespace, request: AidRequest) -> dict[str, dict[str, Any]]:
    """One of each thing that these addresses name, around one whole request."""
    return {
        **correspondence.addresses(people, request),
        **look_alike_files.addresses(people, request.school, request),
        **second_look_files.addresses(people, request.school, request.scheme_version),
        **people_pages.addresses(people, request.school, request.applicant.user),
        **register_pages.addresses(people, request.school),
        **outcome_files.addresses(people, request),
        **rules_pages.addresses(people.administrator),
        **scheme_pages.addresses(people.administrator),
    }
