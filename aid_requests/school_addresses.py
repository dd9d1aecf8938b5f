"""The school's address of a student: proof of the school, kept even when another address receives the mails."""

from aid_requests.models import Applicant
from fund import vault
from fund.models import User

_PURPOSE = "school-email"


def school_email_fingerprint(email: str) -> str:
    """The keyed hash by which a school's list and an applicant meet. Raises ValueError for a blank address."""
    return vault.blind_index(_PURPOSE, email.strip().lower())


def keep_school_email(applicant: Applicant, email: str) -> None:
    """Sets the two columns on the row (not saved): ciphertext under the person's key, and the keyed hash."""
    address = email.strip().lower()
    applicant.school_email_sealed = vault.seal_text_for(applicant.subject_key, address)
    applicant.school_email_fingerprint = school_email_fingerprint(address)


def school_email_of(applicant: Applicant) -> str:
    """The address that proved the school, or "" for a row older than the column. Raises vault.Erased."""
    if not applicant.school_email_sealed:
        return ""
    return vault.open_text_for(applicant.subject_key, applicant.school_email_sealed)


def applicant_of_school_email(email: str) -> Applicant | None:
    """The student whose school this address proved, whichever address signs in today."""
    if not email.strip():
        return None
    return Applicant.objects.filter(school_email_fingerprint=school_email_fingerprint(email)).first()


def proved_addresses(user: User) -> set[str]:
    """Keyed hashes of the addresses this person proved: the one that signs in, and the school's that did so first."""
    kept = Applicant.objects.filter(user=user).exclude(school_email_fingerprint="")
    hashes = kept.values_list("school_email_fingerprint", flat=True)
    return {school_email_fingerprint(user.email), *hashes}
