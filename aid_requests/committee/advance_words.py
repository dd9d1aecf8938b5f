"""What the letter of a decision says of an advance that was given before it. French, the reference version."""

from aid_requests import advances, paper
from aid_requests.declarations import french_day
from aid_requests.models import Advance, AidRequest
from fund import clock, money


def rest(request: AidRequest, tail: str) -> list[paper.Flowable]:
    """After an advance: what it was, and what is still to come."""
    advance = Advance.objects.filter(request=request).first()
    if advance is None:
        return []
    first = money.format_euros(advance.amount_cents, "fr")
    day = french_day(clock.paris_date(advance.given_at))
    due = advances.rest_cents(request)
    if not due:
        return [
            paper.text(
                f"L’avance de {first}, accordée le {day}, est cette aide\u00a0: rien d’autre ne sera viré."
            )
        ]
    left = money.format_euros(due, "fr")
    return [
        paper.text(
            f"Une avance de {first} vous a été accordée le {day}. Le reste, {left}, sera viré sur votre compte"
            f" finissant par {tail}."
        )
    ]


def kept(request: AidRequest) -> list[paper.Flowable]:
    """After an advance and without a grant: nothing is claimed back."""
    advance = Advance.objects.filter(request=request).first()
    if advance is None:
        return []
    amount = money.format_euros(advance.amount_cents, "fr")
    day = french_day(clock.paris_date(advance.given_at))
    return [
        paper.text("L’avance déjà accordée", paper.HEADING),
        paper.text(
            f"Une avance de {amount} vous a été accordée le {day}. Elle vous reste acquise\u00a0: rien ne vous est"
            " demandé en retour."
        ),
    ]
