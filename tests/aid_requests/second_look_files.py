"""Grants that are drawn, and who opens which address of the second look."""

from types import SimpleNamespace

from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest, Decision, SecondLook, SecondLookMonth
from fund import clock

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


def addresses(request: AidRequest) -> dict[str, dict[str, object]]:
    """A second look at a grant of the school of `request`; the rule draws everything for the time of the making."""
    decision = Decision.objects.filter(outcome="granted").first()
    assert decision is not None
    month, _new = SecondLookMonth.objects.get_or_create(
        month=clock.today().replace(day=1),
        defaults={
            "one_in": 1,
            "from_cents": 0,
            "seed_sealed": "",
            "commitment": "0" * 64,
            "committed_at": decision.decided_at,
        },
    )
    look, _drawn = SecondLook.objects.get_or_create(
        decision=decision, defaults={"month": month, "drawn_at": clock.moment()}
    )
    return {"second_look": {"token": look.token}}
