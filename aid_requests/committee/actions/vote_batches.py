"""The same vote on many files: confirmed once, then cast file by file by the worker, each under its own lock.

An item and the vote it tells of are written in one transaction, under the item's lock. So a worker that dies loses and
repeats nothing, and two at once vote no file twice: the second finds the item done. A file that changed since it was
listed, or that this member may not decide, is left as it was, with the sentence that the vote would have met.
"""

import logging
import time
import traceback
from collections.abc import Sequence
from uuid import UUID

from django.db import Error, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from aid_requests.committee import queries, reasons, seats
from aid_requests.committee.actions.voting import cast_vote
from aid_requests.committee.vote_batches import CHOICES, MOST, Listed, progress_of
from aid_requests.models import Decision, VoteBatch, VoteBatchItem
from aid_requests.models.decisions import VoteChoice
from aid_requests.models.vote_batches import BatchOutcome
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand, needs_role_now
from fund.workflow import WrongState

logger = logging.getLogger(__name__)
SLICE_SECONDS = 5.0  # then the worker looks at its other work


def open_batch(
    *,
    by: User,
    listed: Sequence[Listed],
    choice: str,
    reason_code: str,
    form_token: UUID,
    language: str = "fr",
) -> VoteBatch:
    """Keeps what the member confirmed; the worker votes. The same form twice is one batch.

    Files that this member never could see are not kept. Raises Refused: no seat, no file, too many, no choice,
    no reason, or the form of somebody else.
    """
    with transaction.atomic():
        workflow.lock(User, by.pk)  # the same form twice at the same instant
        made = VoteBatch.objects.filter(form_token=form_token).first()
        if made is not None:
            demand(_form_refusal(by, made))
            return made
        demand(needs_role_now(by, *seats.COMMITTEE))
        demand(_refusal(choice, reason_code))
        wanted = {one.token: one for one in listed[: MOST + 1]}
        known = dict(queries.known_files(by).filter(token__in=wanted).values_list("token", "pk"))
        items = [(known[token], one) for token, one in wanted.items() if token in known]
        demand(_size_refusal(len(items)))
        values = {
            "by": by,
            "choice": choice,
            "reason_code": reason_code if choice == VoteChoice.REFUSE else "",
            "language": language,
            "made_at": clock.moment(),
        }
        batch, _is_new = VoteBatch.objects.get_or_create(form_token=form_token, defaults=values)
        demand(_form_refusal(by, batch))  # another member's, at the same instant
        VoteBatchItem.objects.bulk_create(_items(batch, items))
        audit.record("vote_batch.opened", batch, by=by, files=len(items))
        carry_on.enqueue(batch.pk)
    return batch


def _items(batch: VoteBatch, files: list[tuple[int, Listed]]) -> list[VoteBatchItem]:
    return [
        VoteBatchItem(
            batch=batch,
            position=position,
            request_id=pk,
            revision=one.revision,
            round=one.round,
            turn=one.turn,
        )
        for position, (pk, one) in enumerate(files, 1)
    ]


def _form_refusal(by: User, batch: VoteBatch) -> Refusal | None:
    """A form is one member's: the token of another one's is no way to it."""
    if batch.by_id == by.pk:
        return None
    return Refusal("form", _("Cette liste est abîmée : recommencez depuis les dossiers."))


def _refusal(choice: str, reason_code: str) -> Refusal | None:
    if choice not in CHOICES:
        return Refusal("choice", _("Choisissez votre vote."))
    if choice == VoteChoice.REFUSE and reason_code not in reasons.REFUSALS:
        return Refusal("reason", _("Choisissez le motif du refus : l’élève le lira."))
    return None


def _size_refusal(number: int) -> Refusal | None:
    if not number:
        return Refusal("empty", _("Aucun des dossiers cochés n’attend votre vote."))
    if number > MOST:
        return Refusal("too_many", _("Mille dossiers au plus à la fois : votez d’abord ceux-là."))
    return None


@task()
def carry_on(batch_id: int) -> str:
    """A slice of the votes, then the next slice behind whatever else waits."""
    until = time.monotonic() + SLICE_SECONDS
    while not take_item(batch_id):
        if time.monotonic() > until:
            carry_on.enqueue(batch_id)
            return "to be continued"
    return "finished"


def take_item(batch_id: int) -> bool:
    """The next file voted on, or left; True when none waits any more."""
    waiting = VoteBatchItem.objects.filter(batch=batch_id, outcome=BatchOutcome.WAITING)
    with transaction.atomic():
        following = waiting.order_by("position").values_list("pk", flat=True).first()
        if following is None:
            _finish(batch_id)
            return True
        item = workflow.lock(VoteBatchItem, following)
        if item.outcome == BatchOutcome.WAITING:
            with translation.override(item.batch.language):
                item.outcome, item.said = _vote(item)
            item.done_at = clock.moment()
            item.save(update_fields=["outcome", "said", "done_at"])
    return False


def _vote(item: VoteBatchItem) -> tuple[BatchOutcome, str]:
    batch = item.batch
    try:
        made = cast_vote(
            by=batch.by,
            request=item.request,
            choice=batch.choice,
            revision=item.revision,
            round_number=item.round,
            turn=item.turn,
            reason_code=batch.reason_code,
        )
    except Refused as refused:
        return BatchOutcome.LEFT, str(refused.refusal.sentence)
    except WrongState as changed:
        return BatchOutcome.LEFT, changed.sentence
    except Error:
        raise  # a database in trouble undoes this file, which is tried again
    except Exception as error:
        # One file that cannot be read must not hold up a thousand others. Never the error's own text: it may quote it.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error(
            "no vote on item %s: %s, %s line %s", item.pk, type(error).__name__, place.name, place.lineno
        )
        return BatchOutcome.LEFT, _("Ce dossier ne se lit pas : prévenez l’administration.")
    return (BatchOutcome.DECIDED if isinstance(made, Decision) else BatchOutcome.VOTED), ""


def _finish(batch_id: int) -> None:
    batch = workflow.lock(VoteBatch, batch_id)
    if batch.finished_at is not None:
        return
    batch.finished_at = clock.moment()
    batch.save(update_fields=["finished_at"])
    audit.record("vote_batch.finished", batch, by=batch.by, outcomes=progress_of(batch).counts)
