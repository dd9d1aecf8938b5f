"""Who asks, and the account to pay. Everything that names a person is written under that person's key."""

from django.db import models
from django.db.models import Q

from fund.models import School, SubjectKey, User


class Applicant(models.Model):
    """A student. `identity_sealed` is JSON: first_name, last_name, chosen_name, birth_date, birth_place, address."""

    READ_WITH_LOCK = ("user", "subject_key")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="applicant")
    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    identity_sealed = models.TextField(blank=True)
    identity_fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["identity_fingerprint"], name="applicant_identity")]

    def __str__(self) -> str:
        return f"applicant {self.pk}"


class BankDetails(models.Model):
    """One account given by a student; a change is a new row, the old one stays as it was approved."""

    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="bank_details")
    iban_sealed = models.TextField()
    holder_sealed = models.TextField()
    iban_fingerprint = models.CharField(max_length=64)
    iban_tail = models.CharField(max_length=4)
    country = models.CharField(max_length=2)
    bank_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(iban_fingerprint=""), name="bank_details_have_a_fingerprint")
        ]
        indexes = [models.Index(fields=["iban_fingerprint"], name="bank_details_iban")]

    def __str__(self) -> str:
        return f"bank details {self.pk}"
