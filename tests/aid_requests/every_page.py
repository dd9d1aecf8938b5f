"""The addresses of what surrounds a request, put together for the sweep: messages, people, lists, the scheme editor."""

from types import SimpleNamespace
from typing import Any

from aid_requests.models import AidRequest
from tests.aid_requests import advance_files, look_alike_files, people_pages, second_look_files
from tests.aid_requests.committee import outcome_files, queue_files, rules_pages, sitting_files
from tests.aid_requests.correspondence import addresses as correspondence
from tests.aid_requests.register import pages as register_pages
from tests.aid_requests.scheme_editor import addresses as scheme_pages

MATRIX: dict[str, set[str] | None] = {
    **correspondence.MATRIX,
    **advance_files.MATRIX,
    **look_alike_files.MATRIX,
    **second_look_files.MATRIX,
    **people_pages.MATRIX,
    **register_pages.MATRIX,
    **outcome_files.MATRIX,
    **queue_files.MATRIX,
    **rules_pages.MATRIX,
    **sitting_files.MATRIX,
    **scheme_pages.MATRIX,
}
POST_ONLY = (
    correspondence.POST_ONLY
    | outcome_files.POST_ONLY
    | queue_files.POST_ONLY
    | register_pages.POST_ONLY
    | rules_pages.POST_ONLY
    | sitting_files.POST_ONLY
    | scheme_pages.POST_ONLY
)
OBJECT_OF = {
    **correspondence.OBJECT_OF,
    **advance_files.OBJECT_OF,
    **look_alike_files.OBJECT_OF,
    **second_look_files.OBJECT_OF,
    **people_pages.OBJECT_OF,
    **register_pages.OBJECT_OF,
    **queue_files.OBJECT_OF,
    **outcome_files.OBJECT_OF,
    **rules_pages.OBJECT_OF,
    **sitting_files.OBJECT_OF,
    **scheme_pages.OBJECT_OF,
}


def addresses(people: SimpleNamespace, request: AidRequest) -> dict[str, dict[str, Any]]:
    """One of each thing that these addresses name, around one whole request."""
    return {
        **correspondence.addresses(people, request),
        **advance_files.addresses(people, request.school, request.scheme_version),
        **look_alike_files.addresses(people, request.school, request),
        **second_look_files.addresses(people, request.school, request.scheme_version),
        **people_pages.addresses(people, request.school, request.applicant.user),
        **register_pages.addresses(people, request.school),
        **queue_files.addresses(people, request),
        **outcome_files.addresses(people, request),
        **rules_pages.addresses(people.administrator),
        **sitting_files.addresses(people, request),
        **scheme_pages.addresses(people.administrator),
    }
