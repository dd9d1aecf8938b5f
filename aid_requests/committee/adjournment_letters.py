"""The letter that tells of an adjournment: French, the reference version. It decides nothing."""

from dataclasses import dataclass
from datetime import date

from django.utils import translation

from aid_requests import paper
from aid_requests.committee import reasons
from aid_requests.committee.letters import AUTHOR, head_of, signature_of
from aid_requests.declarations import french_day
from aid_requests.models import AidRequest
from fund.models import Foundation


@dataclass(frozen=True)
class Putting:
    """An adjournment: its Paris date, from which day the file is read again, and the codes of what is missing."""

    adjourned_on: date
    again_on: date
    reason_codes: tuple[str, ...]


def render_adjournment(request: AidRequest, putting: Putting) -> bytes:
    """The letter that tells of an adjournment, as PDF: it decides nothing and opens no way to contest it. Raises
    vault.Erased when the person was erased."""
    with translation.override("fr"):
        foundation = Foundation.objects.get(pk=1)
        content = [
            *head_of(foundation, request, f"Lecture du {french_day(putting.adjourned_on)}."),
            paper.text("Votre demande sera relue", paper.TITLE),
            paper.text(
                "Le comité a lu votre demande et ne décide pas encore\u00a0: elle n’est ni accordée, ni refusée."
            ),
            paper.text("Ce qui manque", paper.HEADING),
            paper.points(reasons.sentences(list(putting.reason_codes))),
            paper.text("Ce que vous pouvez faire", paper.HEADING),
            paper.text(
                "Répondez au comité depuis la page de votre demande, ou corrigez-la si elle le permet encore. Elle sera"
                f" relue à partir du {french_day(putting.again_on)}, avec ce que vous aurez ajouté. Pour toute"
                f" question, écrivez à {foundation.contact_email} en donnant la référence {request.reference}."
            ),
            paper.space(10),
            paper.text(AUTHOR, paper.HEADING),
            paper.text(signature_of()),
        ]
        name = f"Ajournement {request.reference}, lecture {request.turn}"
        return paper.make_pdf(content, title=name, foot=name)
