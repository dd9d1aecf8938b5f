"""A donor is forgotten: the key goes, and with it every word, name and address written under it, everywhere at once.

What the law wants kept stays, and names nobody here: amounts in the ledger, and the receipts, which have keys of their
own (LPF L102 B; RGPD art. 17-3-b). See docs/decisions/0016-forgetting-a-donor.md.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from donations import stripe_gateway
from donations.models import Donor, DonorErasure, MonthlyGift, PaymentAttempt, Receipt, Team
from donations.models.gifts import GiftState, MonthlyState
from donations.models.outside import AgreementState
from fund import accounts, audit, clock, mail, registry, vault, workflow
from fund.models import User
from fund.roles import Refusal, demand, is_staff

# The provider closes a pay page a day after it was opened.
PAGES_LAST = timedelta(hours=25)
DONOR = "donor"  # as `apps.py` registers the mailboxes of donors
_PAYMENT_UNDER_WAY = _("Un de vos paiements est en route : attendez qu’il arrive, ou qu’il échoue.")


def can_erase(donor: Donor) -> Refusal | None:
    """Anybody, once nothing is under way in that person's name."""
    running = donor.monthly_gifts.filter(subscription_id__isnull=False).exclude(state=MonthlyState.STOPPED)
    if running.exists():
        return Refusal("monthly", _("Un don mensuel est en cours : arrêtez-le d’abord."))
    if donor.gifts.filter(state=GiftState.PENDING).exists():
        return Refusal("payment", _PAYMENT_UNDER_WAY)
    if donor.agreements.filter(state__in=[AgreementState.PROPOSED, AgreementState.CONFIRMED]).exists():
        sentence = _("Une convention de mécénat est en cours : écrivez-nous pour la terminer.")
        return Refusal("agreement", sentence)
    return None


def erase_donor(*, donor: Donor, by: User) -> None:
    """Forgets a donor at the donor's own demand; the account goes too when nothing else needs it.

    Pay pages that are still open are closed first, so that no gift begins in the name of nobody.
    Raises Refused, ProviderUnavailable (nothing was erased).
    """
    demand(can_erase(donor))
    _close_pay_pages(donor)
    address = vault.open_text_for(donor.subject_key, donor.email_sealed)
    letters = mail.mails_to(address, since=donor.created_at + clock.shift() - timedelta(minutes=1))
    with transaction.atomic():
        donor = workflow.lock(Donor, donor.pk)
        demand(can_erase(donor))
        _forget(donor)
        mail.forget_mails(letters)
        if not account_stays(by):
            accounts.close_account(user=by)


def account_stays(user: User) -> bool:
    """Whether the account serves something else than one's gifts: a role, an aid request, a team page."""
    others = [kind for kind in registry.mailbox_kinds(user.email) if kind != DONOR]
    return bool(others) or is_staff(user) or Team.objects.filter(made_by=user).exists()


def _close_pay_pages(donor: Donor) -> None:
    opened = PaymentAttempt.objects.filter(
        gift__donor=donor,
        gift__state__in=[GiftState.PLEDGED, GiftState.FAILED],
        session_id__isnull=False,
        created_at__gte=clock.moment() - PAGES_LAST,
    )
    for attempt in opened.order_by("pk"):
        if stripe_gateway.expire_session(attempt.session_id or "").status == "complete":
            demand(Refusal("payment", _PAYMENT_UNDER_WAY))


def _forget(donor: Donor) -> None:
    """The key of a locked donor, the address it was found by, and the links that opened its monthly gifts."""
    for monthly in MonthlyGift.objects.filter(donor=donor).order_by("pk"):
        monthly = workflow.lock(MonthlyGift, monthly.pk)
        monthly.token = uuid.uuid4()
        monthly.save(update_fields=["token"])
    donor.email_fingerprint, donor.email_sealed, donor.identity_sealed = None, "", ""
    donor.save(update_fields=["email_fingerprint", "email_sealed", "identity_sealed"])
    kept = Receipt.objects.filter(donor=donor, key__wrapped_key__isnull=False).count()
    DonorErasure.objects.create(donor=donor, erased_at=clock.moment(), receipts_kept=kept)
    vault.erase_subject(donor.subject_key)
    audit.record("donor.erased", donor, by=None, receipts_kept=kept)
