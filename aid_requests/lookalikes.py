"""Look-alikes: what two files of two persons may have in common, when that is an alarm, and who learns what of it.

The rule, whole (`WEIGHT` and `ALARM` below are it):

    ============================  ======  ======================================================
    the same…                     weight  why
    ============================  ======  ======================================================
    names and date of birth       2       one person with two accounts, or namesakes
    bank account                  1       joint accounts and parents' accounts are ordinary
    telephone                     1       families and shared flats have one
    file sent as a paper          1       a lease or a bill belongs to everybody of a shared flat
    ============================  ======  ======================================================

    Two files are an alarm when the weights of what they share and nobody has explained come to 2.
    Below that they are noted, and no desk speaks of them.

A blank has no hash, so it never meets another blank. A file of a paper that more than `COMMON_PAPER` other persons
sent is a form that everybody got: it is no longer noted. A signal changes nothing by itself: it stops no signature, no
certificate and no vote (product C8; failure 14 of the peers: one shared account code alone was dropped as an alarm, and
blanks that met each other made hundreds). One sort delays a payment: « the same person twice », until a national
referent has closed it, LOOK_ALIKE_HOLD_DAYS at most; confirmed, the later file is not paid. Money does not come back.

Who learns what: a school's referent, one sentence on a file of the own school. A national referent (the role without a
school), both references and the kinds. The committee, that something is being looked at. Anybody else, nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.utils.translation import gettext as _

from aid_requests.identity import Identity, identity_of, letters_of
from aid_requests.models import AidRequest, CallBack, LookAlike, LookAlikeMark, LookAlikeRuling
from aid_requests.models.lookalikes import LookAlikeKind, LookAlikeState
from aid_requests.models.requests import RequestState
from aid_requests.permissions import typing_tie
from fund import clock, vault
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal

WEIGHT = {
    LookAlikeKind.PERSON: 2,
    LookAlikeKind.IBAN: 1,
    LookAlikeKind.PHONE: 1,
    LookAlikeKind.DOCUMENT: 1,
}
ALARM = 2
COMMON_PAPER = 5  # other persons who sent the very same file
MOST_OTHERS = 10  # the newest files a new one is put beside: past that a list says no more
PURPOSES = {kind: f"look-alike:{kind}" for kind in LookAlikeKind}

Pair = tuple[int, int]
Pairs = QuerySet[LookAlike, Any]  # grouped: rows of ids, a weight and a day


def present_key() -> str:
    """What tells marks of the present BLIND_INDEX_KEY from those of a former one; it tells nothing of the key."""
    return vault.blind_index("look-alike:key", "1")[:16]


def values_of(request: AidRequest) -> set[tuple[LookAlikeKind, str]]:
    """The keyed hashes of what the request holds now, by kind; nothing for what is blank. Raises vault.Erased."""
    found = {(LookAlikeKind.DOCUMENT, mark) for mark in _papers_of(request)}
    found |= {(LookAlikeKind.PHONE, phone) for phone in _phones_of(request)}
    identity = identity_of(request.applicant)
    if identity is not None:
        found.add((LookAlikeKind.PERSON, person_value(identity)))
    if request.bank_details is not None:
        iban = vault.open_text_for(request.applicant.subject_key, request.bank_details.iban_sealed)
        found.add((LookAlikeKind.IBAN, iban))
    return {(kind, vault.blind_index(PURPOSES[kind], value)) for kind, value in found if value.strip()}


def person_value(identity: Identity) -> str:
    """One person however the names are written, and in whichever of the two boxes; "" when one of them is blank."""
    names = sorted(letters_of(name) for name in (identity.first_name, identity.last_name))
    return f"{names[0]}|{names[1]}|{identity.birth_date.isoformat()}" if all(names) else ""


def _papers_of(request: AidRequest) -> Iterable[str]:
    return request.documents.filter(removed_at=None).values_list("fingerprint", flat=True)


def _phones_of(request: AidRequest) -> Iterable[str]:
    """Numbers by which the person asked to be called about this request, as long as the calls are kept."""
    calls = CallBack.objects.filter(request=request, erased_at=None).select_related("subject_key")
    for call in calls:
        yield str(vault.open_json_for(call.subject_key, call.person_sealed).get("phone", ""))


# What stands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """Two files side by side as a national referent sees them: references and kinds, never a value."""

    token: object
    first: AidRequest
    second: AidRequest
    rows: list[LookAlike]
    noted_at: datetime

    @property
    def is_alarm(self) -> bool:
        return sum(WEIGHT[LookAlikeKind(row.kind)] for row in self.open_rows) >= ALARM

    @property
    def open_rows(self) -> list[LookAlike]:
        return [row for row in self.rows if row.state == LookAlikeState.OPEN]

    @property
    def unexplained(self) -> list[str]:
        """Kinds of which something is left to say."""
        return sorted(row.kind for row in self.rows if row.state != LookAlikeState.EXPLAINED)


def standing() -> QuerySet[LookAlike]:
    """Signals between two files that both still stand, of two persons who are both still known."""
    rows = LookAlike.objects.all()
    for side in ("first", "second"):
        rows = rows.exclude(**{f"{side}__state": RequestState.WITHDRAWN})
        rows = rows.filter(**{f"{side}__applicant__subject_key__wrapped_key__isnull": False})
    return rows


def _weight() -> Sum:
    cases = [When(kind=kind, then=Value(weight)) for kind, weight in WEIGHT.items()]
    return Sum(Case(*cases, default=Value(0), output_field=IntegerField()))


def _pairs(rows: QuerySet[LookAlike], *weights: Q) -> Pairs:
    grouped = rows.order_by().values("first", "second").annotate(weight=_weight(), since=Min("noted_at"))
    return grouped.filter(*weights).order_by("since", "first", "second")


def alarms() -> Pairs:
    """Pairs to look at, oldest first: `first` and `second` are ids, `since` the day of the first sign."""
    return _pairs(standing().filter(state=LookAlikeState.OPEN), Q(weight__gte=ALARM))


def noted() -> Pairs:
    """Pairs that share one ordinary thing: kept in sight, no alarm."""
    return _pairs(standing().filter(state=LookAlikeState.OPEN), Q(weight__lt=ALARM))


def ruled() -> Pairs:
    """Pairs with nothing open any more."""
    rows = LookAlike.objects.order_by().values("first", "second")
    still = Count("pk", filter=Q(state=LookAlikeState.OPEN))
    closed = rows.annotate(still=still, since=Min("noted_at")).filter(still=0)
    return closed.order_by("-since", "first", "second")


def beside(pairs: Collection[Pair]) -> list[Beside]:
    """The pairs with both files, in the order given; three queries whatever their number."""
    wanted = list(pairs)
    ids = {pk for pair in wanted for pk in pair}
    files = AidRequest.objects.select_related("school", "scheme_version__scheme").defer(
        "answers_sealed", "story_sealed"
    )
    found = files.in_bulk(ids)
    rows: dict[Pair, list[LookAlike]] = {pair: [] for pair in wanted}
    for row in LookAlike.objects.filter(first__in=ids, second__in=ids).order_by("noted_at", "pk"):
        if (row.first_id, row.second_id) in rows:
            rows[row.first_id, row.second_id].append(row)
    return [
        Beside(held[0].token, found[one], found[other], held, held[0].noted_at)
        for (one, other), held in rows.items()
        if held
    ]


def rulings_of(pair: Beside) -> list[tuple[LookAlikeRuling, str]]:
    """What was said of the pair, oldest first, each with its note ("" once one of the two was erased)."""
    rows = LookAlikeRuling.objects.filter(look_alike__in=pair.rows).select_related("by", "look_alike")
    return [(row, note_of(row)) for row in rows.order_by("pk")]


def seal_note(look_alike: LookAlike, note: str) -> str:
    """Ciphertext that needs the keys of both persons. Raises vault.Erased when one of them was erased."""
    inner = vault.seal_text_for(look_alike.second.applicant.subject_key, note)
    return vault.seal_text_for(look_alike.first.applicant.subject_key, inner)


def note_of(ruling: LookAlikeRuling) -> str:
    if not ruling.note_sealed:
        return ""
    row = LookAlike.objects.select_related(*LookAlike.READ_WITH_LOCK).get(pk=ruling.look_alike_id)
    try:
        inner = vault.open_text_for(row.first.applicant.subject_key, ruling.note_sealed)
        return vault.open_text_for(row.second.applicant.subject_key, inner)
    except vault.Erased:
        return ""


# Who learns what --------------------------------------------------------------------------------------------------


def can_look(by: User) -> Refusal | None:
    """National referents: the role of referent without a school. Nobody else reads two files side by side."""
    grants = RoleGrant.objects.live().filter(user=by, user__is_active=True, role=Role.REFERENT, school=None)
    if grants.exists():
        return None
    return Refusal(
        "national",
        _("Les doublons possibles se regardent au niveau national : demandez au référent national."),
    )


def can_rule(by: User, pair: Beside | LookAlike) -> Refusal | None:
    """A national referent who typed neither of the two files."""
    if (refusal := can_look(by)) is not None:
        return refusal
    return typing_tie(by, pair.first) or typing_tie(by, pair.second)


def doubted(requests: Collection[AidRequest]) -> set[int]:
    """Ids of those of `requests` about which the national referent is to be asked; one query whatever their number."""
    return _doubted(requests, standing())


def doubted_for(by: User, requests: Collection[AidRequest]) -> set[int]:
    """Those of which this referent is told. A school's own one learns nothing by a file that keeps the school out: the
    sentence would say that somebody of that name asks behind the school's back."""
    if can_look(by) is None:
        return doubted(requests)
    open_to_schools = Q(first__through_school=True, second__through_school=True)
    return _doubted(requests, standing().filter(open_to_schools))


