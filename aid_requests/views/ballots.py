"""What a vote on one file may name: shown by every page that takes one."""

from collections.abc import Mapping

from django.utils.translation import get_language

from aid_requests.committee import papers, redirecting
from aid_requests.models import AidRequest


def offered(file: AidRequest) -> dict[str, Mapping[str, str]]:
    """The doors and the papers, code → words in the reader's language, as the vote forms take them."""
    language = get_language() or "fr"
    return {
        "doors": redirecting.doors_for(file, language),
        "papers": papers.papers_for(file, language),
    }


def as_read(file: AidRequest) -> dict[str, int]:
    """Which state of the file a ballot is about: the act refuses when it changed meanwhile."""
    return {"revision": file.revision, "round_number": file.round, "turn": file.turn}
