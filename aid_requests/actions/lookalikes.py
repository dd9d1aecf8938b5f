"""Marks of signed files, the pairs in which they meet, and what a national referent says of a pair."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from aid_requests import lookalikes
from aid_requests.models import AidRequest, LookAlike, LookAlikeMark, LookAlikeRuling
from aid_requests.models.lookalikes import (
    VERDICT_OF,
    LookAlikeKind,
    LookAlikeReason,
    LookAlikeState,
)
from aid_requests.models.requests import RequestState
from aid_requests.workflow import LOOK_ALIKE
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone, WrongState

NOTE_LENGTH = 500
A_RUN = 2000  # files one run of the timed work takes up: the next run goes on
# How long two signatures of one instant, which did not see each other, are looked for again.
LOOK_BACK = timedelta(days=2)
_UNSIGNED = (RequestState.DRAFT, RequestState.WITHDRAWN)


def note_marks(request: AidRequest) -> None:
    """Keeps the hashes of what was just signed, drops those it holds no more, and notes whom they meet.

    The caller holds the request in its transaction. Refuses and raises nothing: a signal never stops an act.
    """
    try:
        wanted = lookalikes.values_of(request)
    except vault.Erased:
        return drop_marks(request)
    key_mark, now = lookalikes.present_key(), clock.moment()
    kept = set()
    for mark in LookAlikeMark.objects.filter(request=request):
        if (mark.kind, mark.value_hash) in wanted and mark.key_mark == key_mark:
            kept.add((mark.kind, mark.value_hash))
        else:
            mark.delete()
    fresh = [
        LookAlikeMark(
            request=request,
            applicant=request.applicant,
            kind=kind,
            value_hash=value,
            key_mark=key_mark,
            noted_at=now,
        )
        for kind, value in sorted(wanted)
        if (kind, value) not in kept
    ]
    LookAlikeMark.objects.bulk_create(fresh)
    for mark in fresh:
        note_matches(mark)


def renew_marks(request: AidRequest) -> None:
    """A call about a request came, or is kept no more: its number too, whatever has been signed."""
    request = workflow.lock(AidRequest, request.pk)
    if request.state in _UNSIGNED:
        drop_marks(request, LookAlikeKind.PHONE)
    else:
        note_marks(request)


def drop_marks(request: AidRequest, *kinds: LookAlikeKind) -> None:
    """Deletes the hashes of a request (of `kinds` alone when named): it was withdrawn, or the thing is kept no more."""
    rows = LookAlikeMark.objects.filter(request=request)
    (rows.filter(kind__in=kinds) if kinds else rows).delete()


def note_matches(mark: LookAlikeMark) -> int:
    """Puts the marked request beside the newest of others' that hold the same; how many pairs are new."""
    others = (
        LookAlikeMark.objects.filter(kind=mark.kind, value_hash=mark.value_hash)
        .exclude(applicant=mark.applicant_id)
        .exclude(request__state=RequestState.WITHDRAWN)
        .filter(applicant__subject_key__wrapped_key__isnull=False)
        .order_by("-request")
    )
    found = list(others.select_related("request")[: lookalikes.MOST_OTHERS])
    persons = {other.applicant_id for other in found}
    if mark.kind == LookAlikeKind.DOCUMENT and len(persons) > lookalikes.COMMON_PAPER:
        return 0
    return sum(_note_pair(mark, other) for other in found)


def _note_pair(mark: LookAlikeMark, other: LookAlikeMark) -> bool:
    one, two = sorted((mark.request_id, other.request_id))
    row, is_new = LookAlike.objects.get_or_create(
        first_id=one, second_id=two, kind=mark.kind, defaults={"noted_at": clock.moment()}
    )
    if is_new:
        audit.record("look_alike.noted", row, by=None, kind=mark.kind)
        _explain_as_before(row, mark, other)
    return is_new


def _explain_as_before(row: LookAlike, mark: LookAlikeMark, other: LookAlikeMark) -> None:
    """The same two persons shared the same thing in other files, and somebody explained it: once is enough."""
    same_thing = LookAlikeMark.objects.filter(kind=mark.kind, value_hash=mark.value_hash)
    mine = same_thing.filter(applicant=mark.applicant_id).values("request")
    theirs = same_thing.filter(applicant=other.applicant_id).values("request")
    explained = LookAlike.objects.filter(kind=mark.kind, state=LookAlikeState.EXPLAINED)
    before = explained.filter(first__in=mine, second__in=theirs) | explained.filter(
        first__in=theirs, second__in=mine
    )
    former = LookAlikeRuling.objects.filter(look_alike__in=before).order_by("-pk").first()
    if former is not None:
        _write_ruling(row, former.reason, by=None, note="", follows=former)


