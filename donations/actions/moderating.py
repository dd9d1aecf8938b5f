"""A donor's public words: nothing is shown before a person of the communication read it, and it can be hidden again."""

from django.db import transaction

from donations.models import GiftWords
from donations.workflow import WORDS
from fund import audit, clock, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import demand, needs_role

DECISIONS = ("approve", "hide")


def moderate_words(*, by: User, words: GiftWords, decision: str) -> GiftWords:
    """Shows (`approve`) or hides (`hide`) a name and a message.

    Raises Refused for another role, ValueError for another decision, AlreadyDone when it already is so.
    """
    demand(needs_role(by, Role.COMMUNICATION))
    if decision not in DECISIONS:
        raise ValueError(decision)
    with transaction.atomic():
        row = workflow.lock(GiftWords, words.pk)
        workflow.move(WORDS, row, decision, by=by, fields={"decided_by": by, "decided_at": clock.moment()})
        audit.record(f"words.{decision}", row, by=by)
        return row
