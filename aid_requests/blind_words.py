"""Whether a text written for the committee says who the student is: a name, the school, an address or a telephone."""

import re
import unicodedata

from aid_requests.identity import identity_of
from aid_requests.models import AidRequest

SHORTEST_NAME = 3  # « de », « Li »: shorter words are words of every text
_ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:\+|00|0)[1-9](?:[ .\-]?\d{2}){4}")


def says_who(request: AidRequest, text: str) -> bool:
    """True for any word of the student's names or of the school's, whatever the case and the accents."""
    school, identity = request.school, identity_of(request.applicant)
    names = f"{identity.full_name} {identity.chosen_name}" if identity is not None else ""
    telling = {word for word in _words(f"{names} {school.code}") if len(word) >= SHORTEST_NAME}
    told = _words(text)
    phrases = [_words(school.name), _words(school.city)]
    return (
        bool(telling & set(told))
        or any(phrase and f" {' '.join(phrase)} " in f" {' '.join(told)} " for phrase in phrases)
        or _ADDRESS.search(text) is not None
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
