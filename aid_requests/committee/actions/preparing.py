"""Before a sitting: it is drafted, its agenda filled, its members convened; they give proxies; or it is cancelled.

Locks: the requests by pk, then the sitting. An agenda is fixed by the convocation.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.committee import seats, sitting_permissions, table
from aid_requests.committee.actions import ending, telling
from aid_requests.committee.rules import Alternates, Rules
from aid_requests.models import (
    AgendaItem,
    AidRequest,
    Committee,
    RulesVersion,
    Sitting,
    SittingProxy,
    SittingSeat,
)
from aid_requests.models.rules import RulesState
from aid_requests.models.sittings import Adjourned, SeatKind, SittingKind, SittingState
from aid_requests.workflow import SITTING
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState

# A draft of this morning may be changed tonight; a year that was mistyped is no date.
A_DAY, FAR = timedelta(days=1), timedelta(days=731)


def prepare_sitting(
    *,
    by: User,
    committee: Committee,
    kind: str,
    scheduled_at: datetime,
    ends_at: datetime | None = None,
    place: str = "",
    form_token: UUID | None = None,
) -> Sitting:
    """A draft; the same form sent twice makes one. Raises Refused (`can_prepare`, a date that cannot be)."""
    with transaction.atomic():
        demand(sitting_permissions.can_prepare(by))
        demand(_date_refusal(kind, scheduled_at, ends_at))
        values = {
            "committee": committee,
            "kind": kind,
            "scheduled_at": scheduled_at,
            "ends_at": ends_at if kind == SittingKind.CONSULTATION else None,
            "place_sealed": vault.seal_text(place) if place else "",
            "made_by": by,
            "made_at": clock.moment(),
        }
        token = form_token or uuid4()
        sitting, is_new = Sitting.objects.get_or_create(form_token=token, defaults=values)
        if is_new:
            audit.record("sitting.prepared", sitting, by=by, kind=kind)
    return sitting


def change_sitting(
    *, by: User, sitting: Sitting, scheduled_at: datetime, ends_at: datetime | None, place: str
) -> Sitting:
    """Another day or place, until the convocation. Raises Refused, WrongState."""
    with transaction.atomic():
        sitting = _lock_drafted(by, sitting)
        demand(_date_refusal(sitting.kind, scheduled_at, ends_at))
        sitting.scheduled_at = scheduled_at
        sitting.ends_at = ends_at if sitting.is_consultation else None
        sitting.place_sealed = vault.seal_text(place) if place else ""
        sitting.save(update_fields=["scheduled_at", "ends_at", "place_sealed"])
        audit.record("sitting.changed", sitting, by=by)
    return sitting


def add_items(*, by: User, sitting: Sitting, requests: Iterable[AidRequest]) -> int:
    """Puts files on the agenda, in the order given; those that cannot stand there any more are left out.

    How many were put. Raises Refused, WrongState once it is convened, and for a second call, whose agenda is given.
    """
    wanted = list(dict.fromkeys(request.pk for request in requests))
    with transaction.atomic():
        locked = {pk: workflow.lock(AidRequest, pk) for pk in sorted(wanted)}
        sitting = _lock_drafted(by, sitting)
        if sitting.call > 1:
            demand(Refusal("second_call", _("Une seconde convocation garde l’ordre du jour de la première.")))
        busy = set(
            AgendaItem.objects.filter(request__in=wanted, ended_at=None).values_list("request", flat=True)
        )
        fit = [
            locked[pk]
            for pk in wanted
            if pk not in busy and sitting_permissions.agenda_refusal(locked[pk], sitting) is None
        ]
        _add(by, sitting, fit)
        if fit:
            audit.record("sitting.items_added", sitting, by=by, requests=[request.pk for request in fit])
    return len(fit)


def remove_item(*, by: User, item: AgendaItem) -> None:
    """Takes a file off a drafted agenda; the ones after it move up. Raises Refused, WrongState."""
    with transaction.atomic():
        sitting = _lock_drafted(by, item.sitting)
        number = item.number
        deleted, _rows = sitting.items.filter(pk=item.pk).delete()
        if not deleted:
            raise AlreadyDone(_("C’est déjà fait."))
        for after in sitting.items.filter(number__gt=number).order_by("number"):
            after.number -= 1
            after.save(update_fields=["number"])
        audit.record("sitting.item_removed", sitting, by=by, request=item.request_id)


def convene_sitting(
    *,
    by: User,
    sitting: Sitting,
    secretary: User,
    urgency: str = "",
    alternates: Mapping[int, int] | None = None,
) -> Sitting:
    """Fixes the agenda and the rules of the day, gives everybody a seat and writes to them. A consultation begins.

    `alternates`: account of the alternate → account of the titular. Raises Refused: notice too short without urgency,
    no agenda, a file that no longer fits, alternates that the rules do not know.
    """
    with transaction.atomic():
        pks = sitting.items.order_by("request").values_list("request", flat=True)
        for pk in list(pks):
            workflow.lock(AidRequest, pk)
        sitting = _lock_drafted(by, sitting)
        version = _open_version(sitting.committee)
        book = seats.read(version)
        demand(sitting_permissions.can_keep_minutes(secretary, presiding=by))
        demand(_items_refusal(sitting))
        demand(notice_refusal(sitting, book, urgency))
        _give_seats(sitting, book, alternates or {})
        fields = {
            "rules": version,
            "secretary": secretary,
            "urgency_sealed": vault.seal_text(urgency.strip()) if urgency.strip() else "",
            "convened_by": by,
            "convened_at": clock.moment(),
        }
        workflow.move(SITTING, sitting, "convene", by=by, fields=fields)
        audit.record("sitting.convened", sitting, by=by, secretary=secretary.pk, call=sitting.call)
        if sitting.is_consultation:
            workflow.move(
                SITTING, sitting, "open", by=by, fields={"opened_by": by, "opened_at": clock.moment()}
            )
            audit.record("sitting.opened", sitting, by=by)
        telling.tell_seats(sitting, "convened")
    return sitting


def cancel_sitting(*, by: User, sitting: Sitting) -> Sitting:
    """It will not be held; its files are free again, and whoever was convened is told. Raises Refused, WrongState."""
    with transaction.atomic():
        for pk in list(sitting.items.order_by("request").values_list("request", flat=True)):
            workflow.lock(AidRequest, pk)
        sitting = workflow.lock(Sitting, sitting.pk)
        demand(sitting_permissions.can_prepare(by))
        was_convened = sitting.state == SittingState.CONVENED
        fields = {"cancelled_by": by, "cancelled_at": clock.moment()}
        workflow.move(SITTING, sitting, "cancel", by=by, fields=fields)
        for item in sitting.items.filter(ended_at=None).order_by("number"):
            ending.adjourn(item, Adjourned.CANCELLED, by=by)
        audit.record("sitting.cancelled", sitting, by=by)
        if was_convened:
            telling.tell_seats(sitting, "cancelled")
    return sitting


def give_proxy(*, by: User, sitting: Sitting, holder: User) -> SittingProxy:
    """In writing, before the sitting opens, one each, to somebody who holds no more than the rules allow.

    Raises AlreadyDone, Refused, WrongState once it is open.
    """
    with transaction.atomic():
        sitting = workflow.lock(Sitting, sitting.pk)
        if sitting.state != SittingState.CONVENED:
            raise WrongState(_("Une procuration se donne avant l’ouverture de la séance."))
        if sitting.proxies.filter(giver=by).exists():
            raise AlreadyDone(_("Vous avez déjà donné procuration."))
        demand(proxy_refusal(by, sitting, holder))
        proxy = SittingProxy.objects.create(sitting=sitting, giver=by, holder=holder, given_at=clock.moment())
        audit.record("sitting.proxy_given", sitting, by=by, holder=holder.pk)
    return proxy


def proxy_refusal(by: User, sitting: Sitting, holder: User) -> Refusal | None:
    """Why `by` gives no proxy to `holder`: the rules, the seats, or what the holder has already."""
    places = {seat.member_id: seat for seat in sitting.seats.all()}
    book = table.book_of(sitting)
    if book.proxies == 0:
        return Refusal("no_proxies", _("Le règlement ne connaît pas de procuration."))
    if by.pk == holder.pk or holder.pk not in places or by.pk not in places:
        return Refusal("holder", _("Donnez procuration à un autre membre convoqué."))
    if places[by.pk].kind == SeatKind.ALTERNATE:
        return Refusal("alternate", _("Une personne suppléante ne donne pas procuration."))
    if sitting.proxies.filter(holder=holder).count() >= book.proxies:
        return Refusal("too_many", _("Cette personne a déjà assez de procurations."))
    return None


def notice_refusal(sitting: Sitting, book: Rules, urgency: str) -> Refusal | None:
    """Whether the convocation leaves the days that the rules ask for (calendar days in Paris, R133-8)."""
    begins = clock.paris_date(sitting.scheduled_at)
    left = (begins - clock.today()).days
    if sitting.is_consultation:
        return _length_refusal(sitting, book)
    if sitting.scheduled_at <= clock.moment():
        return Refusal("past", _("Cette date est passée : choisissez-en une autre."))
    if sitting.first_call is not None:
        wait = book.second_call.days if book.second_call else 0
        earliest = clock.paris_date(sitting.first_call.scheduled_at) + timedelta(days=wait)
        return None if begins >= earliest else _too_early(wait)
    if book.notice is None or left >= book.notice.days:
        return None
    if left < book.notice.urgent_days:
        sentence = ngettext(
            "Même en urgence, le règlement demande %(n)s jour entre la convocation et la séance.",
            "Même en urgence, le règlement demande %(n)s jours entre la convocation et la séance.",
            book.notice.urgent_days,
        )
        return Refusal("notice", sentence % {"n": book.notice.urgent_days})
    if urgency.strip():
        return None
    sentence = _("Le règlement demande %(n)s jours de préavis : plus court, dites l’urgence.")
    return Refusal("urgency", sentence % {"n": book.notice.days})


def _too_early(days: int) -> Refusal:
    sentence = ngettext(
        "La seconde séance se tient au plus tôt %(n)s jour après la première.",
        "La seconde séance se tient au plus tôt %(n)s jours après la première.",
        days,
    )
    return Refusal("second_call_date", sentence % {"n": days})


def _length_refusal(sitting: Sitting, book: Rules) -> Refusal | None:
    days = (book.consultation.days if book.consultation else None) or 0
    if sitting.ends_at is None or sitting.ends_at <= clock.moment():
        return Refusal("past", _("Cette date de fin est passée : choisissez-en une autre."))
    if (clock.paris_date(sitting.ends_at) - clock.today()).days >= days:
        return None
    return Refusal("length", _("Le règlement laisse %(n)s jours pour voter.") % {"n": days})


def prepare_second_call(first: Sitting, requests: list[AidRequest], *, by: User) -> Sitting:
    """The same agenda once more, on the earliest day that the rules allow; the chair may move it before convening.

    In the transaction that closes the first, whose requests are locked.
    """
    book = table.book_of(first)
    days = max(1, book.second_call.days if book.second_call else 0)
    second = Sitting.objects.create(
        committee=first.committee,
        kind=first.kind,
        call=2,
        first_call=first,
        scheduled_at=max(first.scheduled_at, clock.moment()) + timedelta(days=days),
        place_sealed=first.place_sealed,
        made_by=by,
        made_at=clock.moment(),
    )
    _add(by, second, requests)
    audit.record("sitting.prepared", second, by=by, kind=second.kind, first_call=first.pk)
    return second


def _add(by: User, sitting: Sitting, requests: list[AidRequest]) -> None:
    begun = sitting.items.count()
    now = clock.moment()
    for number, request in enumerate(requests, begun + 1):
        AgendaItem.objects.create(sitting=sitting, request=request, number=number, added_by=by, added_at=now)


def _lock_drafted(by: User, sitting: Sitting) -> Sitting:
    sitting = workflow.lock(Sitting, sitting.pk)
    demand(sitting_permissions.can_prepare(by))
    if sitting.state != SittingState.DRAFTED:
        raise WrongState(_("La convocation est partie : l’ordre du jour et la date ne changent plus."))
    return sitting


def _date_refusal(kind: str, scheduled_at: datetime, ends_at: datetime | None) -> Refusal | None:
    if kind not in SittingKind.values:
        return Refusal("kind", _("Choisissez la forme de la séance."))
    if kind == SittingKind.CONSULTATION and (ends_at is None or ends_at <= scheduled_at):
        return Refusal("ends_at", _("Une consultation a une date de fin, après son début."))
    now = clock.moment()
    if scheduled_at < now - A_DAY:
        return Refusal("past", _("Cette date est passée : choisissez-en une autre."))
    if max(scheduled_at, ends_at or scheduled_at) > now + FAR:
        return Refusal("far", _("Une séance se prévoit deux ans à l’avance au plus."))
    return None


def _items_refusal(sitting: Sitting) -> Refusal | None:
    items = list(sitting.items.select_related("request__scheme_version__scheme").order_by("number"))
    if not items:
        return Refusal("empty", _("L’ordre du jour est vide."))
    for item in items:
        refusal = sitting_permissions.agenda_refusal(item.request, sitting)
        if refusal is not None:
            values = {"reference": item.request.reference, "why": refusal.sentence}
            return Refusal("item", _("%(reference)s : %(why)s") % values)
    return None


def _open_version(committee: Committee) -> RulesVersion | None:
    return RulesVersion.objects.filter(committee=committee, state=RulesState.OPEN).first()


def _give_seats(sitting: Sitting, book: Rules, alternates: Mapping[int, int]) -> None:
    people = {user.pk for user in sitting_permissions.seated_users()}
    if alternates and book.alternates is Alternates.NONE:
        raise Refused(Refusal("alternates", _("Le règlement ne connaît pas de suppléance.")))
    titulars = people - set(alternates)
    if not set(alternates) <= people or not set(alternates.values()) <= titulars:
        sentence = _("Une suppléance se donne entre membres, pour une personne titulaire.")
        raise Refused(Refusal("alternates", sentence))
    for person in sorted(people):
        titular = alternates.get(person)
        kind = SeatKind.TITULAR if titular is None else SeatKind.ALTERNATE
        SittingSeat.objects.create(sitting=sitting, member_id=person, kind=kind, replaces_id=titular)
