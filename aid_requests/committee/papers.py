"""Which papers a grant may be subject to, what was brought, and until when: data, never free words.

A paper brought in time is in time, whoever looks at it later. One that does not do may be brought again until the date
of the decision, and in any case for GRACE after the student was told.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from aid_requests import sealed
from aid_requests.models import AidRequest, BroughtPaper, Decision
from aid_requests.models.conditions import PaperFault
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.schemes import Scheme
from fund import clock

# How long a student has, at the least, to bring another paper after one that did not do.
GRACE = timedelta(days=7)
# How long before the last day the reminder is written.
REMINDER = timedelta(days=7)


def _general() -> dict[str, str]:
    return {
        "expense_proof": _("Une facture ou une quittance de la dépense, à votre nom"),
        "change_proof": _("Un écrit qui montre ce qui a changé, et quand"),
        "resources_proof": _("Un justificatif de vos ressources du moment"),
        "readable_copy": _("Une copie lisible d’une pièce déjà jointe"),
    }


def labels_of(scheme: Scheme, language: str) -> dict[str, str]:
    """Code → words of the scheme's own documents, whatever the case."""
    groups = (
        scheme.documents,
        *(case.documents for case in scheme.cases),
        *(part.documents for part in scheme.parts),
    )
    return {asked.code: asked.label.in_language(language) for group in groups for asked in group}


def papers_for(request: AidRequest, language: str = "fr") -> dict[str, str]:
    """Code → words of the papers a member may ask for: the scheme's, then a few that fit every file."""
    return {**_general(), **labels_of(sealed.scheme_of(request.scheme_version), language)}


def awaited_decision(request: AidRequest) -> Decision | None:
    """The decision that waits for its papers; None in any other state."""
    decisions = Decision.objects.filter(request=request, outcome=DecisionOutcome.CONDITIONAL)
    return decisions.filter(round=request.round, followed_by=None).order_by("-pk").first()


def due_on(today: date) -> date:
    return today + timedelta(days=settings.CONDITION_DAYS)


@dataclass(frozen=True)
class Asked:
    """One paper of a conditional decision as it stands. `state`: missing, sent, accepted or returned (with `fault`)."""

    code: str
    label: str
    state: str
    fault: str
    paper: BroughtPaper | None

    @property
    def can_be_brought(self) -> bool:
        return self.state in ("missing", "returned")


def asked_papers(decision: Decision, language: str = "fr") -> list[Asked]:
    """Each paper that was asked for, in the decision's order, by what was brought for it last."""
    labels = papers_for(decision.request, language)
    latest: dict[str, BroughtPaper] = {}
    for paper in decision.brought.select_related("ruling", "document").order_by("pk"):
        if _state(latest.get(paper.code)) != "accepted":
            latest[paper.code] = paper
    found = []
    for code in decision.paper_codes:
        last = latest.get(code)
        state = _state(last)
        fault = str(PaperFault(last.ruling.fault).label) if last is not None and state == "returned" else ""
        found.append(Asked(code, labels.get(code, _("Autre pièce")), state, fault, last))
    return found


def _state(paper: BroughtPaper | None) -> str:
    if paper is None:
        return "missing"
    ruling = getattr(paper, "ruling", None)
    if ruling is None:
        return "sent"
    return "accepted" if ruling.is_accepted else "returned"


def last_day(decision: Decision) -> date:
    """Until when a paper may still be brought, included. Raises ValueError of a decision that asks for none."""
    if decision.due_on is None:
        raise ValueError("Only a conditional decision has a date.")
    rulings = [
        paper.ruling.ruled_at
        for paper in decision.brought.select_related("ruling")
        if _state(paper) == "returned"
    ]
    return max([decision.due_on, *(clock.paris_date(moment) + GRACE for moment in rulings)])


def is_lapsed(decision: Decision) -> bool:
    """Whether the last day is past and a paper is missing that nobody has still to look at."""
    if clock.today() <= last_day(decision):
        return False
    states = [asked.state for asked in asked_papers(decision)]
    return "sent" not in states and any(state != "accepted" for state in states)
