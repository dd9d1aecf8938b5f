"""Who reads schedules, and what lists tell of drafts."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.models import SchemeDraft
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.scheme_editor.examination import Fault, examine
from aid_requests.scheme_editor.vocabulary import Vocabulary
from fund.models.people import Role

# Who decides and who audits reads what is decided by; drafts are the administrators' alone.
READERS = (Role.ADMINISTRATOR, Role.MEMBER, Role.CHAIR, Role.AUDITOR)


def draft_title(draft: SchemeDraft, language: str) -> str:
    """The draft's title in the reader's language, else its address, else a hole."""
    words = Vocabulary(draft.tree, language)
    return words.text(draft.tree.get("title")) or str(draft.tree.get("slug") or "…")


def faults_of(draft: SchemeDraft) -> tuple[Fault, ...]:
    """What keeps the draft from being opened."""
    return examine(draft.tree, "fr").blocking


def live_drafts_with_faults() -> list[SchemeDraft]:
    """The drafts that somebody writes and that could not be opened now, oldest first."""
    drafts = SchemeDraft.objects.filter(state=DraftState.LIVE).order_by("made_at")
    return [draft for draft in drafts if faults_of(draft)]


def told() -> list[tuple[str, str, str, str]]:
    """The line of an administrator's desk about drafts that cannot be opened yet: title, detail, address, act."""
    drafts = live_drafts_with_faults()
    if not drafts:
        return []
    title = ngettext(
        "%(n)s barème en brouillon est à revoir", "%(n)s barèmes en brouillon sont à revoir", len(drafts)
    ) % {"n": len(drafts)}
    detail = _("Il reste des points à corriger avant de pouvoir ouvrir.")
    return [(title, detail, reverse("scheme_list"), _("Reprendre"))]
