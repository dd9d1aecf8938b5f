"""Messages and corrections as entries of the student's time line: what, when, by which role; never what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from aid_requests.correspondence.threads import voice_of
from aid_requests.models import AidRequest, Correction, Message
from aid_requests.models.correspondence import CorrectionState, MessageKind, Side


@dataclass(frozen=True)
class Entry:
    """`tense` is "past", "now" or "next"; `at` is None for what has not happened."""

    title: str
    detail: str
    tense: str
    at: datetime | None = None


def correspondence(request: AidRequest) -> list[Entry]:
    """What was asked, answered and written, in no order."""
    found = [_written(request, message) for message in request.messages.order_by("pk")]
    for correction in request.corrections.order_by("pk"):
        found += _corrected(request, correction)
    return found


def _written(request: AidRequest, message: Message) -> Entry:
    if message.kind == MessageKind.ERROR:
        return Entry(_("Erreur signalée"), _("De bonne foi, par vous"), "past", message.sent_at)
    if message.side == Side.STUDENT:
        return Entry(_("Message envoyé"), _("Par vous"), "past", message.sent_at)
    return Entry(_("Message reçu"), voice_of(request, message.party), "past", message.sent_at)


def _corrected(request: AidRequest, correction: Correction) -> Iterator[Entry]:
    voice = voice_of(request, correction.party)
    yield Entry(_("Correction demandée"), voice, "past", correction.asked_at)
    if correction.state == CorrectionState.CANCELLED:
        yield Entry(_("Correction levée"), voice, "past", correction.closed_at)
