"""The draw of second looks, what its readers say, and the timed work that promises and reveals."""

import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import second_looks
from aid_requests.models import Decision, SecondLook, SecondLookMonth
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.second_looks import SecondLookReason, SecondLookState
from aid_requests.workflow import SECOND_LOOK
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone

NOTE_LENGTH = 1000
# How long before a month its promise is published.
AHEAD = timedelta(days=7)


def draw(decision: Decision) -> SecondLook | None:
    """The row of a grant that the rule draws, made once; None for all others. In the transaction of the decision."""
    month = second_looks.month_of(decision)
    if month is None or not second_looks.is_drawn_in(month, decision):
        return None
    look, is_new = SecondLook.objects.get_or_create(
        decision=decision, defaults={"month": month, "drawn_at": clock.moment()}
    )
    if is_new:
        audit.record("second_look.drawn", look, by=None, decision=decision.pk, month=f"{month.month:%Y-%m}")
    return look


def confirm_grant(*, by: User, look: SecondLook) -> SecondLook:
    """The reader finds nothing to say: the grant may be paid. Raises AlreadyDone, Refused (`can_reread`)."""
    with transaction.atomic():
        look = _lock_open(by, look)
        fields = {"read_by": by, "read_at": clock.moment()}
        workflow.move(SECOND_LOOK, look, "confirm", by=by, fields=fields)
        audit.record("second_look.confirmed", look, by=by, decision=look.decision_id)
    return look


def report_grant(*, by: User, look: SecondLook, reason: str, note: str) -> SecondLook:
    """The reader has a doubt: the grant goes to the chair and stays unpaid; nothing of it is undone.

    Raises AlreadyDone, Refused (`can_reread`; no reason; no note, since a doubt is said in words).
    """
    with transaction.atomic():
        look = _lock_open(by, look)
        if reason not in SecondLookReason.values:
            demand(Refusal("reason", _("Dites ce qui est à revoir.")))
        demand(_note_refusal(note))
        fields = {
            "read_by": by,
            "read_at": clock.moment(),
            "reason": reason,
            "note_sealed": _sealed(look, note),
        }
        workflow.move(SECOND_LOOK, look, "report", by=by, why=reason, fields=fields)
        audit.record("second_look.reported", look, by=by, decision=look.decision_id, reason=reason)
    return look


def maintain_grant(*, by: User, look: SecondLook, note: str) -> SecondLook:
    """The chair, the committee heard, lets the grant stand: it may be paid. Raises AlreadyDone, Refused."""
    with transaction.atomic():
        look = workflow.lock(SecondLook, look.pk)
        if look.state == SecondLookState.MAINTAINED:
            raise AlreadyDone(_("C’est déjà dit : cette aide est maintenue."))
        demand(second_looks.can_maintain(by, look))
        demand(_note_refusal(note))
        fields = {
            "answered_by": by,
            "answered_at": clock.moment(),
            "answer_sealed": _sealed(look, note),
        }
        workflow.move(SECOND_LOOK, look, "maintain", by=by, fields=fields)
        audit.record("second_look.maintained", look, by=by, decision=look.decision_id)
    return look


def _lock_open(by: User, look: SecondLook) -> SecondLook:
    look = workflow.lock(SecondLook, look.pk)
    if look.state != SecondLookState.OPEN:
        raise AlreadyDone(_("Cette aide a déjà été relue."))
    demand(second_looks.can_reread(by, look))
    return look


def _note_refusal(note: str) -> Refusal | None:
    if not note.strip() or len(note.strip()) > NOTE_LENGTH:
        return Refusal("note", _("Dites-le en quelques phrases : 1 000 caractères au plus."))
    return None


def _sealed(look: SecondLook, note: str) -> str:
    return vault.seal_text_for(look.decision.request.applicant.subject_key, note.strip())


def keep_second_looks() -> str:
    """Timed work, as often as one likes: promises this month and the next, reveals those that are over, and draws
    what a decision of a promised month should have drawn. SECOND_LOOK_ONE_IN 0 promises nothing."""
    today = clock.today()
    months = {second_looks.first_day(today), second_looks.first_day(today + AHEAD)}
    promised = sum(_promise(month) for month in sorted(months)) if settings.SECOND_LOOK_ONE_IN else 0
    drawn = _draw_missing()
    revealed = 0
    past = SecondLookMonth.objects.filter(seed="", month__lt=second_looks.first_day(today))
    for pk in past.order_by("month").values_list("pk", flat=True):
        revealed += _reveal(pk)
    return f"{promised} promised, {revealed} revealed, {drawn} drawn"


def _promise(month: date) -> bool:
    seed, one_in, from_cents = (
        secrets.token_hex(32),
        settings.SECOND_LOOK_ONE_IN,
        settings.SECOND_LOOK_FROM_CENTS,
    )
    commitment = second_looks.commitment_of(month, one_in=one_in, from_cents=from_cents, seed=seed)
    with transaction.atomic():
        row, is_new = SecondLookMonth.objects.get_or_create(
            month=month,
            defaults={
                "one_in": one_in,
                "from_cents": from_cents,
                "seed_sealed": vault.seal_text(seed),
                "commitment": commitment,
                "committed_at": clock.moment(),
            },
        )
        if is_new:
            told = {"one_in": one_in, "from_cents": from_cents, "commitment": commitment}
            audit.record("second_look.promised", row, by=None, month=f"{month:%Y-%m}", **told)
    return is_new


def _reveal(pk: int) -> bool:
    with transaction.atomic():
        month = workflow.lock(SecondLookMonth, pk)
        if month.seed:
            return False
        month.seed, month.revealed_at = vault.open_text(month.seed_sealed), clock.moment()
        month.save(update_fields=["seed", "revealed_at"])
        audit.record("second_look.revealed", month, by=None, month=f"{month.month:%Y-%m}", seed=month.seed)
    return True


def _draw_missing() -> int:
    """Grants of months not yet revealed that have no row: the rule is asked again, the answer is the same."""
    drawn = 0
    for month in SecondLookMonth.objects.filter(seed="").order_by("month"):
        grants = Decision.objects.filter(
            outcome=DecisionOutcome.GRANTED,
            amount_cents__gt=month.from_cents,
            decided_at__gte=month.committed_at,
            second_look=None,
        )
        for decision in grants.order_by("pk").iterator():
            with transaction.atomic():
                drawn += second_looks.month_of(decision) == month and draw(decision) is not None
    return drawn
