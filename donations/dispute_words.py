"""What to send to a bank that contests a gift, and where: the provider passes it on, usually once only."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations import stripe_gateway
from donations.models import Dispute
from donations.models.reversals import DisputeState
from fund import clock

DASHBOARD = "https://dashboard.stripe.com/"
# law.md §6: an answer is usually taken once; a gift has nothing to deliver, so the proof is that it was wanted.
TO_SEND: tuple[Promise, ...] = (
    _("La confirmation envoyée au donateur le jour du don, et la page de son don."),
    _("La date, l’heure et le montant du paiement, avec le numéro du don."),
    _("Le reçu fiscal, s’il y en a un : il montre que le donateur a donné son nom et son adresse."),
    _("Tout courriel où le donateur parle de son don."),
    _("Si le donateur s’est trompé : son accord écrit pour retirer la contestation à sa banque."),
)


@dataclass(frozen=True)
class DisputeRow:
    """A dispute for the list. `days_left` is until the last moment to answer (None: no answer is possible, or unknown);
    `url` opens it at the provider, and holds nothing but its id ("" where there is no real provider)."""

    dispute: Dispute
    sentence: str
    days_left: int | None
    url: str

    @property
    def look(self) -> str:
        """The state whose badge looks like this one: to act on, to answer, over."""
        looks = {DisputeState.OPEN: "parked", DisputeState.INQUIRY: "in_review"}
        return looks.get(DisputeState(self.dispute.state), self.dispute.state)

    @property
    def is_late(self) -> bool:
        return self.days_left is not None and self.days_left <= 3


def row_of(dispute: Dispute) -> DisputeRow:
    days = None
    if dispute.due_at is not None:
        # The provider stamps real time, as its event does: compared with the fund's own day.
        days = (clock.paris_date(dispute.due_at - clock.shift()) - clock.today()).days
    return DisputeRow(dispute, str(SENTENCES[DisputeState(dispute.state)]), days, _address(dispute))


SENTENCES: dict[DisputeState, Promise] = {
    DisputeState.INQUIRY: _(
        "La banque pose une question. L’argent n’a pas bougé : répondre évite souvent la contestation."
    ),
    DisputeState.OPEN: _("La banque a repris l’argent pendant qu’elle décide. Sans réponse, il est perdu."),
    DisputeState.CLOSED: _("La question est close, l’argent n’a pas bougé."),
    DisputeState.WON: _("L’argent est revenu."),
    DisputeState.LOST: _("L’argent est perdu : la cagnotte a baissé d’autant."),
}


def _address(dispute: Dispute) -> str:
    if settings.DEMO:
        return ""
    mode = "" if stripe_gateway.expects_live_events() else "test/"
    return f"{DASHBOARD}{mode}disputes/{dispute.stripe_id}"
