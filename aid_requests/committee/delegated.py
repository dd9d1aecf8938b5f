"""What was decided by delegation and what waits for a signature, as the committee reads it."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from aid_requests.committee import permissions, queries, rules, seats
from aid_requests.models import AidRequest, Decision, Opinion
from aid_requests.models.decisions import FAVOURABLE
from aid_requests.models.requests import RequestState
from fund.models import User


def decisions_by_delegation(member: User) -> QuerySet[Decision]:
    """What the delegate reports to the committee, the latest first: of the files that this person reads."""
    rows = Decision.objects.exclude(delegation="").filter(request__in=queries.readable_files(member))
    return rows.select_related("request", "rules").defer("letter_sealed").order_by("-decided_at", "-pk")


def totals(decisions: QuerySet[Decision]) -> dict[str, int]:
    """How many, how many of them in favour, and for how many cents."""
    in_favour = Q(outcome__in=FAVOURABLE)
    found = decisions.order_by().aggregate(
        number=Count("pk"),
        granted=Count("pk", filter=in_favour),
        cents=Sum("amount_cents", filter=in_favour),
    )
    return {name: value or 0 for name, value in found.items()}


def files_to_sign(member: User) -> list[AidRequest]:
    """Files whose opinion waits for this person's signature, the oldest opinion first."""
    here = {name: OuterRef(name) for name in ("revision", "round", "turn")}
    given = Opinion.objects.filter(request=OuterRef("pk"), **here)
    files = queries.readable_files(member).filter(Exists(given), state=RequestState.IN_REVIEW)
    waiting = files.annotate(given_at=given.order_by("-pk").values("given_at")[:1]).order_by(
        F("given_at"), "pk"
    )
    rows = waiting.select_related("applicant", "scheme_version__scheme").defer(
        "answers_sealed", "story_sealed"
    )
    return [file for file in rows if permissions.can_sign(member, file) is None]


def to_sign_count(member: User) -> int:
    return len(files_to_sign(member))


def may_sign_something(member: User) -> bool:
    """Whether any opinion waits at all, so that the side list asks no more of everybody else."""
    return Opinion.objects.filter(decision=None).exists() and bool(files_to_sign(member))


def is_used() -> bool:
    """Whether something was decided by delegation, or may be."""
    in_force = any(
        rules.Mode.DELEGATION in seats.read(one).modes_used for one in seats.open_versions().values()
    )
    return in_force or Decision.objects.exclude(delegation="").exists()
