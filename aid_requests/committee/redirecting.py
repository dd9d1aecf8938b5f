"""Where a member may redirect a file, without learning of its school."""

from aid_requests import sealed
from aid_requests.doors import doors_by_code
from aid_requests.models import AidRequest


def doors_for(request: AidRequest, language: str = "fr") -> dict[str, str]:
    """Code → words of the doors to which a member may redirect: the scheme's and those of all schools.

    A school's own list would name the school; the letter says that list's words for a code that it keeps too.
    """
    scheme = sealed.scheme_of(request.scheme_version)
    found = doors_by_code(None, scheme, language=language, through_school=request.through_school)
    return {code: door.label for code, door in found.items()}
