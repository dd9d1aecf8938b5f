"""Writing and opening a committee's rules: one draft a committee, and versions that never change once they opened.

Lock: the committee. A save or an opening that saw an older draft changes nothing (failure 37).
"""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.committee import rules
from aid_requests.models import Committee, RulesVersion
from aid_requests.models.rules import RulesState
from aid_requests.workflow import RULES_VERSION
from fund import audit, clock, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, demand, needs_role_now
from fund.workflow import AlreadyDone, WrongState

NATIONAL_NAME = "Comité d’attribution"
NOTHING_NEW = Refusal(
    "nothing_new", gettext_lazy("Ce brouillon dit la même chose que les règles ouvertes : rien à ouvrir.")
)


class StaleRules(WrongState):
    """The draft or the open rules were changed since the page was shown: nothing was written."""


def national() -> Committee:
    """The committee that decides wherever a scheme names none."""
    made = {"name": NATIONAL_NAME, "created_at": clock.moment()}
    return Committee.objects.get_or_create(slug=Committee.NATIONAL, defaults=made)[0]


def save_rules_draft(*, by: User, text: str, revision: int) -> RulesVersion:
    """Keeps `text` (YAML) as the committee's draft; `revision` is the one that was read, 0 when there was no draft.

    The same text again changes nothing. Raises rules.RulesError with every fault of the text, StaleRules.
    """
    definition_hash = rules.rules_hash(rules.load(text))
    with transaction.atomic():
        demand(needs_role_now(by, Role.ADMINISTRATOR))
        committee = workflow.lock(Committee, national().pk)
        draft = draft_of(committee)
        if draft is not None and draft.definition == text:
            return draft
        if (draft.revision if draft else 0) != revision:
            raise StaleRules(_("Ce brouillon a changé entre-temps : rien n’a été écrasé."))
        draft = draft or _begun(committee)
        draft.definition, draft.definition_hash = text, definition_hash
        draft.changed_by, draft.changed_at, draft.revision = by, clock.moment(), revision + 1
        draft.save()
        audit.record("committee_rules.saved", draft, by=by, revision=draft.revision, hash=definition_hash)
    return draft


def open_rules_draft(*, by: User, revision: int, replaces: int | None) -> RulesVersion:
    """Opens the draft as the committee's rules and closes the former; files on which somebody voted keep theirs.

    `replaces` is the number of the open version that was read. Raises AlreadyDone the second time, StaleRules when
    something changed since, Refused when nothing would change.
    """
    with transaction.atomic():
        demand(needs_role_now(by, Role.ADMINISTRATOR))
        committee = workflow.lock(Committee, national().pk)
        draft, former = draft_of(committee), open_of(committee)
        if draft is None:
            raise AlreadyDone(_("Ces règles sont déjà ouvertes."))
        if draft.revision != revision or (former.number if former else None) != replaces:
            raise StaleRules(_("Les règles ont changé entre-temps : relisez-les avant d’ouvrir."))
        demand(opening_refusal(draft, former))
        now = clock.moment()
        if former is not None:
            workflow.move(RULES_VERSION, former, "close", by=by, fields={"closed_at": now})
        opened = {"opened_by": by, "opened_at": now}
        workflow.move(RULES_VERSION, draft, "open", by=by, fields=opened)
        audit.record("committee_rules.opened", draft, by=by, number=draft.number, hash=draft.definition_hash)
    return draft


def opening_refusal(draft: RulesVersion, former: RulesVersion | None) -> Refusal | None:
    """Why this draft cannot be opened as it is, None when it can."""
    if former is not None and former.definition_hash == draft.definition_hash:
        return NOTHING_NEW
    return None


def draft_of(committee: Committee) -> RulesVersion | None:
    return RulesVersion.objects.filter(committee=committee, state=RulesState.DRAFT).first()


def open_of(committee: Committee) -> RulesVersion | None:
    return RulesVersion.objects.filter(committee=committee, state=RulesState.OPEN).first()


def _begun(committee: Committee) -> RulesVersion:
    """The next version of the committee, not kept yet; its number holds under the committee's lock."""
    last = RulesVersion.objects.filter(committee=committee).aggregate(last=Max("number"))["last"] or 0
    return RulesVersion(committee=committee, number=last + 1)
