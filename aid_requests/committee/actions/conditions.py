"""Papers that a grant waits for: brought by the student, accepted or not by somebody, lapsed by time.

Lock: the request, alone: its money is owed already, and nothing here takes more.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import documents, notifications, permissions
from aid_requests.actions.attachments import fingerprint_of, keep_document
from aid_requests.actions.lookalikes import note_marks
from aid_requests.committee import awaiting, papers, reasons
from aid_requests.committee.actions import deciding
from aid_requests.committee.letters import Ruling
from aid_requests.documents import DocumentError, Upload
from aid_requests.models import AidRequest, BroughtPaper, Decision, PaperRuling
from aid_requests.models.conditions import PaperFault
from aid_requests.models.decisions import DecisionOutcome
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState


def bring_paper(*, by: User, request: AidRequest, code: str, upload: Upload) -> BroughtPaper:
    """Keeps a checked file for one of the papers that are asked for, until the last day included.

    The same file sent twice is one. Raises WrongState when nothing is asked any more, Refused for whoever may not, for
    a paper that nobody asked for, that is there already or comes too late, DocumentError over the limit.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand(permissions.can_act_on(by, request))
        decision = _awaited(request)
        asked = {one.code: one for one in papers.asked_papers(decision)}
        if code not in asked:
            raise Refused(Refusal("not_asked", _("Cette pièce n’est pas demandée.")))
        same = decision.brought.filter(code=code, document__fingerprint=fingerprint_of(upload)).first()
        if same is not None:
            return same
        if not asked[code].can_be_brought:
            raise Refused(Refusal("brought", _("Cette pièce est déjà reçue.")))
        if clock.today() > papers.last_day(decision):
            raise Refused(Refusal("late", _("Le délai pour apporter cette pièce est passé.")))
        if request.documents.filter(removed_at=None).count() >= documents.MAX_DOCUMENTS + len(asked):
            raise DocumentError("too_many")
        document = keep_document(by, request, code, upload)
        paper = BroughtPaper.objects.create(
            decision=decision, code=code, document=document, brought_at=clock.moment()
        )
        note_marks(request)
        audit.record("paper.brought", request, by=by, paper=paper.pk, code=code)
    return paper


def accept_paper(*, by: User, paper: BroughtPaper) -> Decision | None:
    """The paper does; the Decision that grants when it was the last one, else None.

    Raises AlreadyDone (accepted before), WrongState (decided meanwhile), Refused (`awaiting.can_rule`).
    """
    with transaction.atomic():
        request, decision = _lock_to_rule(by, paper, is_accepted=True)
        PaperRuling.objects.create(paper=paper, is_accepted=True, ruled_by=by, ruled_at=clock.moment())
        audit.record("paper.accepted", request, by=by, paper=paper.pk, code=paper.code)
        if any(one.state != "accepted" for one in papers.asked_papers(decision)):
            return None
        ruling = Ruling(DecisionOutcome.GRANTED, clock.today(), promised_on=_day(decision))
        return deciding.decide(request, _passed(decision, ruling), by=by)


def return_paper(*, by: User, paper: BroughtPaper, fault: str) -> PaperRuling:
    """The paper does not do, for a coded reason that the student reads; another one may be brought.

    Raises AlreadyDone (said before), WrongState (decided meanwhile), Refused (`awaiting.can_rule`, no reason).
    """
    with transaction.atomic():
        request, decision = _lock_to_rule(by, paper, is_accepted=False)
        if fault not in PaperFault.values:
            raise Refused(
                Refusal("fault", _("Dites pourquoi cette pièce ne convient pas : l’élève le lira."))
            )
        ruling = PaperRuling.objects.create(
            paper=paper, is_accepted=False, fault=fault, ruled_by=by, ruled_at=clock.moment()
        )
        audit.record("paper.returned", request, by=by, paper=paper.pk, code=paper.code, fault=fault)
        notifications.tell(request, "papers", key=f"returned:{paper.pk}", until=papers.last_day(decision))
    return ruling


def keep_conditions() -> str:
    """Timed work: the reminder before the last day, once each, and the end of what was not brought. May run twice."""
    reminded = lapsed = 0
    for decision in list(awaiting.awaited()):
        reminded += remind_of_papers(decision=decision)
        lapsed += papers.is_lapsed(decision) and lapse(decision=decision) is not None
    return f"{reminded} reminded, {lapsed} lapsed"


def remind_of_papers(*, decision: Decision) -> bool:
    """Writes the one reminder of a decision that waits for its papers, in its last week; whether one was due."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, decision.request_id)
        if papers.awaited_decision(request) != decision:
            return False
        until = papers.last_day(decision)
        is_near = until - papers.REMINDER <= clock.today() <= until
        if not is_near or not any(one.can_be_brought for one in papers.asked_papers(decision)):
            return False
        notifications.tell(request, "paper_reminder", key=str(decision.pk), until=until)
    return True


def lapse(*, decision: Decision) -> Decision | None:
    """Refuses what waited in vain, and frees its money; None where it was decided meanwhile or a paper came."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, decision.request_id)
        if papers.awaited_decision(request) != decision or not papers.is_lapsed(decision):
            return None
        ruling = Ruling(
            DecisionOutcome.REFUSED,
            clock.today(),
            (reasons.PAPER_NOT_BROUGHT,),
            promised_on=_day(decision),
        )
        return deciding.decide(request, _passed(decision, ruling), by=None)


def _awaited(request: AidRequest) -> Decision:
    decision = papers.awaited_decision(request)
    if decision is None:
        raise WrongState(_("Plus aucune pièce n’est attendue pour cette demande."))
    decision.request = request
    return decision


def _lock_to_rule(by: User, paper: BroughtPaper, *, is_accepted: bool) -> tuple[AidRequest, Decision]:
    request = workflow.lock(AidRequest, paper.decision.request_id)
    ruling = PaperRuling.objects.filter(paper=paper).first()
    if ruling is not None and ruling.is_accepted == is_accepted:
        raise AlreadyDone(_("C’est déjà dit de cette pièce."))
    if ruling is not None:
        raise WrongState(_("Une autre personne a déjà répondu à cette pièce : relisez-la."))
    decision = _awaited(request)
    if decision.pk != paper.decision_id:
        raise WrongState(_("Plus aucune pièce n’est attendue pour cette demande."))
    demand(awaiting.can_rule(by, request))
    return request, decision


def _passed(decision: Decision, ruling: Ruling) -> deciding.Passed:
    return deciding.Passed(
        ruling,
        decision.vote_ids,
        decision.rules,
        decision.last_vote_by,
        decision.pocket,
        follows=decision,
    )


def _day(decision: Decision) -> date:
    return clock.paris_date(decision.decided_at)
