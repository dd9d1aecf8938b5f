"""Lists of invitations: made from the school's list or from typed addresses, sent by the worker, ended by a person.

Making and sending are done a batch a transaction under the list's lock; how far they are stands on the rows, so that a
worker that dies loses nothing and writes to nobody twice.
"""

import re
import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from aid_requests.invited import Link, is_addressee, link_of, token_hash
from aid_requests.models import AidRequest, Invitation, InvitationList, RegisterEntry, Scheme, SchemeVersion
from aid_requests.models.invitations import ListState
from aid_requests.models.schemes import VersionState
from aid_requests.register.people import Person, open_person
from aid_requests.register.permissions import can_bring
from aid_requests.school_addresses import proved_addresses, school_email_fingerprint
from aid_requests.sealed import scheme_of
from aid_requests.workflow import INVITATION_LIST
from fund import audit, clock, mail, vault, workflow
from fund.models import School, User
from fund.roles import Refusal, Refused, demand
from fund.school_domains import has_tag, is_of_domains

MOST_TYPED: Final = 5000
ENTRIES_AT_ONCE: Final = 1000
MAILS_AT_ONCE: Final = 50
SLICE_SECONDS: Final = 5.0
_ADDRESS = re.compile(r"[^@\s,;<>\"']{1,64}@[a-z0-9.-]{1,180}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;<>\"']+")


@dataclass(frozen=True)
class Wanted:
    """What is to be sent: one open scheme, to one school, until a Paris day. `filters` or `addresses`, not both."""

    scheme: Scheme
    school: School
    university_year: str
    expires_on: date
    filters: Mapping[str, Collection[str]] | None = None
    addresses: str = field(default="", repr=False)


def make_invitations(*, by: User, wanted: Wanted, form_token: UUID) -> InvitationList:
    """A list of invitations, not sent yet; the same form gives the list that it made.

    Raises Refused: another's school, a scheme that is not open, a day that is past or after the scheme's end, no
    address that can be taken.
    """
    with transaction.atomic():
        school = workflow.lock(School, wanted.school.pk)
        demand(can_bring(by, school))
        known = InvitationList.objects.filter(form_token=form_token).first()
        if known is not None:
            return known
        demand(_period_refusal(wanted))
        row = InvitationList.objects.create(
            scheme=wanted.scheme,
            school=school,
            university_year=wanted.university_year,
            from_register=wanted.filters is not None,
            filters={name: sorted(values) for name, values in (wanted.filters or {}).items() if values},
            form_token=form_token,
            expires_on=wanted.expires_on,
            made_by=by,
            made_at=clock.moment(),
        )
        audit.record("invitations.made", row, by=by, scheme=wanted.scheme.slug, school=school.pk)
        if row.from_register:
            carry_on.enqueue(row.pk)
        else:
            _take_addresses(row, wanted.addresses)
    return row


def _period_refusal(wanted: Wanted) -> Refusal | None:
    version = SchemeVersion.objects.filter(scheme=wanted.scheme, state=VersionState.OPEN).first()
    if version is None:
        return Refusal("not_open", _("Cette aide n’est pas ouverte."))
    if not clock.today() <= wanted.expires_on <= scheme_of(version).closes_on:
        return Refusal("period", _("Le dernier jour du lien va d’aujourd’hui à la fin de l’aide."))
    return None


def _take_addresses(row: InvitationList, text: str) -> None:
    """Every address of the school among the typed words, once; the others are counted, never kept."""
    words = [word.lower().strip(".") for word in _BETWEEN.split(text) if "@" in word]
    good = {
        word
        for word in words
        if _ADDRESS.fullmatch(word) and is_of_domains(word, row.school.email_domains) and not has_tag(word)
    }
    if not good:
        raise Refused(Refusal("no_address", _("Aucune adresse de l’école n’a été trouvée.")))
    if len(good) > MOST_TYPED:
        sentence = _("Plus de 5 000 adresses : passez par la liste des inscrits.")
        raise Refused(Refusal("too_many", sentence))
    Invitation.objects.bulk_create(
        [
            Invitation(
                invitation_list=row,
                email_fingerprint=school_email_fingerprint(email),
                email_sealed=vault.seal_text(email),
            )
            for email in sorted(good)
        ]
    )
    refused = len({word for word in words if word not in good})
    workflow.move(INVITATION_LIST, row, "note_ready", by=None, fields={"refused": refused})


def send_invitations(*, by: User, invitation_list: InvitationList) -> InvitationList:
    """Begins to send. Raises AlreadyDone, WrongState, Refused once the last day is past."""
    with transaction.atomic():
        row = _lock(by, invitation_list)
        if row.expires_on < clock.today():
            raise Refused(Refusal("period", _("Le dernier jour de ces liens est passé.")))
        workflow.move(INVITATION_LIST, row, "send", by=by, fields={"sent_by": by})
        audit.record("invitations.sent", row, by=by, people=row.invitations.count())
        carry_on.enqueue(row.pk)
    return row


