"""What may be given online today: whether giving is open, how little and how much, for which purposes.

Set by an administrator (`GivingSettings`); the installation's own settings are the outer bounds, which no row passes.
"""

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations import stripe_gateway
from donations.models import CardAlert, GivingSettings
from donations.models.giving import ClosedBecause
from fund import clock, money
from fund.models import LegalBasis, Pocket
from fund.models.institution import BasisKind
from fund.roles import Refusal

CLOSED_SENTENCES = {
    ClosedBecause.PAUSE: _("Les dons en ligne sont en pause. Revenez un peu plus tard."),
    ClosedBecause.WORKS: _("Le paiement en ligne ne marche pas en ce moment. Revenez un peu plus tard."),
    ClosedBecause.CARD_TESTING: _(
        "Les dons en ligne sont fermés quelques heures, par sécurité. Revenez un peu plus tard."
    ),
    ClosedBecause.FINISHED: _("Cette collecte est terminée. Merci à toutes celles et ceux qui ont donné."),
}


def giving_settings() -> GivingSettings:
    """The row; before the first change, one that is not saved and holds the widest bounds."""
    row = GivingSettings.objects.filter(pk=GivingSettings.ONLY).first()
    return row or GivingSettings(
        pk=GivingSettings.ONLY, least_cents=settings.GIFT_MIN_CENTS, most_cents=settings.GIFT_MAX_CENTS
    )


def giving_is_open() -> Refusal | None:
    """None when a pay page may be opened now; else why not, for whoever wanted to give.

    What was opened before stays payable at the provider until it expires: money on its way is always received.
    """
    row = giving_settings()
    if not row.is_open:
        return Refusal("giving_closed", CLOSED_SENTENCES[ClosedBecause(row.closed_because)])
    return stripe_gateway.giving_is_open()


def cards_may_be_tried() -> Refusal | None:
    """A refusal while giving is closed because stolen cards are tried: no page that takes a card opens meanwhile."""
    row = giving_settings()
    if row.is_open or row.closed_because != ClosedBecause.CARD_TESTING:
        return None
    sentence = _(
        "Les cartes ne se changent pas pendant quelques heures, par sécurité. Revenez un peu plus tard."
    )
    return Refusal("card_testing", sentence)


def bounds_cents() -> tuple[int, int]:
    """The smallest and the largest gift online, in cents: what was set, inside the installation's own bounds."""
    row, least, most = giving_settings(), settings.GIFT_MIN_CENTS, settings.GIFT_MAX_CENTS
    return min(max(row.least_cents, least), most), max(min(row.most_cents, most), least)


def bounds() -> dict[str, str]:
    """The smallest and the largest gift, in words of the reader's language."""
    language = get_language() or "fr"
    least, most = bounds_cents()
    return {
        "least": money.format_euros(least, language, cents_shown=False),
        "most": money.format_euros(most, language, cents_shown=False),
    }


def out_of_bounds(cents: int) -> str:
    """A sentence when an amount is too small or too large to be given online, else nothing."""
    least, most = bounds_cents()
    if cents < least:
        return str(_("Un don est de %(least)s au moins.") % bounds())
    if cents > most:
        sentence = _("Un don en ligne est de %(most)s au plus. Pour donner davantage, écrivez-nous d’abord.")
        return str(sentence % bounds())
    return ""


def tax_receipts_are_given() -> bool:
    """Whether a text lets the foundation give tax receipts now: without one, nothing is said of taxes."""
    return LegalBasis.objects.filter(kind=BasisKind.TAX_RECEIPTS, ended_at=None).exists()


def open_pockets() -> QuerySet[Pocket]:
    """The purposes a gift may have today: the general one, those of a scheme, then schools' envelopes.

    A school's envelope only while a text lets the fund take gifts for that school: never a closed circle.
    """
    today = clock.today()
    in_season = Q(campaign=None) | Q(campaign__opens_on__lte=today, campaign__closes_on__gte=today)
    standing = LegalBasis.objects.filter(kind=BasisKind.SCHOOL_ENVELOPE, ended_at=None)
    purposes = Q(school=None) & (Q(code=Pocket.GENERAL) | ~Q(scheme="")) | Q(
        school__in=standing.values("school")
    )
    rank = Case(When(code=Pocket.GENERAL, then=Value(0)), When(school=None, then=Value(1)), default=Value(2))
    return Pocket.objects.filter(in_season, purposes).order_by(rank, "pk")


def unseen_card_alerts() -> int:
    """How many signs of stolen cards nobody has looked at."""
    return CardAlert.objects.filter(seen_at=None).count()
