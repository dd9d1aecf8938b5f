"""Messages between the student and the team: written under the applicant's key, told by a mail without content."""

import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aid_requests import permissions
from aid_requests.correspondence import threads
from aid_requests.models import AidRequest, Message
from aid_requests.models.correspondence import MessageKind, Party, Side
from aid_requests.models.requests import DECIDED_STATES, RequestState
from fund import audit, clock, mail, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone


def write_to_team(*, by: User, request: AidRequest, party: str, text: str, form_token: uuid.UUID) -> Message:
    """The student writes to `party`. Raises AlreadyDone for a form sent twice, Refused for whoever may not."""
    with transaction.atomic():
        request = _lock(request, form_token)
        demand(permissions.can_act_on(by, request))
        demand(threads.can_write_as_student(request, party))
        return _send(by, request, Party(party), Side.STUDENT, text, form_token)


def tell_error(*, by: User, request: AidRequest, text: str, form_token: uuid.UUID) -> Message:
    """After the decision, the student says that something declared was wrong (droit à l'erreur, CRPA L123-1).

    Nothing is taken back by itself: the file is flagged to the chair until somebody settles it. Raises as above.
    """
    with transaction.atomic():
        request = _lock(request, form_token)
        demand(permissions.can_act_on(by, request))
        demand(error_refusal(request))
        message = _send(by, request, Party.COMMITTEE, Side.STUDENT, text, form_token, kind=MessageKind.ERROR)
        audit.record("request.error_told", request, by=by, message=message.pk)
    return message


def error_refusal(request: AidRequest) -> Refusal | None:
    """Why no error can be told here: before the decision the student corrects it."""
    if request.state not in DECIDED_STATES:
        return Refusal("not_decided", _("Rien n’est décidé : corrigez plutôt votre demande depuis sa page."))
    return threads.too_many(request, Party.COMMITTEE, Side.STUDENT)


def write_to_student(*, by: User, request: AidRequest, text: str, form_token: uuid.UUID) -> Message:
    """The team answers, as the party its author speaks for; what that party had not read counts as read.

    Raises AlreadyDone for a form sent twice, Refused for whoever does not read this thread, and for a withdrawn file.
    """
    with transaction.atomic():
        request = _lock(request, form_token)
        party = _demand_party(by, request)
        if request.state == RequestState.WITHDRAWN:
            raise Refused(Refusal("withdrawn", _("Cette demande a été retirée.")))
        demand(threads.too_many(request, party, Side.TEAM))
        _mark(by, request, side=Side.STUDENT, party=party)
        return _send(by, request, party, Side.TEAM, text, form_token)


def mark_read_by_student(*, by: User, request: AidRequest) -> int:
    """Notes that the student has what the team wrote; how many were new."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand(permissions.can_act_on(by, request))
        return _mark(by, request, side=Side.TEAM)


def mark_read_by_team(*, by: User, request: AidRequest) -> int:
    """Notes that this person's party has what the student wrote to it; how many were new. Raises Refused."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        return _mark(by, request, side=Side.STUDENT, party=_demand_party(by, request))


def settle_error(*, by: User, message: Message) -> Message:
    """Somebody of the team has looked at the error that was told, and done what there was to do.

    Raises AlreadyDone when it is settled, Refused for whoever does not read this thread.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, message.request_id)
        message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if _demand_party(by, request) != message.party or message.kind != MessageKind.ERROR:
            raise Refused(_not_yours())
        if message.settled_at is not None:
            raise AlreadyDone(_("C’est déjà noté comme réglé."))
        now = clock.moment()
        message.settled_at, message.settled_by = now, by
        message.read_at = message.read_at or now
        message.save(update_fields=["settled_at", "settled_by", "read_at"])
        audit.record("request.error_settled", request, by=by, message=message.pk)
    return message


def _lock(request: AidRequest, form_token: uuid.UUID) -> AidRequest:
    locked = workflow.lock(AidRequest, request.pk)
    if Message.objects.filter(form_token=form_token).exists():
        raise AlreadyDone(_("Ce message est déjà parti."))
    return locked


def _not_yours() -> Refusal:
    return Refusal("not_yours", _("Cette conversation est lue par d’autres personnes."))


def _demand_party(by: User, request: AidRequest) -> Party:
    party = threads.party_of(by)
    if party is None or not threads.files_of_team(by).filter(pk=request.pk).exists():
        raise Refused(_not_yours())
    return party


def _send(
    by: User,
    request: AidRequest,
    party: Party,
    side: Side,
    text: str,
    form_token: uuid.UUID,
    *,
    kind: MessageKind = MessageKind.WORDS,
) -> Message:
    """The row, and one mail to the other side unless one already waits there to be read."""
    words = text.strip()
    if not words or len(words) > threads.TEXT_LENGTH:
        raise Refused(Refusal("text", _("Écrivez votre message, en 2 000 caractères au plus.")))
    is_first_unread = not request.messages.filter(party=party, side=side, read_at=None).exists()
    message = Message.objects.create(
        request=request,
        party=party,
        side=side,
        kind=kind,
        author=by,
        text_sealed=vault.seal_text_for(request.applicant.subject_key, words),
        form_token=form_token,
        sent_at=clock.moment(),
    )
    audit.record("message.sent", request, by=by, message=message.pk, party=party, side=side)
    if is_first_unread:
        _tell(message, request)
    return message


def _tell(message: Message, request: AidRequest) -> None:
    if message.side == Side.TEAM:
        readers, name = [request.applicant.user], "request_messages"
    else:
        readers, name = threads.readers_of(request, Party(message.party)), "thread_page"
    for reader in readers:
        mail.send_mail(
            key=f"message:{message.pk}:{reader.pk}",
            to=reader.email,
            template="message_waiting",
            language=reader.language,
            context={
                "reference": request.reference,
                "link": f"{settings.SITE_URL}{reverse(name, args=[request.token])}",
            },
        )


def _mark(by: User, request: AidRequest, *, side: Side, party: Party | None = None) -> int:
    """Marks every unread message of `side` (to or from one party) as read; an earlier reading stays as it was."""
    rows = request.messages.filter(side=side, read_at=None)
    if party is not None:
        rows = rows.filter(party=party)
    read = sorted(rows.values_list("pk", flat=True))
    if read:
        rows.update(read_at=clock.moment())
        audit.record("messages.read", request, by=by, messages=read)
    return len(read)