def end_invitations(*, by: User, invitation_list: InvitationList) -> InvitationList:
    """The links of this list open nothing more; what was begun goes on."""
    with transaction.atomic():
        row = _lock(by, invitation_list)
        fields = {"ended_by": by, "ended_at": clock.moment()}
        workflow.move(INVITATION_LIST, row, "end", by=by, fields=fields)
        audit.record("invitations.ended", row, by=by)
    return row


def _lock(by: User, row: InvitationList) -> InvitationList:
    demand(can_bring(by, workflow.lock(School, row.school_id)))
    return workflow.lock(InvitationList, row.pk)


# The worker's part ---------------------------------------------------------------------------------------------------


@task()
def carry_on(list_id: int) -> str:
    """A slice of the making or of the sending, then the next slice behind whatever else waits."""
    until = time.monotonic() + SLICE_SECONDS
    while take_batch(list_id):
        if time.monotonic() > until:
            carry_on.enqueue(list_id)
            return "to be continued"
    return "finished"


def take_batch(list_id: int) -> bool:
    """The next people of a list, whole or not at all; False when nothing is left to do before a person acts."""
    with transaction.atomic():
        row = workflow.lock(InvitationList, list_id)
        if row.state == ListState.PREPARING:
            return _invite_some(row)
        if row.state == ListState.SENDING:
            return _write_to_some(row)
    return False


def _invite_some(row: InvitationList) -> bool:
    entries = RegisterEntry.objects.filter(
        school=row.school_id, university_year=row.university_year, left_at=None, pk__gt=row.last_entry
    )
    batch = list(entries.order_by("pk")[:ENTRIES_AT_ONCE])
    if not batch:
        workflow.move(INVITATION_LIST, row, "note_ready", by=None)
        return False
    people = [(entry, open_person(entry.facts_sealed)) for entry in batch]
    Invitation.objects.bulk_create(
        [
            Invitation(
                invitation_list=row,
                email_fingerprint=entry.email_fingerprint,
                email_sealed=vault.seal_text(person.email),
            )
            for entry, person in people
            if _is_wanted(person, row.filters)
        ],
        ignore_conflicts=True,  # two numbers of one person, one address: one link
    )
    row.last_entry = batch[-1].pk
    row.save(update_fields=["last_entry"])
    return True


def _is_wanted(person: Person, filters: Mapping[str, Collection[str]]) -> bool:
    return all(str(getattr(person, name)) in values for name, values in filters.items())


def _write_to_some(row: InvitationList) -> bool:
    waiting = Invitation.objects.filter(invitation_list=row, sent_at=None).order_by("pk")
    batch = list(waiting[:MAILS_AT_ONCE])
    if not batch:
        workflow.move(INVITATION_LIST, row, "note_sent", by=None)
        return False
    emails = {invitation.pk: vault.open_text(invitation.email_sealed) for invitation in batch}
    languages = dict(User.objects.filter(email__in=emails.values()).values_list("email", "language"))
    for invitation in batch:
        email = emails[invitation.pk]
        _write_to(invitation, email, languages.get(email, settings.LANGUAGE_CODE), row.expires_on)
    Invitation.objects.bulk_update(batch, ["token_hash", "sent_at"])
    return True


def _write_to(invitation: Invitation, email: str, language: str, expires_on: date) -> None:
    """The mail holds the only copy of the link."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.sent_at = token_hash(token), clock.moment()
    mail.send_mail(
        key=f"invitation:{invitation.pk}",
        to=email,
        template="invitation",
        language=language,
        context={
            "link": f"{settings.SITE_URL}{reverse('open_invitation', args=[token])}",
            "last_day": expires_on,
        },
    )


# The student's part --------------------------------------------------------------------------------------------------


def note_opened(invitation: Invitation) -> None:
    """The first time that a person goes on from a link that is good."""
    with transaction.atomic():
        locked = workflow.lock(Invitation, invitation.pk)
        if locked.opened_at is None and link_of(locked) is Link.GOOD:
            locked.opened_at = clock.moment()
            locked.save(update_fields=["opened_at"])


def note_begun(by: User, request: AidRequest) -> None:
    """Ties the person's links for this scheme to the draft. Must run inside the transaction that begins it."""
    links = Invitation.objects.filter(
        invitation_list__scheme=request.scheme_version.scheme_id,
        email_fingerprint__in=proved_addresses(by),
        sent_at__isnull=False,
        request=None,
    )
    for link in links.order_by("pk"):
        locked = workflow.lock(Invitation, link.pk)
        if locked.request_id is None and link_of(locked) is Link.GOOD:
            locked.request = request
            locked.opened_at = locked.opened_at or clock.moment()
            locked.save(update_fields=["request", "opened_at"])


def may_begin(by: User, invitation: Invitation) -> Refusal | None:
    """Why this person cannot begin from this link: it was sent to another address, or it is of no use any more."""
    if not is_addressee(by, invitation):
        sentence = _(
            "Ce lien a été envoyé à une autre adresse que la vôtre. Connectez-vous avec celle qui l’a reçu."
        )
        since = _("Si vous avez choisi depuis une autre adresse pour vous connecter ici, utilisez celle-là.")
        return Refusal("other_address", f"{sentence} {since}")
    if link_of(invitation) is Link.EXPIRED:
        return Refusal("expired", _("Ce lien n’est plus valable."))
    return None