def rule_on_pair(
    *, by: User, look_alike: LookAlike, reason: str, note: str, seen: Collection[str]
) -> list[LookAlikeRuling]:
    """Says why two files share what they share, for the whole pair at once. Neither file nor vote changes.

    `seen` are the kinds that the page showed as not explained. What was confirmed may be explained later; what was
    explained stays so. Raises AlreadyDone when nothing is left to say, WrongState when another kind came since the
    page was shown, Refused for whoever may not, an unknown reason, a long note.
    """
    with transaction.atomic():
        rows = _lock_pair(look_alike)
        demand(lookalikes.can_rule(by, rows[0]))
        demand(_ruling_refusal(reason, note))
        unexplained = [row for row in rows if row.state != LookAlikeState.EXPLAINED]
        verdict = VERDICT_OF[LookAlikeReason(reason)]
        left = [row for row in unexplained if row.state != verdict]
        if not left:
            raise AlreadyDone(_("C’est déjà dit : ce signal est fermé."))
        if {row.kind for row in unexplained} != set(seen):
            raise WrongState(_("Ces dossiers ont changé pendant votre lecture : relisez-les."))
        return [_write_ruling(row, reason, by=by, note=note.strip(), follows=None) for row in left]


def _lock_pair(look_alike: LookAlike) -> list[LookAlike]:
    pair = LookAlike.objects.filter(first=look_alike.first_id, second=look_alike.second_id)
    return [workflow.lock(LookAlike, pk) for pk in pair.order_by("pk").values_list("pk", flat=True)]


def _ruling_refusal(reason: str, note: str) -> Refusal | None:
    if reason not in LookAlikeReason.values:
        return Refusal("reason", _("Choisissez ce qu’il en est."))
    if len(note.strip()) > NOTE_LENGTH:
        return Refusal("note", _("Cette note est trop longue."))
    return None


def _write_ruling(
    row: LookAlike, reason: str, *, by: User | None, note: str, follows: LookAlikeRuling | None
) -> LookAlikeRuling:
    verdict = VERDICT_OF[LookAlikeReason(reason)]
    step = "explain" if verdict == LookAlikeState.EXPLAINED else "confirm"
    ruling = LookAlikeRuling.objects.create(
        look_alike=row,
        reason=reason,
        note_sealed=lookalikes.seal_note(row, note) if note else "",
        by=by,
        follows=follows,
        ruled_at=clock.moment(),
    )
    workflow.move(LOOK_ALIKE, row, step, by=by, why=reason)
    audit.record("look_alike.ruled", row, by=by, kind=row.kind, verdict=str(verdict), reason=reason)
    return ruling


def note_missing_marks() -> str:
    """Timed work, as often as one likes: marks of old files and of a former key, marks of the erased, missed meetings.

    A file that cannot be opened is counted and left; it does not keep the others from being marked.
    """
    gone = LookAlikeMark.objects.filter(applicant__subject_key__wrapped_key=None).delete()[0]
    marked = unreadable = 0
    for pk in list(_unmarked().values_list("pk", flat=True)[:A_RUN]):
        try:
            marked += _mark_old(pk)
        except vault.VaultError:
            unreadable += 1
    met = sum(_meet_again(mark) for mark in _met_lately())
    return f"{marked} marked, {gone} erased, {met} met, {unreadable} unreadable"


def _unmarked() -> QuerySet[AidRequest]:
    """Signed files without a mark of the present key: each signed file has at least those of person and account."""
    marks = LookAlikeMark.objects.filter(request=OuterRef("pk"), key_mark=lookalikes.present_key())
    signed = AidRequest.objects.exclude(submitted_at=None).exclude(state__in=_UNSIGNED)
    known = signed.filter(applicant__subject_key__wrapped_key__isnull=False)
    return known.filter(~Exists(marks)).order_by("pk")


def _mark_old(pk: int) -> bool:
    with transaction.atomic():
        request = workflow.lock(AidRequest, pk)
        if request.state in _UNSIGNED:
            return False
        note_marks(request)
    return True


def _met_lately() -> QuerySet[LookAlikeMark]:
    """Marks of late that another person's mark equals."""
    same = LookAlikeMark.objects.filter(kind=OuterRef("kind"), value_hash=OuterRef("value_hash"))
    late = LookAlikeMark.objects.filter(noted_at__gte=clock.moment() - LOOK_BACK)
    return late.filter(Exists(same.exclude(applicant=OuterRef("applicant")))).order_by("pk")


def _meet_again(mark: LookAlikeMark) -> int:
    with transaction.atomic():
        request = workflow.lock(AidRequest, mark.request_id)
        return 0 if request.state in _UNSIGNED else note_matches(mark)
