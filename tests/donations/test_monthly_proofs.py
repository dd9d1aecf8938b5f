"""`check_ledger` finds a month nobody agreed to, and a donor who is erased by halves."""

import pytest

from config.demo import payments
from donations import monthly_proofs
from donations.models import Donor, DonorErasure, MonthlyGift
from fund import clock, vault
from tests.donations.test_monthly_changes import TO_25, change, monthly
from tests.standin import deliver

__all__ = ["monthly"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]


def test_months_of_agreed_amounts_pass_and_another_amount_is_named(monthly):
    assert list(monthly_proofs.months_have_an_agreed_amount()) == []
    MonthlyGift.objects.update(amount_cents=1_600)  # behind the back of every act
    assert [
        "amount of its monthly gift" in fault for fault in monthly_proofs.months_have_an_agreed_amount()
    ] == [True]
    MonthlyGift.objects.update(amount_cents=1_500)
    change(monthly, TO_25)
    payments.renew(monthly.subscription_id)
    deliver()
    assert list(monthly_proofs.months_have_an_agreed_amount()) == []


def test_an_erasure_by_halves_is_named(monthly):
    donor = Donor.objects.get()
    vault.erase_subject(donor.subject_key)
    assert list(monthly_proofs.erased_donors_are_gone()) == []
    DonorErasure.objects.create(donor=donor, erased_at=clock.moment())
    assert ["something is left" in fault for fault in monthly_proofs.erased_donors_are_gone()] == [True]
    donor.email_fingerprint, donor.email_sealed, donor.identity_sealed = None, "", ""
    donor.save(update_fields=["email_fingerprint", "email_sealed", "identity_sealed"])
    assert list(monthly_proofs.erased_donors_are_gone()) == []
