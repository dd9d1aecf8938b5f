"""The address one signs in with and gets mails at: another one is proved by a code sent there.

The form gives one answer whatever was typed: an address that is somebody else's gets no code, and no code that is
typed for it is right, so that nobody learns who has an account here.
"""

import hmac
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aid_requests import permissions
from aid_requests.actions.drafts import applicant_of
from aid_requests.actions.one_time_codes import VALIDITY, new_digits, spent_refusal, too_many_refusal
from aid_requests.models import AddressCode, Applicant
from aid_requests.school_addresses import applicant_of_school_email, school_email_fingerprint
from fund import audit, mail, vault, workflow
from fund.accounts import school_of_address
from fund.models import User
from fund.roles import Refusal, demand


def send_address_code(*, by: User, email: str) -> AddressCode:
    """Sends a code to an address that may become this student's; the codes before it stop counting.

    Raises Refused for staff, for whoever never came by a school's address, and when three codes went out within a
    quarter of an hour without being used.
    """
    demand(permissions.can_ask(by))
    address = email.strip().lower()
    with transaction.atomic():
        applicant = applicant_of(by)
        now = timezone.now()
        unused = applicant.address_codes.filter(created_at__gt=now - VALIDITY, used_at=None)
        demand(too_many_refusal(unused.count()))
        digits = new_digits()
        is_free = _may_take(applicant, address)
        code = AddressCode.objects.create(
            applicant=applicant,
            email_sealed=vault.seal_text_for(applicant.subject_key, address),
            # Nobody's code where the address is somebody else's: the page behaves alike, and nothing is right.
            code_hash=_hash(applicant, address, digits if is_free else secrets.token_hex()),
            created_at=now,
            expires_at=now + VALIDITY,
        )
        if is_free:
            _mail_code(by, code, address, digits)
        audit.record("address_code.sent", applicant, by=by, code=code.pk)
    return code


def confirm_address(*, by: User, digits: str) -> None:
    """The proved address signs in and gets the mails from now on; the one before it is told.

    Raises Refused when the code is wrong, late, used up or was never sent.
    """
    demand(permissions.can_ask(by))
    with transaction.atomic():
        applicant = applicant_of(by)
        code = applicant.address_codes.select_for_update(of=("self",)).order_by("-pk").first()
        refusal = _code_refusal(applicant, code, digits)
        if refusal is None and code is not None:
            code.used_at = timezone.now()
            code.save(update_fields=["used_at"])
            refusal = _change(
                by, applicant, vault.open_text_for(applicant.subject_key, code.email_sealed), code
            )
    demand(refusal)  # after the transaction: the try that a wrong code cost is kept


def waiting_code(applicant: Applicant) -> AddressCode | None:
    """The last code sent, while it can still be typed."""
    code = applicant.address_codes.order_by("-pk").first()
    if code is None or code.used_at is not None or spent_refusal(code) is not None:
        return None
    return code


def forget_old_codes() -> str:
    """Timed work: codes of yesterday and before, with the addresses they were asked for; some are strangers'."""
    old = AddressCode.objects.filter(created_at__lt=timezone.now() - timedelta(days=1))
    deleted, _by_model = old.delete()
    return f"{deleted} forgotten"


def is_replaced_address(email: str) -> bool:
    """Whether this school's address is that of a student who signs in by another one since."""
    if not email.strip():
        return False
    rows = Applicant.objects.filter(school_email_fingerprint=school_email_fingerprint(email))
    return rows.exclude(user__email=email.strip().lower()).exists()


def _may_take(applicant: Applicant, address: str) -> bool:
    """Nobody's address yet, and no school's, unless it is the one that proved this student's own."""
    others = EmailAddress.objects.exclude(user=applicant.user_id)
    if User.objects.filter(email=address).exists() or others.filter(email=address).exists():
        return False
    if (known := applicant_of_school_email(address)) is not None:
        return known.pk == applicant.pk
    return school_of_address(address) is None


def _mail_code(by: User, code: AddressCode, address: str, digits: str) -> None:
    link = f"{settings.SITE_URL}{reverse('my_address')}"
    mail.send_mail(
        key=f"address-code:{code.pk}",
        to=address,
        template="address_code",
        language=by.language,
        context={"code": digits, "link": link},
    )


def _code_refusal(applicant: Applicant, code: AddressCode | None, digits: str) -> Refusal | None:
    """Why these digits prove nothing, or None; a wrong code costs a try."""
    if code is None or code.used_at is not None:
        return Refusal("no_code", _("Demandez d’abord un code."))
    if (spent := spent_refusal(code)) is not None:
        return spent
    address = vault.open_text_for(applicant.subject_key, code.email_sealed)
    if hmac.compare_digest(code.code_hash, _hash(applicant, address, "".join(digits.split()))):
        return None
    code.tries += 1
    code.save(update_fields=["tries"])
    return Refusal("wrong_code", _("Ce code n’est pas le bon. Vérifiez les six chiffres."))


def _change(by: User, applicant: Applicant, address: str, code: AddressCode) -> Refusal | None:
    """Writes the address on the account; a refusal when somebody took it since the code was sent."""
    taken = Refusal("wrong_code", _("Ce code n’est pas le bon. Vérifiez les six chiffres."))
    if not _may_take(applicant, address):
        return taken
    user = workflow.lock(User, applicant.user_id)
    former = user.email
    try:
        with transaction.atomic():
            user.email = address
            user.save(update_fields=["email"])
    except IntegrityError:
        return taken
    EmailAddress.objects.filter(user=user).delete()  # or the former one would still open the account
    mail.send_mail(
        key=f"address-changed:{code.pk}",
        to=former,
        template="address_changed",
        language=user.language,
        context={"site_url": settings.SITE_URL},
    )
    audit.record("account.address_changed", applicant, by=by, code=code.pk)
    return None


def _hash(applicant: Applicant, address: str, digits: str) -> str:
    """Bound to the person and the address: a code proves nothing else."""
    return vault.blind_index("address-code", f"{applicant.pk}:{address}:{digits}")