def _doubted(requests: Collection[AidRequest], known: QuerySet[LookAlike]) -> set[int]:
    ids = {request.pk for request in requests}
    kept = known.exclude(state=LookAlikeState.EXPLAINED)
    rows = kept.filter(Q(first__in=ids) | Q(second__in=ids)).values_list("first", "second", "kind", "state")
    weights: dict[Pair, int] = {}
    for one, other, kind, state in rows:
        weight = ALARM if state == LookAlikeState.CONFIRMED else WEIGHT[LookAlikeKind(kind)]
        weights[one, other] = weights.get((one, other), 0) + weight
    alarming = {pk for pair, weight in weights.items() if weight >= ALARM for pk in pair}
    return alarming & ids


def referents_sentence(by: User) -> str:
    """What a referent reads on a doubted file of the own school: that, and neither which other file nor how many."""
    if can_look(by) is None:
        return _("Doublon possible : il est sous « Doublons possibles ».")
    return _("Doublon possible : demandez au référent national.")


def committee_sentence(request: AidRequest) -> str:
    """What a member reads while somebody looks, else "". It stops nobody from voting."""
    both = Q(first=request) | Q(second=request)
    if not _pairs(standing().filter(both, state=LookAlikeState.OPEN), Q(weight__gte=ALARM)).exists():
        return ""
    return _("Une vérification est en cours sur ce dossier. Elle n’empêche pas de voter.")


