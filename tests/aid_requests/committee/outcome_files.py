"""Votes, money and the addresses of the waiting list, for the tests of the outcomes."""

from types import SimpleNamespace
from typing import Any

from aid_requests.committee import actions
from aid_requests.documents import check_upload
from aid_requests.models import Adjournment, AidRequest, BroughtPaper
from fund import clock, vault
from fund.models import User
from tests.aid_requests.committee.factories import make_applicant, make_file
from tests.papers import pdf

_RULERS = {"referent", "national_referent", "chair"}
MATRIX: dict[str, set[str] | None] = {
    "waiting_list": {"member1", "member2", "member3", "chair"},
    "serve_waiting_list": {"chair"},
    "awaited_papers": {"referent", "other_referent", "national_referent", "chair"},
    "awaited_page": _RULERS,
    "awaited_file": _RULERS,
    "accept_paper": _RULERS,
    "return_paper": _RULERS,
    "request_papers": {"owner"},
    "adjournment_file": {"owner"},
    "signature_list": {"member1", "member2", "member3", "chair"},
    "delegation_list": {"member1", "member2", "member3", "chair"},
    "sign_decision": set(),  # nobody before the opinion: `test_condition_pages`
}
POST_ONLY = {"serve_waiting_list", "awaited_file", "accept_paper", "return_paper"}
OBJECT_OF = {
    "awaited_page": "awaited",
    "awaited_file": "brought",
    "accept_paper": "brought",
    "return_paper": "brought",
    "request_papers": "request",
    "adjournment_file": "adjournment",
    "sign_decision": "request",
}
REDIRECTION = {"reason_code": "other_duty", "door_code": "social_worker"}


USUAL: dict[str, dict[str, Any]] = {
    "refuse": {"reason_code": "not_covered"},
    "redirect": REDIRECTION,
    "adjourn": {"reason_code": "facts"},
    "grant_subject": {"paper_codes": ["expense_proof"]},
}


def vote(by: User, request: AidRequest, choice: str = "grant", **more: Any) -> Any:
    """One vote on the request as it is now, with a good reason, door or paper where the choice asks for one."""
    request.refresh_from_db()
    usual = USUAL.get(choice, {})
    return actions.cast_vote(
        by=by,
        request=request,
        choice=choice,
        revision=request.revision,
        round_number=request.round,
        turn=request.turn,
        **{**usual, **more},
    )


def decide(request: AidRequest, members: list[User], choice: str) -> Any:
    """Decided by the last of `members`, who all say the same."""
    decisions = [vote(member, request, choice) for member in members]
    assert decisions[:-1] == [None] * (len(members) - 1)
    assert decisions[-1] is not None
    request.refresh_from_db()
    return decisions[-1]


def bring(request: AidRequest, text: str = "facture", code: str = "expense_proof") -> BroughtPaper:
    """A paper that the student brings."""
    upload = check_upload("facture-marqueur.pdf", pdf(text))
    return actions.bring_paper(by=request.applicant.user, request=request, code=code, upload=upload)


def addresses(people: SimpleNamespace, request: AidRequest) -> dict[str, dict[str, object]]:
    """A grant of another student of the same school that waits for a paper, one of which was brought; and a letter of
    an adjournment of `request`."""
    version, school = request.scheme_version, request.school
    other = make_file(version, make_applicant(school, 81), people.national_referent, number=81)
    decide(other, [people.member1, people.member2], "grant_subject")
    row = Adjournment.objects.create(
        request=request,
        revision=1,
        round=1,
        turn=1,
        reason_codes=["facts"],
        vote_ids=[],
        last_vote_by=people.chair,
        adjourned_at=clock.moment(),
        read_again_on=clock.today(),
        letter_sealed=vault.seal_for(request.applicant.subject_key, b"%PDF-"),
        letter_sha256="0" * 64,
    )
    return {
        "awaited": {"token": other.token},
        "brought": {"paper": bring(other).token},
        "adjournment": {"token": request.token, "number": row.pk},
    }
