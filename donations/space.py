"""The donor's own space: whose it is, and what stands in it. A donor is found by the address that signed in, never by
an id."""

from django.db.models import Q, QuerySet

from donations.actions.pledging import fingerprint_of
from donations.models import Donor, Gift, MonthlyGift, PreferenceChoice, ReceiptLine
from donations.models.gifts import RECEIVED_STATES
from fund.models import User


def donor_of(user: User) -> Donor | None:
    """The donor whose mailbox this account signs in by; None for whoever never gave, or was erased."""
    return _donors_at(user.email).select_related("subject_key").first()


def is_donors_mailbox(email: str) -> bool:
    """Whether a gift came from this address, or comes each month. A mere promise is not enough: anybody may type
    somebody else's address in a form, and no mail goes to strangers (failure 11)."""
    came = Q(gifts__state__in=RECEIVED_STATES) | Q(monthly_gifts__subscription_id__isnull=False)
    return _donors_at(email).filter(came).exists()


def _donors_at(email: str) -> QuerySet[Donor]:
    return (
        Donor.objects.filter(email_fingerprint=fingerprint_of(email))
        if email.strip()
        else Donor.objects.none()
    )


def gifts_of(donor: Donor) -> QuerySet[Gift]:
    """The newest first."""
    return Gift.objects.filter(donor=donor).select_related("pocket", "monthly").order_by("-created_at", "-pk")


def monthly_gifts_of(donor: Donor) -> QuerySet[MonthlyGift]:
    """Those that began, the newest first."""
    began = MonthlyGift.objects.filter(donor=donor, subscription_id__isnull=False)
    return began.select_related("pocket").order_by("-pk")


def gifts_to_complete(donor: Donor, *, kind: str) -> QuerySet[Gift]:
    """The gifts whose giver may still be corrected: on no receipt that stands."""
    certified = ReceiptLine.objects.filter(is_live=True, gift__donor=donor).values("gift")
    return Gift.objects.filter(donor=donor, giver_kind=kind).exclude(pk__in=certified).order_by("pk")


def newest_choice(donor: Donor) -> PreferenceChoice | None:
    """What the donor chose to be written last; None: never asked for anything."""
    return donor.preference_choices.order_by("-id").first()


def wants_news(donor: Donor) -> bool:
    """Only who said so, and did not say otherwise since (law.md §5)."""
    choice = newest_choice(donor)
    return choice is not None and choice.wants_news
