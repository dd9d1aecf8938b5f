"""Grants that are drawn, and who opens which address of the second look."""

from itertools import count
from types import SimpleNamespace

from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest, Decision, SchemeVersion, SecondLook, SecondLookMonth
from aid_requests.second_looks import commitment_of, is_drawn
from fund import clock, vault
from fund.models import School
from tests.aid_requests.committee.factories import make_applicant, make_file

MATRIX: dict[str, set[str] | None] = {
    "second_look_list": {"member1", "member2", "member3", "chair"},
    "second_look_page": {"member1", "member2", "chair"},
    "second_look_rule": None,
}
OBJECT_OF = {"second_look_page": "second_look"}


def granted(people: SimpleNamespace, request: AidRequest) -> Decision:
    """Decided by members 1 and 2."""
    for member in (people.member1, people.member2):
        cast_vote(
            by=member, request=request, choice="grant", revision=request.revision, round_number=request.round
        )
    return Decision.objects.get(request=request, round=request.round)


def addresses(
    people: SimpleNamespace, school: School, version: SchemeVersion
) -> dict[str, dict[str, object]]:
    """A second look at a grant of `version` that no batch holds. The month's seed is one that draws this grant and
    hardly any other, promised as it should be."""
    decision = granted(
        people, make_file(version, make_applicant(school, 80), people.national_referent, number=80)
    )
    month, one_in = clock.today().replace(day=1), 1000
    seed = next(
        seed
        for seed in (f"{number:064x}" for number in count())
        if is_drawn(decision.pk, decision.amount_cents, one_in=one_in, from_cents=0, seed=seed)
    )
    promised = SecondLookMonth.objects.create(
        month=month,
        one_in=one_in,
        from_cents=0,
        seed_sealed=vault.seal_text(seed),
        commitment=commitment_of(month, one_in=one_in, from_cents=0, seed=seed),
        committed_at=decision.decided_at,
    )
    look = SecondLook.objects.create(decision=decision, month=promised, drawn_at=decision.decided_at)
    return {"second_look": {"token": look.token}}
