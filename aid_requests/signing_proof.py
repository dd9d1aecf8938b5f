"""What every signature's proof holds, whoever signed: the text, the place, the times, the session and the code.

C. civ. 1366-1367; eIDAS art. 25. Times are real UTC, `domain_date` a Paris date.
"""

from typing import Any

from django.utils import timezone

from aid_requests.declarations import TEXT_VERSION, SigningTrace, Statement
from aid_requests.models import SignatureCode
from fund import clock


def proof_of_signing(
    statement: Statement, *, place: str, code: SignatureCode, trace: SigningTrace, pdf_sha256: str
) -> dict[str, Any]:
    return {
        "sign_in": {
            "method": trace.sign_in_method,
            "at": trace.signed_in_at.isoformat() if trace.signed_in_at else "",
        },
        "text_version": TEXT_VERSION,
        "text_hash": statement.content_hash,
        "scheme_hash": statement.scheme_hash,
        "place": place,
        "domain_date": clock.today().isoformat(),
        "signed_at": timezone.now().isoformat(),
        "ip": trace.ip,
        "user_agent": trace.user_agent[:300],
        "code": {
            "channel": "e-mail",
            "id": code.pk,
            "hash": code.code_hash,
            "sent_at": code.created_at.isoformat(),
        },
        "papers": list(statement.papers),
        "pdf_sha256": pdf_sha256,
    }