# What the treasury is told ----------------------------------------------------------------------------------------


def payment_refusal(request: AidRequest) -> Refusal | None:
    """Why a granted aid is not paid yet, or at all: it may be, or is, the same person twice; or None."""
    sentence = held_requests([str(request.pk)]).get(str(request.pk))
    return Refusal("look_alike", sentence) if sentence else None


def held_requests(ids: Collection[str]) -> dict[str, str]:
    """Of the requests `ids`, those that are held, with the sentence; two queries.

    Until somebody says what it is, both files of a pair wait, LOOK_ALIKE_HOLD_DAYS from the decision at most: a signal
    delays and never blocks. Once a national referent said that it is one person, the later file stays unpaid.
    """
    since = clock.moment() - timedelta(days=settings.LOOK_ALIKE_HOLD_DAYS)
    rows = standing().filter(kind=LookAlikeKind.PERSON)
    asked = AidRequest.objects.filter(pk__in=[int(pk) for pk in ids])
    doubted = rows.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk")), state=LookAlikeState.OPEN)
    twice = rows.filter(second=OuterRef("pk"), state=LookAlikeState.CONFIRMED)
    waiting = asked.filter(Exists(doubted), decided_at__gt=since).values_list("pk", flat=True)
    told = {str(pk): _("Possible doublon : le référent national doit d’abord le regarder.") for pk in waiting}
    for pk in asked.filter(Exists(twice)).values_list("pk", flat=True):
        told[str(pk)] = _("La même personne, avec deux comptes : cette demande, la seconde, n’est pas payée.")
    return told


def kept_hashes(request: AidRequest) -> list[Mapping[str, Any]]:
    """For the person's own export: of which things a hash is kept and since when. What they met is somebody else's."""
    rows = LookAlikeMark.objects.filter(request=request).order_by("pk")
    return list[Mapping[str, Any]](rows.values("kind", since=F("noted_at")))
