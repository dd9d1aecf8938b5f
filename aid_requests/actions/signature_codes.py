"""One-time codes: sent by mail to sign exactly one text; fifteen minutes of real time, five tries, then a new one."""

import hmac

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.actions.one_time_codes import (
    MAX_TRIES,
    VALIDITY,
    five_tries,
    new_digits,
    spent_refusal,
    too_many_refusal,
)
from aid_requests.models import AidRequest, SignatureCode
from fund import audit, mail, vault
from fund.models import User
from fund.roles import Refusal, demand


def issue_code(*, by: User, request: AidRequest, purpose: str, content_hash: str) -> SignatureCode:
    """Sends the person a new code for the text `content_hash`. Raises as `new_code`; the caller holds the request."""
    code, digits = new_code(request, purpose, content_hash)
    mail.send_mail(
        key=f"signature-code:{code.pk}",
        to=by.email,
        template="signature_code",
        language=by.language,
        context={
            "code": digits,
            "reference": request.reference,
            "link": f"{settings.SITE_URL}{reverse('request_page', args=[request.token])}",
        },
    )
    audit.record(
        "signature_code.sent", request, by=by, purpose=purpose, revision=request.revision, code=code.pk
    )
    return code


def new_code(request: AidRequest, purpose: str, content_hash: str) -> tuple[SignatureCode, str]:
    """A code for the text `content_hash` and its six digits, to be sent to who signs; those before it stop counting.

    Raises Refused when three codes of this purpose went out within a quarter of an hour without being used. The caller
    holds the request.
    """
    now = timezone.now()
    unused = request.signature_codes.filter(purpose=purpose, created_at__gt=now - VALIDITY, used_at=None)
    demand(too_many_refusal(unused.count()))
    digits = new_digits()
    code = SignatureCode.objects.create(
        request=request,
        revision=request.revision,
        purpose=purpose,
        code_hash=_hash(request, purpose, digits),
        content_hash=content_hash,
        created_at=now,
        expires_at=now + VALIDITY,
    )
    return code, digits


def latest_code(request: AidRequest, purpose: str) -> SignatureCode | None:
    """The only code that can sign this revision now: the last one sent."""
    rows = request.signature_codes.filter(revision=request.revision, purpose=purpose)
    return rows.order_by("-pk").first()


def try_code(request: AidRequest, purpose: str, typed: str, content_hash: str) -> SignatureCode | Refusal:
    """The code, marked as used, or why it does not sign. A wrong one costs a try.

    Returns the refusal instead of raising it, so that the try it cost is kept. The caller holds the request.
    """
    code = latest_code(request, purpose)
    if code is None or code.used_at is not None:
        return Refusal("no_code", _("Demandez d’abord un code de signature."))
    if (spent := spent_refusal(code)) is not None:
        return spent
    if code.content_hash != content_hash:
        sentence = _(
            "Votre demande a changé depuis l’envoi du code. Relisez-la, puis demandez un autre code."
        )
        return Refusal("changed", sentence)
    digits = "".join(typed.split())
    if not hmac.compare_digest(code.code_hash, _hash(request, purpose, digits)):
        return _note_wrong(code)
    code.used_at = timezone.now()
    code.save(update_fields=["used_at"])
    return code


def _note_wrong(code: SignatureCode) -> Refusal:
    code.tries += 1
    code.save(update_fields=["tries"])
    left = MAX_TRIES - code.tries
    if left == 0:
        return five_tries()
    sentence = ngettext(
        "Ce code n’est pas le bon. Il vous reste %(left)d essai.",
        "Ce code n’est pas le bon. Il vous reste %(left)d essais.",
        left,
    )
    return Refusal("wrong_code", sentence % {"left": left})


def _hash(request: AidRequest, purpose: str, digits: str) -> str:
    """Bound to the request, its revision and the purpose: a code signs nothing else."""
    return vault.blind_index("signature-code", f"{request.pk}:{request.revision}:{purpose}:{digits}")
