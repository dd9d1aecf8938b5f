"""Writing a schedule in the browser: a draft is begun, saved piece by piece, then opened or given up.

Lock order: the draft, then its scheme. A save or an opening that saw an older draft changes nothing (failure 37).
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests import schemes
from aid_requests.actions.schemes import load_scheme
from aid_requests.models import Scheme, SchemeDraft, SchemeVersion
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.models.schemes import VersionState
from aid_requests.scheme_editor.examination import examine
from aid_requests.scheme_editor.trees import Tree
from aid_requests.workflow import SCHEME_DRAFT
from fund import audit, clock, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, demand, needs_role_now
from fund.workflow import AlreadyDone, WrongState

HAS_FAULTS = Refusal("faults", gettext_lazy("Il reste des points à corriger : rien n’est ouvert."))
SLUG_TAKEN = Refusal(
    "slug_taken",
    gettext_lazy(
        "Un autre dispositif porte déjà ce nom dans l’adresse. Changez-le, ou repartez de ce dispositif."
    ),
)
SLUG_CHANGED = Refusal(
    "slug_changed", gettext_lazy("Le nom dans l’adresse ne change plus : ce dispositif a déjà été ouvert.")
)
NOTHING_NEW = Refusal(
    "nothing_new",
    gettext_lazy("Ce brouillon dit la même chose que la version ouverte : il n’y a rien à ouvrir."),
)


class Stale(WrongState):
    """The draft was changed since the page was shown: nothing was written."""


class LiveDraft(WrongState):
    """The scheme has a draft already; `draft` is it."""

    def __init__(self, draft: SchemeDraft) -> None:
        super().__init__(_("Ce dispositif a déjà un brouillon : le voici."))
        self.draft = draft


def start_draft(
    *, by: User, form_token: UUID, tree: Tree, based_on: SchemeVersion | None = None
) -> SchemeDraft:
    """A new draft; the same form sent twice makes one. Raises LiveDraft when the scheme has one already."""
    with transaction.atomic():
        demand(needs_role_now(by, Role.ADMINISTRATOR))
        known = Scheme.objects.filter(slug=str(tree.get("slug", ""))[:60]).first()
        scheme = workflow.lock(Scheme, known.pk) if known is not None else None
        made = SchemeDraft.objects.filter(form_token=form_token, made_by=by).first()
        if made is not None:
            return made
        live = SchemeDraft.objects.filter(scheme=scheme, state=DraftState.LIVE).first() if scheme else None
        if live is not None:
            raise LiveDraft(live)
        now = clock.moment()
        draft = SchemeDraft.objects.create(
            form_token=form_token,
            scheme=scheme,
            based_on=based_on,
            tree=tree,
            made_by=by,
            made_at=now,
            changed_by=by,
            changed_at=now,
        )
        audit.record(
            "scheme_draft.started",
            draft,
            by=by,
            scheme=scheme and scheme.slug,
            copied=based_on and based_on.pk,
        )
    return draft


def save_draft(*, by: User, draft: SchemeDraft, revision: int, tree: Tree, place: str) -> SchemeDraft:
    """Keeps `tree` as the draft's next revision; `place` says for the audit trail what was changed."""
    with transaction.atomic():
        locked = _locked(by, draft, revision)
        if locked.tree == tree:
            return locked
        locked.tree = tree
        locked.revision += 1
        locked.changed_by, locked.changed_at = by, clock.moment()
        locked.save(update_fields=["tree", "revision", "changed_by", "changed_at"])
        audit.record("scheme_draft.saved", locked, by=by, revision=locked.revision, place=place)
    return locked


def discard_draft(*, by: User, draft: SchemeDraft, revision: int) -> SchemeDraft:
    """Gives the draft up; it stays to be read."""
    with transaction.atomic():
        locked = _locked(by, draft, revision)
        gone = {"discarded_by": by, "discarded_at": clock.moment()}
        workflow.move(SCHEME_DRAFT, locked, "discard", by=by, fields=gone)
        audit.record("scheme_draft.discarded", locked, by=by, revision=revision)
    return locked


def opening_refusal(draft: SchemeDraft) -> Refusal | None:
    """Why this draft cannot be opened as it is, None when it can; faults are told by `examine`, each by its own."""
    examined = examine(draft.tree, "fr")
    if examined.scheme is None or examined.blocking:
        return HAS_FAULTS
    slug = examined.scheme.slug
    if draft.scheme is not None and draft.scheme.slug != slug:
        return SLUG_CHANGED
    if draft.scheme is None and Scheme.objects.filter(slug=slug).exists():
        return SLUG_TAKEN
    former = open_version(draft)
    if former is not None and former.definition_hash == schemes.definition_hash(examined.scheme):
        return NOTHING_NEW
    return None


def open_version(draft: SchemeDraft) -> SchemeVersion | None:
    """The version that this draft would close."""
    if draft.scheme is None:
        return None
    return SchemeVersion.objects.filter(scheme=draft.scheme, state=VersionState.OPEN).first()


def open_draft(*, by: User, draft: SchemeDraft, revision: int, replaces: int | None) -> SchemeVersion:
    """Opens the draft as the scheme's next version; files under way keep theirs.

    `replaces` is the number of the open version that the person compared with. Raises Refused while something is
    wrong, Stale when the draft or the open version is no longer the one that was shown, AlreadyDone the second time.
    """
    examine(draft.tree, "fr")  # the long part of the check, before the lock; kept for the one below
    with transaction.atomic():
        locked = _locked(by, draft, revision)
        if locked.scheme is not None:
            workflow.lock(Scheme, locked.scheme.pk)
        former = open_version(locked)
        if (former.number if former else None) != replaces:
            raise Stale(
                _("Une autre version a été ouverte entre-temps : comparez de nouveau avant d’ouvrir.")
            )
        demand(opening_refusal(locked))
        scheme = examine(locked.tree, "fr").scheme
        assert scheme is not None  # noqa: S101 - opening_refusal has seen to it
        version = load_scheme(by=by, text=schemes.dump(scheme)).version
        opened = {"opened_as": version, "scheme": version.scheme}
        workflow.move(SCHEME_DRAFT, locked, "open", by=by, fields=opened)
        audit.record("scheme_draft.opened", locked, by=by, version=version.pk, hash=version.definition_hash)
    return version


def _locked(by: User, draft: SchemeDraft, revision: int) -> SchemeDraft:
    """The draft under lock, if `by` may change it and has seen it as it is now."""
    demand(needs_role_now(by, Role.ADMINISTRATOR))
    locked = workflow.lock(SchemeDraft, draft.pk)
    demand_live(locked)
    if locked.revision != revision:
        raise Stale(_("Ce brouillon a changé entre-temps : rien n’a été écrasé."))
    return locked


def demand_live(draft: SchemeDraft) -> None:
    """Raises what says that the draft is over, when it is."""
    if draft.state == DraftState.OPENED:
        raise AlreadyDone(_("Ce brouillon est déjà ouvert."))
    if draft.state == DraftState.DISCARDED:
        raise WrongState(_("Ce brouillon a été abandonné."))
