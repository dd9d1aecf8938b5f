"""Receipts of a whole year, donor by donor: started by a treasurer or a command, carried on by the worker.

A run's row says how far it is; it is written in the same transaction as the receipts of the donors it passed, under
its lock. So a worker that dies loses and repeats nothing, two at once take turns, and a run that is started again
finds only what has no receipt yet. Donors are taken in slices, so that mails do not wait for ten thousand receipts.
"""

import itertools
import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterator

from django.db import Error, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from donations.givers import Giver, giver_of
from donations.models import Gift, ReceiptRun
from donations.receipts import issuing, letters, queries
from donations.receipts.issuing import Circumstances, Issuer
from donations.receipts.reasons import ISSUED, NoReceipt
from fund import audit, clock, roles, vault, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal

logger = logging.getLogger(__name__)
DONORS_AT_ONCE = 10  # in one transaction, which holds the year's counter
SLICE_SECONDS = 5.0  # then the worker looks at its other work

_OFF = Refusal(
    "off",
    _("Aucun texte ne permet d’émettre des reçus fiscaux : l’administration doit d’abord l’inscrire."),
)
_TO_COME = Refusal("year", _("Cette année n’est pas commencée."))


def start_run(*, by: User | None, year: int) -> ReceiptRun:
    """A run over the gifts encashed in `year` (Paris); one that is under way is carried on instead.

    `by` is None for the command. Raises Refused: not a treasurer, receipts are off, a year to come.
    """
    run = open_run(by=by, year=year)
    carry_on.enqueue(run.pk)
    return run


def open_run(*, by: User | None, year: int) -> ReceiptRun:
    """The row of the run that is under way for this year, made now if there is none. Raises Refused."""
    if by is not None:
        roles.demand(roles.needs_role(by, Role.TREASURER))
    if issuing.issuer_now() is None:
        raise roles.Refused(_OFF)
    if year > clock.today().year:
        raise roles.Refused(_TO_COME)
    with transaction.atomic():
        run, is_new = ReceiptRun.objects.get_or_create(
            year=year,
            finished_at=None,
            defaults={
                "started_by": by,
                "started_at": clock.moment(),
                "donors": _donors_left(year, 0).count(),
            },
        )
        if is_new:
            audit.record("receipt_run.started", run, by=by, year=year, donors=run.donors)
        return run


@task()
def carry_on(run_id: int) -> str:
    """A slice of the run, then the next slice behind whatever else waits."""
    until = time.monotonic() + SLICE_SECONDS
    while not take_donors(run_id):
        if time.monotonic() > until:
            carry_on.enqueue(run_id)
            return "to be continued"
    return "finished"


def take_donors(run_id: int) -> bool:
    """The receipts of the next donors; True when the run is finished. Its transaction is whole or nothing."""
    with transaction.atomic():
        run = workflow.lock(ReceiptRun, run_id)
        if run.finished_at is not None:
            return True
        issuer = issuing.issuer_now()
        donors = list(_donors_left(run.year, run.last_donor)[:DONORS_AT_ONCE]) if issuer else []
        if issuer is None or not donors:
            _finish(run)
            return True
        wanted = queries.gifts_to_certify(run.year).filter(donor__in=donors).values_list("pk", flat=True)
        locked = issuing.lock_gifts(wanted)
        free = set(queries.gifts_to_certify(run.year).filter(donor__in=donors).values_list("pk", flat=True))
        gifts = sorted(
            (gift for gift in locked if gift.pk in free), key=lambda gift: (gift.donor_id, gift.pk)
        )
        told = Counter(run.outcomes)
        for _donor, theirs in itertools.groupby(gifts, key=lambda gift: gift.donor_id):
            told.update(_certify(issuer, list(theirs), run))
        run.outcomes, run.last_donor = dict(told), donors[-1]
        run.donors_done += len(donors)
        run.save(update_fields=["outcomes", "last_donor", "donors_done"])
        return False


def forecast(year: int) -> Counter[str]:
    """What a run would do now, by code; nothing is written. Names that no paper can show are found by the run only."""
    told: Counter[str] = Counter()
    gifts = queries.gifts_to_certify(year).select_related("donor__subject_key").order_by("donor", "pk")
    by_donor = itertools.groupby(gifts.iterator(chunk_size=500), key=lambda gift: gift.donor_id)
    for _donor, theirs in by_donor:
        for group in _by_giver(list(theirs)):
            try:
                issuing.checked_giver(group)
            except NoReceipt as reason:
                told[reason.code] += 1
            else:
                told[ISSUED if any(map(queries.certifiable_cents, group)) else "disputed"] += 1
    return told


def _finish(run: ReceiptRun) -> None:
    run.finished_at = clock.moment()
    run.save(update_fields=["finished_at"])
    audit.record("receipt_run.finished", run, by=run.started_by, year=run.year, outcomes=run.outcomes)


def _donors_left(year: int, after: int) -> "QuerySet[Gift, int]":
    """Ids of the donors who have gifts of that year without a receipt, in their order, after the id `after`."""
    gifts = queries.gifts_to_certify(year).filter(donor__gt=after)
    return gifts.order_by("donor").values_list("donor", flat=True).distinct()


def _certify(issuer: Issuer, gifts: list[Gift], run: ReceiptRun) -> Iterator[str]:
    """The receipts of one donor's gifts: one for each name they were given under. Yields a code for each."""
    for group in _by_giver(gifts):
        try:
            with transaction.atomic():
                giver = issuing.checked_giver(group)
                receipt = issuing.issue(issuer, giver, group, Circumstances(by=run.started_by, run=run))
                letters.tell_receipt(receipt)
        except NoReceipt as reason:
            yield reason.code
        except Error:
            raise  # a database in trouble undoes the whole slice, which is tried again
        except Exception as error:
            # One donor's paper must not hold up ten thousand others; the savepoint took its number back.
            # Never the error's own text: it may quote whose paper it is.
            place = traceback.extract_tb(error.__traceback__)[-1]
            said = (group[0].pk, type(error).__name__, place.name, place.lineno)
            logger.error("no receipt for gift %s: %s, %s line %s", *said)
            yield "unexpected"
        else:
            yield ISSUED


def _by_giver(gifts: list[Gift]) -> list[list[Gift]]:
    """The gifts under each name, those set aside apart; an address that changed during the year does not part them."""
    groups: dict[tuple[str, ...], list[Gift]] = {}
    aside = queries.set_aside_of(gifts)
    for gift in gifts:
        try:
            giver = giver_of(gift)
        except vault.Erased:
            groups.setdefault(("erased",), []).append(gift)
        else:
            groups.setdefault((str(gift.pk in aside), *_name_of(giver)), []).append(gift)
    return list(groups.values())


def _name_of(giver: Giver) -> tuple[str, ...]:
    names = (giver.kind, giver.first_name, giver.last_name, giver.company_name, giver.siren)
    return tuple(" ".join(name.casefold().split()) for name in names)
