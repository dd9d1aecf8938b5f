"""What a request says, out of its ciphertext: answers, story, and what they are worth under its own schedule."""

from functools import lru_cache

from aid_requests import schemes
from aid_requests.models import AidRequest, SchemeVersion
from aid_requests.register.facts import asks_register, facts_of
from aid_requests.schemes import Outcome, Scheme, Value
from fund import clock, vault

# A question of this name is the free story: kept apart from the answers, so that it is shown once and only where meant.
STORY = "story"


@lru_cache(maxsize=64)
def _loaded(definition_hash: str, definition: str) -> Scheme:
    return schemes.load(definition)


@lru_cache(maxsize=64)
def _asks_register(definition_hash: str, definition: str) -> bool:
    return asks_register(_loaded(definition_hash, definition))


def scheme_of(version: SchemeVersion) -> Scheme:
    """The schedule of a version; reading the YAML is slow, so each definition is read once a process."""
    return _loaded(version.definition_hash, version.definition)


def answers_of(request: AidRequest) -> dict[str, Value]:
    """The answers without the story; amounts in cents, Paris dates. Raises vault.Erased after an erasure."""
    if not request.answers_sealed:
        return {}
    packed = vault.open_json_for(request.applicant.subject_key, request.answers_sealed)
    return schemes.unpack_answers(scheme_of(request.scheme_version), packed)


def seal_answers(request: AidRequest, answers: dict[str, Value]) -> str:
    packed = schemes.pack_answers(scheme_of(request.scheme_version), answers)
    return vault.seal_json_for(request.applicant.subject_key, packed)


def story_of(request: AidRequest) -> str:
    """What the person wrote, or "". Raises vault.Erased after an erasure."""
    if not request.story_sealed:
        return ""
    return vault.open_text_for(request.applicant.subject_key, request.story_sealed)


def known_of(request: AidRequest) -> dict[str, Value]:
    """What a schedule may compare besides answers; a draft is judged as of today, a signed one as of its signing.

    What the school's list tells is looked up only for schedules that ask.
    """
    signed = request.submitted_at if request.state != "draft" else None
    day = clock.paris_date(signed) if signed is not None else clock.today()
    known: dict[str, Value] = {"register.school": request.school.code, "date.requested_on": day}
    version = request.scheme_version
    return (
        {**known, **facts_of(request)}
        if _asks_register(version.definition_hash, version.definition)
        else known
    )


def outcome_of(request: AidRequest) -> Outcome:
    """What the answers are worth under the version the request was made under."""
    return schemes.evaluate(scheme_of(request.scheme_version), answers_of(request), known_of(request))
